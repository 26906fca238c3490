"""PostgreSQL's own programs for dumps, told by environment where the database is: a command line can be seen."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict

from server.cli.cluster import INSTALLED

# How pg_restore lists what belongs to extensions: themselves, and PostGIS's table of reference systems.
OF_EXTENSIONS = (" EXTENSION ", " TABLE DATA public spatial_ref_sys ")
CLEAR = Path(__file__).with_name("clear.sql")


class DumpError(click.ClickException):
    """What PostgreSQL's program said."""


def program(name: str, server_version: int) -> str:
    """Of the server's own version when it is installed, else the newest: an older one refuses a newer server."""
    own = INSTALLED / str(server_version) / "bin" / name
    if own.exists():
        return str(own)
    installed = [p for p in INSTALLED.glob(f"*/bin/{name}") if int(p.parts[-3]) > server_version]
    found = str(min(installed, key=lambda p: int(p.parts[-3]))) if installed else shutil.which(name)
    if not found:
        raise DumpError(f"{name} is missing: apt-get install postgresql-client")
    return found


def server_version(database_url: str) -> int:
    """The major one."""
    with psycopg.connect(database_url) as connection:
        return connection.info.server_version // 10_000


def dump(database_url: str, target: Path) -> None:
    command = [program("pg_dump", server_version(database_url)), "--format=custom", "--file", str(target)]
    _run(command, database_url)


def load(database_url: str, dumped: Path) -> None:
    """In one transaction everything of ours is removed and the dump takes its place: all of it, or nothing.

    Extensions and what belongs to them stay as they are; they are a superuser's, and this may be none.
    """
    version = server_version(database_url)
    with tempfile.TemporaryDirectory(dir=dumped.parent) as folder:
        contents, script = Path(folder) / "contents", Path(folder) / "script.sql"
        listed = _run([program("pg_restore", version), "--list", str(dumped)], database_url)
        ours = [line for line in listed.splitlines() if not any(other in line for other in OF_EXTENSIONS)]
        contents.write_text("\n".join(ours))
        command = [program("pg_restore", version), "--no-owner", "--use-list", str(contents)]
        _run([*command, "--file", str(script), str(dumped)], database_url)
        command = [program("psql", version), "--no-psqlrc", "--quiet", "--single-transaction"]
        command += ["--set", "ON_ERROR_STOP=1", "--output", os.devnull]
        _run([*command, "--file", str(CLEAR), "--file", str(script)], database_url)


def _run(command: list[str], database_url: str) -> str:
    variables = {
        "host": "PGHOST",
        "hostaddr": "PGHOSTADDR",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "options": "PGOPTIONS",
    }
    parameters = conninfo_to_dict(database_url)
    environment = dict(os.environ)
    environment |= {variables[name]: str(value) for name, value in parameters.items() if name in variables}
    # Standard input stays shut: a program that would ask for a password fails instead of waiting.
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise DumpError(f"{Path(command[0]).name} failed:\n{done.stderr.strip()}")
    return done.stdout
