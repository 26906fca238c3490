"""`rotfaste restore`: back to what a backup holds, except for what was erased since."""

import shutil
from pathlib import Path

import click
import psycopg

from server.cli import archive, dumps
from server.cli.backup import database_runs
from server.cli.migrate import make_extension_and_role, migrate
from server.cli.schema import known_revisions, schema_revision
from server.config import Settings, read_settings
from server.stores import tombstones
from server.stores.database import Database
from server.stores.tombstones import Tombstone
from server.use_cases import erase


class RestoreError(click.ClickException):
    """Why nothing was restored, and what to do about it."""


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there is something: it is replaced, media and all.")
def command(file: Path, *, replace: bool) -> None:
    """Bring back a backup; what was erased since stays erased."""
    settings = read_settings()
    manifest = archive.verified(file)
    with database_runs(settings):
        refuse_newer(manifest)
        refuse_while_used(settings)
        if not replace:
            refuse_filled(settings)
        erased = restore(settings, file)
    click.echo(f"Restored what was backed up at {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
    click.echo(f"Erased again: {erased}, which were erased after that.")


def refuse_newer(manifest: archive.Manifest) -> None:
    if manifest.schema and manifest.schema not in known_revisions():
        raise RestoreError(
            f"The backup was made by a newer version of Rotfäste (schema {manifest.schema}). Update the code first."
        )


def refuse_while_used(settings: Settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    if others and others[0]:
        raise RestoreError(
            f"The database is in use ({others[0]} connections). Stop the app and the worker first."
        )


def refuse_filled(settings: Settings) -> None:
    with psycopg.connect(settings.database_url) as connection:
        filled = schema_revision(connection) is not None
    if filled or any(archive.media_files(settings.media_folder)):
        raise RestoreError(
            "There is something already. To replace it, database, media and secrets: --replace"
        )


def restore(settings: Settings, file: Path) -> int:
    """How many were erased again. For a file that was `verified`.

    Until the database's transaction is through, nothing has changed. From then on a mark stands in the data
    folder until what was erased is erased again; nothing is served while it stands.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    space = settings.data / ".restoring"
    shutil.rmtree(space, ignore_errors=True)
    try:
        space.mkdir(mode=0o700)
        archive.extract(file, space)
        (space / archive.MEDIA).mkdir(mode=0o700, exist_ok=True)
        _remember_erased(settings, space / archive.TOMBSTONES)
        # Roles belong to the cluster and are in no dump, and the dump grants to one.
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            make_extension_and_role(connection)
        settings.restore_mark.touch()
        try:
            dumps.load(settings.database_url, space / archive.DUMP)
        except BaseException:
            settings.restore_mark.unlink()
            raise
        shutil.rmtree(settings.media_folder, ignore_errors=True)
        (space / archive.MEDIA).rename(settings.media_folder)
        (space / archive.SECRETS).rename(settings.secrets_file)
    except OSError as error:
        raise RestoreError(f"Not restored: {error}") from None
    finally:
        shutil.rmtree(space, ignore_errors=True)
    migrate(settings.database_url)
    database = Database(settings.database_url, size=1)
    try:
        erased = erase.replay(database, tombstones.read(settings.tombstones_file))
    finally:
        database.close()
    settings.restore_mark.unlink()
    return erased


def _remember_erased(settings: Settings, from_backup: Path) -> None:
    """Into the file beside the database, what only the backup or only the database that is to go knows of."""
    known = set(tombstones.read(settings.tombstones_file))
    found = set(tombstones.read(from_backup))
    with psycopg.connect(settings.database_url) as connection:
        if connection.execute("SELECT to_regclass('game.tombstones')").fetchone() != (None,):
            rows = connection.execute("SELECT kind, id, erased_at FROM game.tombstones").fetchall()
            found |= {Tombstone(kind, str(erased_id), at) for kind, erased_id, at in rows}
    for tombstone in sorted(found - known, key=lambda tombstone: tombstone.erased_at):
        tombstones.append(settings.tombstones_file, tombstone)
