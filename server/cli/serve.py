"""`rotfaste serve`: the web server alone, as a systemd unit runs it; `rotfaste run` looks after it and the rest."""

import os
import sys

import click

from server.cli.certificate import make_certificate, own_names
from server.config import CHECKOUT, Settings, load_secrets, read_settings


def granian(settings: Settings, application: str) -> list[str]:
    """The command line that serves `application`, a factory of a WSGI application, as module:function."""
    arguments = [sys.executable, "-P", "-m", "granian", "--interface", "wsgi", "--factory", application]
    arguments += ["--host", settings.host, "--port", str(settings.port), "--no-ws"]
    # A process answers one request at a time; the other threads wait for bodies that phones with bad coverage send
    # slowly. With a single one, two such phones would keep everybody waiting.
    arguments += ["--workers", str(settings.workers), "--blocking-threads", str(settings.threads)]
    # Its warnings are about the number of threads alone, which is meant.
    arguments += ["--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "error"]
    if settings.https:
        made = make_certificate(settings.tls_folder, *own_names())
        arguments += ["--ssl-certificate", str(made.certificate), "--ssl-keyfile", str(made.key)]
    return arguments


def refuse_half_restored(settings: Settings) -> None:
    if settings.restore_mark.exists():
        raise click.ClickException(
            "A restore was broken off, and what was erased may be there again. Nothing is served before it is "
            "through: rotfaste restore --replace FILE"
        )


def prepare_folder(settings: Settings) -> None:
    """The data folder: passable for the account that runs the database for root, closed to all others."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        settings.data.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for folder in (settings.media_folder, settings.backup_folder):
            folder.mkdir(mode=0o700, exist_ok=True)
        load_secrets(settings.secrets_file)
    except PermissionError as error:
        raise click.ClickException(
            f"{error.filename}: may not be written. Give another folder by ROTFASTE_DATA."
        ) from None


@click.command("serve")
@click.option("--application", default="server.app:create_to_serve", hidden=True)
def command(application: str) -> None:
    """Serve only: the database runs, is migrated and seeded."""
    settings = read_settings()
    refuse_half_restored(settings)
    prepare_folder(settings)
    arguments = granian(settings, application)
    path = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))
    os.execve(arguments[0], arguments, os.environ | {"PYTHONPATH": path})
