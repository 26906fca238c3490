"""`rotfaste run`: from nothing to serving, and back to nothing on Ctrl-C."""

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable

import click

from server.cli import cluster as clusters
from server.cli.certificate import how_to_trust, make_certificate, own_names
from server.cli.cluster import Cluster, ClusterError
from server.cli.serve import prepare_folder, refuse_half_restored
from server.cli.supervise import Program, Stopped, stop_signals, supervise
from server.config import CHECKOUT, Settings, read_settings

SAID_LATE_AFTER_S = 30
CLUSTER_AGAIN_AFTER_S = 5


@click.command("run")
@click.option("--application", default="server.app:create_to_serve", hidden=True)
@click.option("--no-seed", is_flag=True, help="Leave the quests as they are in the database.")
def command(application: str, *, no_seed: bool) -> None:
    """Start everything and serve until Ctrl-C."""
    settings = read_settings()
    refuse_busy_port(settings)
    refuse_half_restored(settings)
    with stop_signals():
        with contextlib.suppress(Stopped), contextlib.ExitStack() as stack:
            prepare_folder(settings)
            click.echo(f"Data: {settings.data}")
            cluster = clusters.of(settings) if settings.private_cluster else None
            if cluster:
                started = stack.enter_context(cluster.used())
                cluster.create_database("quest")
                click.echo(
                    f"Database: private, {'started' if started else 'ran already'} ({settings.database_url})"
                )
            else:
                click.echo("Database: the one that DATABASE_URL names")
            for step in ("migrate",) if no_seed else ("migrate", "seed"):
                _do(settings, step)
            supervise(_programs(settings, application), _tend(settings, cluster), _complain)
        click.echo("Stopped.")


def refuse_busy_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"Port {settings.port} on {settings.host} cannot be had ({os.strerror(error.errno or 0)}). "
                f"Stop what uses it, or choose another: make run PORT={settings.port % 65_535 + 1}"
            ) from None


def _environment(settings: Settings) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, "ROTFASTE_DATA": str(settings.data)}


def _rotfaste(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "server.cli", *arguments]


def _do(settings: Settings, step: str) -> None:
    if subprocess.run(_rotfaste(step), check=False, env=_environment(settings)).returncode != 0:
        raise click.ClickException(f"`rotfaste {step}` failed, as said above. Nothing is served.")


def _programs(settings: Settings, application: str) -> list[Program]:
    environment = _environment(settings)
    return [
        Program("web server", _rotfaste("serve", "--application", application), environment),
        Program("worker", _rotfaste("worker"), environment),
    ]


def _complain(text: str) -> None:
    click.echo(text, err=True)


def _tend(settings: Settings, cluster: Cluster | None) -> Callable[[], None]:
    """Looks whether it serves yet, says so once, and starts a database again that was killed."""
    began_at = time.monotonic()
    said = False
    said_late = False
    cluster_again_at = 0.0

    def tend() -> None:
        nonlocal said, said_late, cluster_again_at
        now = time.monotonic()
        if not said and answers(settings):
            said = True
            _announce(settings)
        elif not said and not said_late and now - began_at > SAID_LATE_AFTER_S:
            said_late = True
            _complain(f"It does not answer yet at {settings.address}.")
        if cluster and now >= cluster_again_at and not cluster.running():
            _complain("The database cluster was gone. It is started again.")
            try:
                cluster.start()
            except ClusterError as error:
                _complain(error.message)
                cluster_again_at = now + CLUSTER_AGAIN_AFTER_S

    return tend


def answers(settings: Settings) -> bool:
    """Whether the application says that it is alive."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    connection: http.client.HTTPConnection | None = None
    try:
        if settings.https:
            trusted = ssl.create_default_context(cafile=settings.tls_folder / "certificate.pem")
            connection = http.client.HTTPSConnection(host, settings.port, timeout=2, context=trusted)
        else:
            connection = http.client.HTTPConnection(host, settings.port, timeout=2)
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        if connection:
            connection.close()


def _announce(settings: Settings) -> None:
    click.secho(f"\nRotfäste is served at {settings.address}", bold=True)
    if settings.https:
        names, addresses = own_names()
        made = make_certificate(settings.tls_folder, names, addresses)
        # 0.0.0.0 is every address of the old kind and none of the new.
        heard = [address for address in addresses if ":" in settings.host or ":" not in address]
        click.echo(how_to_trust(made, settings.port, heard))
    click.echo("Ctrl-C stops it.")
