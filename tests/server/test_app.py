"""The process that serves."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from server.cli.run import command as run
from server.cli.serve import command as serve

COUNT = """
import gc
from server import app
application = app.create_to_serve()
print(application.name, gc.get_freeze_count() > 10_000)
"""


def test_what_is_there_from_the_start_is_kept_out_of_the_garbage_collectors_way(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", COUNT],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"ROTFASTE_DATA": str(tmp_path)},
    ).stdout

    assert said == "server.app True\n"


@pytest.mark.parametrize("command", [run, serve])
def test_that_is_how_it_is_served(command: click.Command) -> None:
    defaults = {option.name: option.default for option in command.params}

    assert defaults["application"] == "server.app:create_to_serve"
