"""`rotfaste doctor`: what is wrong with an installation, and how to mend it."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import click
import psycopg
from psycopg import sql

from media import intake
from media.blobs import StoreError
from server.cli import archive
from server.cli.cluster import of
from server.cli.run import answers
from server.cli.schema import known_revisions, schema_revision
from server.cli.terminal import printable
from server.config import SettingError, Settings, load_secrets, read_settings
from server.stores.database import SHOWN_ROLE
from server.wiring import KEPT_FREE_BYTES, open_base_maps, open_operator, open_providers, open_store

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
LEAST_FREE_BYTES = 500_000_000
LITTLE_FREE_BYTES = 5_000_000_000
BACKUP_EVERY = timedelta(days=2)
BASE_MAP_OLD_AFTER = timedelta(days=730)
CLOCKS_APART_S = 2
MEDIA_READY_WITHIN = timedelta(hours=1)
WORKER_HEARD_WITHIN_S = 60  # it reports every ten

State = Literal["ok", "mind", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    state: State
    what: str
    mend: str = ""


def _ok(what: str) -> Finding:
    return Finding("ok", what)


@click.command("doctor")
def command() -> None:
    """Say what is wrong, and how to mend it; exit code 1 if anything is."""
    findings = list(examine(read_settings()))
    for finding in findings:
        colour = {"ok": "green", "mind": "yellow", "wrong": "red"}[finding.state]
        click.echo(f"{click.style(f'{finding.state:<5}', fg=colour)}  {finding.what}")
        if finding.mend:
            click.echo(f"       {finding.mend}")
    if any(finding.state == "wrong" for finding in findings):
        raise click.exceptions.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, also when those before it found something."""
    for check in FILES:
        yield from check(settings)
    if settings.private_cluster and not of(settings).running():
        yield Finding("wrong", "The private database cluster does not run.", "./rotfaste cluster start")
    else:
        try:
            with psycopg.connect(settings.database_url, connect_timeout=5, autocommit=True) as connection:
                for look in DATABASE:
                    yield from look(connection)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            yield Finding(
                "wrong", f"The database cannot be reached: {reason}", "Start it, or mend DATABASE_URL."
            )
    yield from served(settings)


# ------------------------------------------------------------------------------------------------ files


def restored(settings: Settings) -> Iterator[Finding]:
    if settings.restore_mark.exists():
        yield Finding("wrong", "A restore was broken off.", "./rotfaste restore --replace FILE")


def data_folder(settings: Settings) -> Iterator[Finding]:
    if not settings.data.is_dir():
        yield Finding(
            "wrong", f"There is no data folder {settings.data}.", "Is ROTFASTE_DATA right? make run makes it."
        )
        return
    free = shutil.disk_usage(settings.data).free
    what = f"{free / 1e9:.1f} GB free for {settings.data}"
    mend = "Make room: old backups and logs first. A full disk stops the database."
    if free < LEAST_FREE_BYTES:
        yield Finding("wrong", what, mend)
    elif free < LITTLE_FREE_BYTES:
        yield Finding("mind", what, mend)
    else:
        yield _ok(what)


def secrets_file(settings: Settings) -> Iterator[Finding]:
    file = settings.secrets_file
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            yield Finding("wrong", f"{file} may be read by others (mode {mode:o}).", f"chmod 600 {file}")
        load_secrets(file)
    except FileNotFoundError:
        yield Finding("wrong", f"{file} is missing.", "Restore a backup; a first start makes a new one.")
    except (SettingError, PermissionError) as error:
        yield Finding("wrong", str(error), f"Its owner must be the account that serves: chown … {file}")
    else:
        if not mode & 0o077:
            yield _ok(f"{file} is ours alone.")


def media_store(settings: Settings) -> Iterator[Finding]:
    """Tried as it is used: something is put there and taken away."""
    if settings.s3_bucket is None:
        yield from _media_folder(settings)
        return
    where = f"the bucket {settings.s3_bucket}"
    store = open_store(settings)
    try:
        store.put("doctor/probe", b"")
        store.remove("doctor")
    except StoreError as error:
        mend = "Is it there, does the key fit, and may it list, read, write and delete? See ROTFASTE_S3_… ."
        yield Finding("wrong", f"Media cannot be written to {where}: {error}.", mend)
    else:
        yield _ok(f"Media can be written to {where}. They are in no backup of ours.")


def _media_folder(settings: Settings) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(dir=settings.media_folder):
            pass
        free = shutil.disk_usage(settings.media_folder).free
    except OSError as error:
        yield Finding(
            "wrong",
            f"Media cannot be written to {settings.media_folder}: {error.strerror}.",
            f"It must be there and belong to the account that serves (this is {os.geteuid()}).",
        )
        return
    what = f"Media can be written to {settings.media_folder}: {free / 1e9:.1f} GB free."
    if free < KEPT_FREE_BYTES:
        yield Finding(
            "wrong",
            f"{what} Phones are told to wait with theirs.",
            f"Make room: {KEPT_FREE_BYTES / 1e9:.0f} GB are kept for the database.",
        )
    else:
        yield _ok(what)


