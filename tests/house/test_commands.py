"""The list of commands, and the settings: complete, and quick to ask."""

import dataclasses
import importlib
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from server.cli import COMMANDS, CommandLine, main
from server.config import CHECKOUT, Settings, read_settings

CLI = CHECKOUT / "server/cli"


@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line.name)
def test_every_listed_command_is_there_and_says_the_same_as_the_list(line: CommandLine) -> None:
    command = importlib.import_module(f"server.cli.{line.module}").command

    assert isinstance(command, click.Command)
    assert command.name == line.name
    assert (command.help or "").split("\n\n")[0].replace("\n", " ") == line.summary


def test_every_command_is_listed_once() -> None:
    # `command` is what the list calls; a module of helpers has none.
    written = {file.stem for file in CLI.glob("*.py") if "\ndef command(" in file.read_text("utf-8")}

    assert len({line.name for line in COMMANDS}) == len(COMMANDS)
    assert {line.module for line in COMMANDS} == written


def test_help_lists_all_and_loads_none() -> None:
    code = (
        "import sys, click.testing, server.cli as c;"
        "print(click.testing.CliRunner().invoke(c.main, ['--help']).output);"
        "print(sorted(m for m in sys.modules if m in {'flask', 'sqlalchemy', 'psycopg', 'shapely', 'alembic'}))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert all(line.summary in " ".join(shown.split()) for line in COMMANDS)
    assert shown.splitlines()[-1] == "[]"


def test_a_wrong_setting_is_named_with_what_it_may_be() -> None:
    result = CliRunner().invoke(main, ["config"], env={"PORT": "a lot", "ROTFASTE_WORKERS": "0"})

    assert result.exit_code == 1
    assert "PORT=a lot: must be a whole number from 1 to 65535" in result.output
    assert "ROTFASTE_WORKERS=0: must be a whole number from 1 to 64" in result.output


def test_a_password_is_not_shown() -> None:
    url = "postgresql://quest:hush@db.example/quest"
    result = CliRunner().invoke(main, ["config"], env={"DATABASE_URL": url})

    assert "DATABASE_URL=postgresql://quest:…@db.example/quest" in result.output
    assert "hush" not in result.output


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "quest"])
def test_a_database_url_that_is_none_is_refused(url: str) -> None:
    result = CliRunner().invoke(main, ["config"], env={"DATABASE_URL": url})

    assert result.exit_code == 1
    assert "DATABASE_URL=" in result.output


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read_settings({"PORT": "", "HTTPS": "", "HOME": "/home/a"}) == read_settings({"HOME": "/home/a"})


def test_a_phone_reaches_https_and_nobody_else_reaches_http() -> None:
    assert read_settings({}).host == "127.0.0.1"
    assert read_settings({"HTTPS": "1"}).host == "0.0.0.0"  # noqa: S104


def test_a_database_is_ours_or_somebody_elses() -> None:
    settings = read_settings({"ROTFASTE_DATA": "/data/a b"})

    assert settings.database_url == "postgresql://quest@/quest?host=/data/a%20b/cluster/s"
    assert read_settings({"DATABASE_URL": "postgres://q@h/d"}).database_url == "postgresql://q@h/d"


def test_every_setting_is_used() -> None:
    code = "\n".join(
        file.read_text("utf-8") for file in (CHECKOUT / "server").rglob("*.py") if file.name != "config.py"
    )
    fields = [field.name for field in dataclasses.fields(Settings)]

    assert [name for name in fields if not re.search(rf"\bsettings(\(\))?\.{name}\b", code)] == []


def test_the_command_works_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    (tmp_path / "server/__init__.py").write_text("raise RuntimeError('not ours')")
    (tmp_path / "rotfaste").symlink_to(CHECKOUT / "rotfaste")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ROTFASTE_DATA": "/somewhere"}

    shown = subprocess.run(
        [tmp_path / "rotfaste", "config"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("ROTFASTE_DATA=/somewhere\n")
