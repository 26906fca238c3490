"""The stores of pictures and sounds: one suite over both, a folder and a real S3."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from media.blobs import BlobStore, FolderStore, StorageFull, StoreError
from media.s3 import S3Store
from tests.server import seaweed
from tests.server.seaweed import Seaweed

Make = Callable[[], BlobStore]
ABOUT_A_CHUNK = bytes(range(256)) * 4_096  # 1 MiB


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed.running(tmp_path_factory.mktemp("s3")) as running:
        yield running


def of_s3(endpoint: str, secret: str = seaweed.SECRET) -> S3Store:
    return S3Store(
        seaweed.BUCKET, endpoint=endpoint, region=seaweed.REGION, key_id=seaweed.KEY_ID, secret=secret
    )


@pytest.fixture(params=["folder", "s3"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Opens the same store again and again, as several processes would."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / "media")
    endpoint = request.getfixturevalue("s3").endpoint
    return lambda: of_s3(endpoint)


@pytest.fixture
def store(make: Make) -> Iterator[BlobStore]:
    store = make()
    yield store
    store.remove("players")


def whole(store: BlobStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(store.read(key, start, end))


def test_what_is_put_is_read_again_by_another_process(store: BlobStore, make: Make) -> None:
    store.put("players/a/320.webp", ABOUT_A_CHUNK)

    assert whole(make(), "players/a/320.webp") == ABOUT_A_CHUNK
    assert make().size("players/a/320.webp") == len(ABOUT_A_CHUNK)


def test_a_file_is_put_as_its_bytes(store: BlobStore, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(ABOUT_A_CHUNK * 7)

    store.put("players/a/sound.ogg", file)

    assert whole(store, "players/a/sound.ogg") == ABOUT_A_CHUNK * 7


def test_what_is_put_again_takes_its_place(store: BlobStore) -> None:
    store.put("players/a/piece", b"long enough")
    store.put("players/a/piece", b"short")

    assert whole(store, "players/a/piece") == b"short"
    assert store.list("players/a") == ["players/a/piece"]


@pytest.mark.parametrize(
    "start, end",
    [
        (0, 1),
        (5, 5),
        (1_000_000, 1_048_576),
        (1_048_575, None),
        (3, 700_000),
        (0, 9_999_999),
        (1_048_576, None),
    ],
)
def test_any_part_can_be_read(store: BlobStore, start: int, end: int | None) -> None:
    store.put("players/a/b", ABOUT_A_CHUNK)

    assert whole(store, "players/a/b", start, end) == ABOUT_A_CHUNK[start:end]


def test_what_is_not_there_has_no_size_and_cannot_be_read(store: BlobStore) -> None:
    store.put("players/a/b/c", b"here")

    assert store.size("players/a/none") is None
    assert store.size("players/a/b/c/none") is None
    with pytest.raises(LookupError):
        store.read("players/a/none")


def test_an_empty_blob_is_a_blob(store: BlobStore) -> None:
    store.put("players/a/empty", b"")

    assert store.size("players/a/empty") == 0
    assert whole(store, "players/a/empty") == b""


def test_a_list_has_what_is_below_and_not_what_begins_alike(store: BlobStore) -> None:
    for key in ("players/a/pieces/000002", "players/a/pieces/000001", "players/a/x", "players/ab/x"):
        store.put(key, b".")

    assert store.list("players/a") == ["players/a/pieces/000001", "players/a/pieces/000002", "players/a/x"]
    assert store.list("players/none") == []


def test_removing_takes_all_below_and_says_how_many(store: BlobStore) -> None:
    for key in ("players/a/pieces/1", "players/a/pieces/2", "players/a/x", "players/ab/x"):
        store.put(key, b".")

    assert store.remove("players/a/pieces") == 2
    assert store.remove("players/a/x") == 1
    assert store.remove("players/a") == 0
    assert store.list("players") == ["players/ab/x"]


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "../a", "a/../b", "a//b", ".a", "a\0", "a b", "å", "a/.", "x" * 101]
)
def test_a_key_that_is_none_is_a_mistake_of_ours(store: BlobStore, key: str) -> None:
    for use in (store.size, store.remove, store.list, store.read, lambda key: store.put(key, b"")):
        with pytest.raises(ValueError):
            use(key)


def test_many_at_once_disturb_nobody(store: BlobStore) -> None:
    def work(number: int) -> bool:
        key = f"players/{number % 3}/{number}"
        store.put(key, b"%d" % number)
        right = whole(store, key) == b"%d" % number
        store.remove(key)
        return right

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(work, range(60)))
    assert store.list("players") == []


def test_a_store_that_is_not_there_says_so(tmp_path: Path) -> None:
    (port,) = seaweed.free_ports(1)
    (tmp_path / "file").write_bytes(b"in the way")

    for store in (of_s3(f"http://127.0.0.1:{port}"), FolderStore(tmp_path / "file")):
        with pytest.raises(StoreError):
            store.put("players/a", b"")
    with pytest.raises(StoreError):
        of_s3(f"http://127.0.0.1:{port}").size("players/a")


def test_a_wrong_secret_opens_nothing_and_is_not_told(s3: Seaweed) -> None:
    store = of_s3(s3.endpoint, "another secret")

    for use in (store.size, store.list, lambda key: list(store.read(key)), lambda key: store.put(key, b"")):
        with pytest.raises(StoreError) as error:
            use("players/a")
        assert "another secret" not in str(error.value)


class TestFolder:
    """What only a folder has."""

    def test_its_files_are_for_its_owner_alone(self, tmp_path: Path) -> None:
        FolderStore(tmp_path / "media").put("players/a/b", b"")

        modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "media").rglob("*")]
        assert [mode & 0o077 for mode in modes] == [0, 0, 0]

    def test_emptied_folders_are_gone(self, tmp_path: Path) -> None:
        store = FolderStore(tmp_path / "media")
        store.put("players/a/b/c", b"")

        store.remove("players/a/b/c")

        assert list((tmp_path / "media").iterdir()) == []

    @pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
    def test_a_disk_that_fills_up_leaves_nothing_half(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
    ) -> None:
        store = FolderStore(tmp_path / "media")
        store.put("players/a/b", b"before")

        def full(_descriptor: int) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr("media.blobs.os.fsync", full)
        with pytest.raises(StorageFull):
            store.put("players/a/b", ABOUT_A_CHUNK)
        with pytest.raises(StorageFull):
            store.put("players/a/c", ABOUT_A_CHUNK)
        monkeypatch.undo()

        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]
        assert whole(store, "players/a/b") == b"before"

    def test_room_is_left_for_everything_else(self, tmp_path: Path) -> None:
        with pytest.raises(StorageFull):
            FolderStore(tmp_path / "media", keep_free_bytes=1 << 60).put("a", b"")

        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    def test_what_a_kill_left_half_is_not_listed(self, tmp_path: Path) -> None:
        store = FolderStore(tmp_path / "media")
        store.put("players/a/b", b"")
        (tmp_path / "media/players/a/.half").write_bytes(b"half")

        assert store.list("players") == ["players/a/b"]
        assert store.remove("players/a") == 1
        assert list((tmp_path / "media").iterdir()) == []