def media_intake(_settings: Settings) -> Iterator[Finding]:
    """What players bring is decoded by a process that is shut in; that is tried, too."""
    try:
        intake.ffmpeg()
        fences = intake.fences()
    except intake.IntakeError as error:
        yield Finding("wrong", f"No picture or sound can be taken in: {error}.", "apt-get install ffmpeg")
        return
    missing = [
        name for name, there in (("seccomp", fences.seccomp), ("Landlock", fences.landlock)) if not there
    ]
    if missing:
        yield Finding(
            "mind",
            f"What players bring is decoded without {' and '.join(missing)}.",
            "A newer kernel has it; where systemd keeps it away, compare its unit with deploy/rotfaste-worker.service.",
        )
    else:
        yield _ok("What players bring is decoded by a process that is shut in.")


def base_map(settings: Settings) -> Iterator[Finding]:
    """What maps are drawn on: ours, and whether anybody else is asked."""
    maps = open_base_maps(settings)
    current = maps.current()
    if current is not None:
        note = current.note
        as_of = "of unknown age" if note.data_at is None else f"as of {note.data_at:%Y-%m-%d}"
        what = printable(
            f"The base map is {as_of}, {note.bytes / 1e6:.1f} MB, from {note.name}; credit: {current.archive.attribution}."
        )
        old = note.data_at is not None and datetime.now(UTC) - note.data_at > BASE_MAP_OLD_AFTER
        newer = "A newer extract: ./rotfaste basemap import FILE.osm.pbf"
        yield Finding("mind", what, newer) if old else _ok(what)
    elif maps.is_noted():
        yield Finding(
            "wrong",
            f"The base map in {settings.basemap_folder} is damaged; a plain one is drawn.",
            "./rotfaste basemap import FILE.osm.pbf again, or ./rotfaste basemap remove",
        )
    else:
        yield _ok("No base map is imported: a plain one is drawn (./rotfaste basemap import FILE.osm.pbf).")
    if settings.base_map_host is not None:
        yield _ok(
            f"Phones with a network fetch map pictures from {settings.base_map_host}, which learns where they look"
            f" (ROTFASTE_BASE_MAP); credit: {settings.base_map_credit}."
        )


def last_backup(settings: Settings) -> Iterator[Finding]:
    made = archive.backups_in(settings.backup_folder)
    mend = f"./rotfaste backup, every night, and a copy elsewhere. Looked for in {settings.backup_folder}."
    if not made:
        yield Finding("mind", "There is no backup.", mend)
        return
    age = datetime.now(UTC) - datetime.fromtimestamp(made[-1].stat().st_mtime, UTC)
    what = f"The last backup is {age.total_seconds() / 3600:.0f} hours old: {made[-1].name}"
    yield _ok(what) if age < BACKUP_EVERY else Finding("mind", what, mend)


