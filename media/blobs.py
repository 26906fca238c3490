"""Where pictures and sounds lie: one small interface, and behind it a folder, or S3 (`media.s3`).

A key is a path of plain names, `a/b/c`. A blob is put whole or not at all, and never changed: what is put again under
its key takes its place.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO, Protocol

READ_BYTES = 1 << 18
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,7}")


class StoreError(Exception):
    """The store cannot be reached, or does not do what it should; trying again may help."""


class StorageFull(StoreError):
    """There is no room. Nothing was kept of what was put."""


class BlobStore(Protocol):
    """All raise StoreError. Threads and processes may use one at the same time."""

    def put(self, key: str, blob: bytes | Path) -> None:
        """On the disk, or with whoever keeps it, when this returns. Raises StorageFull."""

    def size(self, key: str) -> int | None:
        """None when there is none. [bytes]"""

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """From `start` to before `end`, a part at a time. Raises LookupError before the first when there is none."""

    def remove(self, prefix: str) -> int:
        """The blob of that key and all below it; how many there were."""

    def list(self, prefix: str) -> list[str]:
        """The keys below it, in order; what is being put is not among them."""


def checked(key: str) -> str:
    """Raises ValueError for what is no key. Keys are ours; this keeps a mistake from leaving the folder."""
    if not _KEY.fullmatch(key):
        raise ValueError(key)
    return key


class FolderStore:
    """Files below a folder, for its owner alone.

    `keep_free_bytes`: what is left free on the disk for everything else; a full disk stops the database.
    """

    def __init__(self, folder: Path, *, keep_free_bytes: int = 0) -> None:
        self._folder = folder
        self._keep_free_bytes = keep_free_bytes

    def put(self, key: str, blob: bytes | Path) -> None:
        target = self._folder / checked(key)
        size = len(blob) if isinstance(blob, bytes) else blob.stat().st_size
        with _told():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < self._keep_free_bytes + size:
                raise StorageFull(key)
            descriptor, name = self._temporary(target.parent)
            try:
                with os.fdopen(descriptor, "wb") as written:
                    if isinstance(blob, bytes):
                        written.write(blob)
                    else:
                        with blob.open("rb") as source:
                            shutil.copyfileobj(source, written, READ_BYTES)
                    written.flush()
                    os.fsync(written.fileno())
                Path(name).rename(target)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            with contextlib.suppress(FileNotFoundError):  # removed again by somebody, folder and all
                _sync(target.parent)

    def size(self, key: str) -> int | None:
        with _told():
            try:
                return (self._folder / checked(key)).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        try:
            stream = (self._folder / checked(key)).open("rb")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise LookupError(key) from None
        except OSError as error:
            raise StoreError(str(error)) from error
        return _parts(stream, start, end)

    def remove(self, prefix: str) -> int:
        path = self._folder / checked(prefix)
        gone = 0
        with _told():
            for key in [*self.list(prefix), prefix]:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    (self._folder / key).unlink()
                    gone += 1
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            for folder in path.parents:
                if folder == self._folder or not folder.is_relative_to(self._folder):
                    break
                try:
                    folder.rmdir()
                except OSError:  # something else is in it
                    break
        return gone

    def list(self, prefix: str) -> list[str]:
        with _told():
            return sorted(
                path.relative_to(self._folder).as_posix()
                for path in (self._folder / checked(prefix)).rglob("*")
                if path.is_file() and not path.name.startswith(".")
            )

    def _temporary(self, folder: Path) -> tuple[int, str]:
        """A file beside the one that it will be. Somebody may just be removing the folder that became empty."""
        within = [*reversed(folder.relative_to(self._folder).parents), folder.relative_to(self._folder)]
        for _ in range(20):
            # Gone before it was looked at again: mkdir then takes it for a file that is in the way.
            with contextlib.suppress(FileNotFoundError, FileExistsError):
                for each in within:
                    (self._folder / each).mkdir(mode=0o700, exist_ok=True)
                return tempfile.mkstemp(prefix=".", dir=folder)
        raise StoreError(str(folder))


def _parts(stream: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    with stream, _told():
        stream.seek(start)
        left = None if end is None else end - start
        while left is None or left > 0:
            part = stream.read(READ_BYTES if left is None else min(READ_BYTES, left))
            if not part:
                return
            yield part
            left = None if left is None else left - len(part)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:
            raise StorageFull(str(error)) from error
        raise StoreError(str(error)) from error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
