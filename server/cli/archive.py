"""A backup as a file: one tar with the database's dump, the media, the secrets and what was erased.

Its last member is `manifest.json`: what was backed up when, and the SHA-256 of every other member. The file has
mode 0600 and gets its name when it is whole.
"""

import contextlib
import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import click

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
SECRETS = "secrets.json"
TOMBSTONES = "tombstones.log"
MEDIA = "media"
SUFFIX = ".rotfaste.tar"
CHUNK_BYTES = 1 << 20
LARGEST_MANIFEST_BYTES = 1 << 28


class ArchiveError(click.ClickException):
    """The file is no whole backup, or cannot be written; the message says which member is wrong."""


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: datetime
    schema: str
    postgresql: str
    postgis: str
    files: dict[str, str]
    """SHA-256 by name, of every member but the manifest."""

    def to_bytes(self) -> bytes:
        content = {
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "schema": self.schema,
            "postgresql": self.postgresql,
            "postgis": self.postgis,
            "files": self.files,
        }
        return json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> "Manifest":
        try:
            read = json.loads(content)
            if read["format"] != FORMAT:
                raise ArchiveError(
                    f"The backup has format {read['format']}; this version reads format {FORMAT}."
                )
            return cls(
                datetime.fromisoformat(read["made_at"]).astimezone(UTC),
                schema=str(read["schema"]),
                postgresql=str(read["postgresql"]),
                postgis=str(read["postgis"]),
                files={str(name): str(digest) for name, digest in read["files"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArchiveError(f"The manifest of the backup cannot be read ({error}).") from None


def file_name(made_at: datetime) -> str:
    """Sorts by time."""
    return made_at.strftime("%Y%m%dT%H%M%SZ") + SUFFIX


def backups_in(folder: Path) -> list[Path]:
    """Whole ones, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


@contextlib.contextmanager
def unfinished(target: Path) -> Iterator[Path]:
    """A name to write to beside `target`; it becomes `target` when the block ends well, and is gone if not."""
    writing = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    writing.touch(mode=0o600)
    try:
        yield writing
        with writing.open("rb") as written:
            os.fsync(written.fileno())
        writing.rename(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        writing.unlink(missing_ok=True)


class Writer:
    """Adds members one by one and remembers their digests."""

    def __init__(self, target: BinaryIO) -> None:
        self._tar = tarfile.TarFile(fileobj=target, mode="w", format=tarfile.PAX_FORMAT)
        self.files: dict[str, str] = {}

    def add(self, name: str, source: Path) -> None:
        """A file that vanishes before it could be opened (erased meanwhile) is left out."""
        try:
            content = source.open("rb")
        except FileNotFoundError:
            return
        with content:
            member = tarfile.TarInfo(name)
            state = os.fstat(content.fileno())
            member.size, member.mtime, member.mode = state.st_size, int(state.st_mtime), 0o600
            digest = _Digesting(content)
            self._tar.addfile(member, digest)
            self.files[name] = digest.hexdigest()

    def finish(self, manifest: Manifest) -> None:
        content = manifest.to_bytes()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))
        self._tar.close()


class _Digesting(io.RawIOBase):
    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self._digest.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def media_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """(name in the archive, path) of every regular file, hidden ones left out: those are being written."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if stat.S_ISREG(path.lstat().st_mode) and not any(part.startswith(".") for part in inside.parts):
            yield f"{MEDIA}/{inside.as_posix()}", path


def verified(archive: Path) -> Manifest:
    """Its manifest, after every member was read and compared. Raises ArchiveError; nothing is written."""
    digests: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                _refuse_foreign(member)
                content = tar.extractfile(member)
                assert content is not None  # noqa: S101  a regular file has content
                if member.name == MANIFEST:
                    manifest = Manifest.from_bytes(content.read(LARGEST_MANIFEST_BYTES))
                elif member.name in digests:
                    raise ArchiveError(f"{archive}: {member.name} is there twice.")
                else:
                    digests[member.name] = _digest(content)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"{archive} cannot be read as a backup: {error}") from None
    if manifest is None:
        raise ArchiveError(f"{archive} has no manifest: it is cut off, or no backup.")
    if missing := sorted(manifest.files.keys() - digests.keys()):
        raise ArchiveError(f"{archive} lacks {missing[0]} ({len(missing)} missing in all).")
    for name, digest in sorted(digests.items()):
        if manifest.files.get(name) != digest:
            raise ArchiveError(f"{archive}: {name} is not what was backed up. Take another backup.")
    for name in (DUMP, SECRETS):
        if name not in digests:
            raise ArchiveError(f"{archive} has no {name}.")
    return manifest


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _refuse_foreign(member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    known = member.name in {MANIFEST, DUMP, SECRETS, TOMBSTONES} or path.parts[:1] == (MEDIA,)
    # A sparse one takes no room in the archive and any room on the disk.
    odd = not member.isreg() or member.issparse() or "\0" in member.name
    if odd or not known or path.is_absolute() or ".." in path.parts:
        raise ArchiveError(f"The backup has a member that none of ours has: {member.name!r}.")


def extract(archive: Path, folder: Path) -> None:
    """Everything but the manifest, under the members' names. Only for an archive that was `verified`."""
    with tarfile.open(archive, "r:") as tar:
        for member in tar:
            _refuse_foreign(member)
            if member.name == MANIFEST:
                continue
            target = folder / member.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            content = tar.extractfile(member)
            assert content is not None  # noqa: S101  a regular file has content
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as written:
                while chunk := content.read(CHUNK_BYTES):
                    written.write(chunk)
                written.flush()
                os.fsync(written.fileno())