def clock(_settings: Settings) -> Iterator[Finding]:
    """Moves are heard at the server's time; a wrong clock makes them look late or early."""
    try:
        asked = subprocess.run(
            ["timedatectl", "show", "--property=NTPSynchronized", "--value"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        asked = ""
    if asked == "no":
        yield Finding("mind", "The clock is not set by the network.", "timedatectl set-ntp true")
    elif asked == "yes":
        yield _ok("The clock is set by the network.")
    else:
        yield Finding(
            "mind",
            "Whether the clock is right could not be found out.",
            f"Is it {datetime.now(UTC):%H:%M} UTC?",
        )


def operator(settings: Settings) -> Iterator[Finding]:
    """Who answers for it: people must be able to read that, and the law asks for it."""
    form = "Fill in a copy of deploy/operator.toml, and let ROTFASTE_OPERATOR name it."
    try:
        told = open_operator(settings)
    except SettingError as error:
        yield Finding("wrong", str(error), "Mend the file: with it nothing starts.")
        return
    if not told.is_filled_in:
        yield Finding("mind", "Nobody has filled in who answers for this installation.", form)
    elif told.read_by_lawyer is None:
        yield Finding(
            "mind",
            "The pages on privacy, terms and accessibility say that they are drafts.",
            "Have the operator's lawyer read them, then fill in read_by_lawyer.",
        )
    else:
        yield _ok(f"{told.contact.name} answers for this installation.")


def sign_in(settings: Settings) -> Iterator[Finding]:
    """How people can sign in: mail, and the providers that the operator wrote down."""
    try:
        providers = open_providers(settings).all
    except SettingError as error:
        yield Finding("wrong", str(error), "Mend the file: with it nothing starts.")
        return
    if settings.public_address is not None and settings.smtp_url is None:
        yield Finding(
            "mind",
            "No mail server is set: nobody can sign in by a code.",
            "Set ROTFASTE_SMTP_URL and ROTFASTE_MAIL_FROM.",
        )
    for provider in providers:
        yield _ok(f"People may sign in at {provider.name} ({provider.issuer}).")


FILES: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    restored,
    data_folder,
    secrets_file,
    media_store,
    media_intake,
    base_map,
    last_backup,
    operator,
    sign_in,
    clock,
)


# --------------------------------------------------------------------------------------------- database


def versions(connection: psycopg.Connection) -> Iterator[Finding]:
    number = connection.info.server_version
    what = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if number < OLDEST_POSTGRESQL * 10_000:
        yield Finding("wrong", what, f"{OLDEST_POSTGRESQL} or newer is needed.")
    else:
        yield _ok(what)
    row = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'").fetchone()
    if row is None:
        yield Finding("wrong", "The database has no PostGIS.", "As its superuser: CREATE EXTENSION postgis;")
    elif tuple(int(part) for part in row[0].split(".")[:2]) < OLDEST_POSTGIS:
        needed = ".".join(map(str, OLDEST_POSTGIS))
        yield Finding("wrong", f"PostGIS {row[0]}", f"{needed} or newer is needed.")
    else:
        yield _ok(f"PostGIS {row[0]}")


def migrations(connection: psycopg.Connection) -> Iterator[Finding]:
    at, known = schema_revision(connection), known_revisions()
    if at == known[0]:
        yield _ok(f"The schema is up to date ({at}).")
    elif at is None:
        yield Finding("wrong", "The database has no schema yet.", "./rotfaste migrate")
    elif at in known:
        yield Finding("wrong", f"{known.index(at)} migrations are not done yet.", "./rotfaste migrate")
    else:
        yield Finding(
            "wrong", f"The schema ({at}) is newer than this code.", "Update the code, or restore a backup."
        )


def roles(connection: psycopg.Connection) -> Iterator[Finding]:
    """Public answers are read with a role that can read nothing else; that is tried, not believed."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(SHOWN_ROLE)))
            row = connection.execute(
                """
                SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY n.nspname, c.relname)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'shown')
                  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
                """
            ).fetchone()
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        yield Finding(
            "wrong", f"The role {SHOWN_ROLE} cannot be used: {reason}", "./rotfaste migrate makes it."
        )
        return
    if row and row[0]:
        yield Finding(
            "wrong",
            f"The role {SHOWN_ROLE} can read what is not public: {row[0]}",
            f"REVOKE ALL ON … FROM {SHOWN_ROLE}, public;",
        )
    else:
        yield _ok(f"The role {SHOWN_ROLE} reads nothing but what is public.")


def clocks_agree(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    apart_s = abs((datetime.now(UTC) - row[0]).total_seconds()) if row else 0.0
    if apart_s > CLOCKS_APART_S:
        yield Finding(
            "wrong", f"The database's clock is {apart_s:.0f} s from ours.", "Set both by the network."
        )


def worker(connection: psycopg.Connection) -> Iterator[Finding]:
    if connection.execute("SELECT to_regclass('procrastinate_workers')").fetchone() == (None,):
        return  # not migrated; said already
    row = connection.execute(
        "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat)) FROM procrastinate_workers"
    ).fetchone()
    silent_s = row[0] if row else None
    if silent_s is None or silent_s > WORKER_HEARD_WITHIN_S:
        yield Finding(
            "wrong",
            "No worker has been heard of."
            if silent_s is None
            else f"The worker was last heard of {silent_s:.0f} s ago.",
            "systemctl start rotfaste-worker (or make run)",
        )
    else:
        yield _ok("The worker is alive.")


def media_left_lying(connection: psycopg.Connection) -> Iterator[Finding]:
    if connection.execute("SELECT to_regclass('game.media_contents')").fetchone() == (None,):
        return  # not migrated; said already
    row = connection.execute(
        "SELECT count(*) FROM game.media_contents WHERE state = 'received' AND touched_at < clock_timestamp() - %s",
        (MEDIA_READY_WITHIN,),
    ).fetchone()
    if row and row[0]:
        yield Finding(
            "wrong",
            f"{row[0]} pictures and sounds have waited for the worker for over an hour.",
            "journalctl -u rotfaste-worker says why.",
        )


DATABASE: tuple[Callable[[psycopg.Connection], Iterator[Finding]], ...] = (
    versions,
    migrations,
    roles,
    clocks_agree,
    worker,
    media_left_lying,
)


# ---------------------------------------------------------------------------------------------- serving


def served(settings: Settings) -> Iterator[Finding]:
    if answers(settings):
        yield _ok(f"The web server answers at {settings.address}.")
    else:
        yield Finding(
            "wrong", f"Nothing answers at {settings.address}.", "systemctl start rotfaste-app (or make run)"
        )
