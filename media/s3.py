"""Blobs in a bucket of any S3, through obstore. Nothing is reached before the first blob is asked for."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from media.blobs import READ_BYTES, StorageFull, StoreError, checked

if TYPE_CHECKING:
    from obstore.store import S3Store as Bucket

GIVE_UP_AFTER = timedelta(seconds=10)
ANSWER_WITHIN = timedelta(seconds=30)
# What servers of S3 say when they have no room; the protocol has no code for it.
_FULL = ("InsufficientStorage", "507", "StorageFull", "XMinioStorageFull", "QuotaExceeded", "no free volumes")


class S3Store:
    """`endpoint`: of another S3 than Amazon's. http:// is taken for what is on this machine or in its network."""

    def __init__(self, bucket: str, *, endpoint: str | None, region: str, key_id: str, secret: str) -> None:
        self._bucket_name = bucket
        self._endpoint = endpoint
        self._region = region
        self._key_id = key_id
        self._secret = secret

    @cached_property
    def _bucket(self) -> "Bucket":
        from obstore.store import S3Store as Bucket  # its runtime must not start before processes fork

        return Bucket(
            self._bucket_name,
            endpoint=self._endpoint,
            region=self._region,
            access_key_id=self._key_id,
            secret_access_key=self._secret,
            virtual_hosted_style_request=False,
            client_options={
                "allow_http": bool(self._endpoint and self._endpoint.startswith("http://")),
                "connect_timeout": GIVE_UP_AFTER,
                "timeout": ANSWER_WITHIN,
            },
            retry_config={"max_retries": 2, "retry_timeout": GIVE_UP_AFTER},
        )

    def put(self, key: str, blob: bytes | Path) -> None:
        import obstore

        with _told():
            obstore.put(self._bucket, checked(key), blob)

    def size(self, key: str) -> int | None:
        import obstore

        with _told():
            try:
                return obstore.head(self._bucket, checked(key))["size"]
            except FileNotFoundError:
                return None

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        size = self.size(key)
        if size is None:
            raise LookupError(key)
        return self._parts(key, start, size if end is None else min(end, size))

    def _parts(self, key: str, start: int, end: int) -> Iterator[bytes]:
        import obstore

        while start < end:
            to = min(start + 4 * READ_BYTES, end)
            with _told():
                try:
                    part = bytes(obstore.get_range(self._bucket, key, start=start, end=to))
                except FileNotFoundError as error:  # removed meanwhile
                    raise StoreError(key) from error
            yield part
            start = to

    def remove(self, prefix: str) -> int:
        import obstore

        keys = self.list(prefix)
        if self.size(prefix) is not None:
            keys.append(prefix)
        with _told():
            if keys:
                obstore.delete(self._bucket, keys)
        return len(keys)

    def list(self, prefix: str) -> list[str]:
        import obstore

        with _told():
            found = [one["path"] for page in obstore.list(self._bucket, checked(prefix)) for one in page]
        return sorted(key for key in found if key.startswith(prefix + "/"))


@contextlib.contextmanager
def _told() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        said = str(error)
        # Its words name the address and the key, and no secret; even so only the kind leaves.
        raise (StorageFull if any(word in said for word in _FULL) else StoreError)(
            type(error).__name__
        ) from error
    except OSError as error:  # of the file that is put, and what obstore says with an error of Python's own
        raise StoreError(type(error).__name__) from error
