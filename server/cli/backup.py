"""`rotfaste backup`: everything that must not be lost, in one file."""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import psycopg

from server.cli import archive, cluster, dumps
from server.cli.schema import schema_revision
from server.config import Settings, load_secrets, read_settings


@click.command("backup")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Folder; without it ROTFASTE_DATA/backups."
)
@click.option(
    "--keep", type=click.IntRange(min=1), help="Delete all but so many newest backups in that folder."
)
def command(folder: Path | None, keep: int | None) -> None:
    """Write database, media and secrets to one file."""
    settings = read_settings()
    folder = (folder or settings.backup_folder).absolute()
    with database_runs(settings):
        made = back_up(settings, folder)
    click.echo(f"{made}  {made.stat().st_size / 1e6:.1f} MB")
    if settings.s3_bucket:
        click.echo(f"Players' media are not in it: they are in the bucket {settings.s3_bucket}.")
    if keep:
        for old in archive.backups_in(folder)[:-keep]:
            old.unlink()
            click.echo(f"Deleted: {old.name}")


@contextlib.contextmanager
def database_runs(settings: Settings) -> Iterator[None]:
    """Inside, the private cluster runs, also when nothing is served; one somebody else runs is left to them."""
    if settings.private_cluster:
        own = cluster.of(settings)
        with own.used():
            own.create_database("quest")
            yield
    else:
        yield


def back_up(settings: Settings, folder: Path) -> Path:
    """The file, mode 0600. The database is dumped first: what media it names are there when they are read.

    Raises ArchiveError or DumpError, and then leaves nothing behind.
    """
    load_secrets(settings.secrets_file)  # a damaged or missing file is found out now, not at the restore
    made_at = datetime.now(UTC)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / archive.file_name(made_at)
        if target.exists():
            raise archive.ArchiveError(f"{target} is there already; one a second is enough.")
        with (
            tempfile.TemporaryDirectory(prefix=".dump-", dir=folder) as space,
            archive.unfinished(target) as writing,
        ):
            dump = Path(space) / archive.DUMP
            dumps.dump(settings.database_url, dump)
            with writing.open("wb") as file:
                writer = archive.Writer(file)
                writer.add(archive.DUMP, dump)
                writer.add(archive.SECRETS, settings.secrets_file)
                for name, path in archive.media_files(settings.media_folder):
                    writer.add(name, path)
                # Last: what was erased while the media were read is among it.
                writer.add(archive.TOMBSTONES, settings.tombstones_file)
                writer.finish(_manifest(settings, made_at, writer.files))
    except OSError as error:
        raise archive.ArchiveError(f"No backup was made: {error}") from None
    return target


def _manifest(settings: Settings, made_at: datetime, files: dict[str, str]) -> archive.Manifest:
    with psycopg.connect(settings.database_url) as connection:
        postgis = connection.execute("SELECT postgis_lib_version()").fetchone()
        version = connection.info.server_version
        return archive.Manifest(
            made_at,
            schema=schema_revision(connection) or "",
            postgresql=f"{version // 10_000}.{version % 10_000}",
            postgis=postgis[0] if postgis else "",
            files=files,
        )
