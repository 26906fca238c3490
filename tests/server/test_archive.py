"""A backup's file: whole or refused, ours alone, and nothing left behind by one that failed."""

import io
import json
import stat
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.cli import archive
from server.cli.archive import ArchiveError, Manifest

MADE_AT = datetime(2026, 12, 15, 16, 10, tzinfo=UTC)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A backup of a made-up dump, with two media files."""
    media = tmp_path / "media"
    (media / "ab").mkdir(parents=True)
    (media / "ab/photo").write_bytes(b"\xff\xd8" * 5_000)
    (media / "ab/.half").write_bytes(b"being written")
    (media / "voice").write_bytes(b"")
    (tmp_path / "dump").write_bytes(b"PGDMP")
    (tmp_path / "secrets").write_text("{}")
    target = tmp_path / archive.file_name(MADE_AT)
    with archive.unfinished(target) as writing, writing.open("wb") as file:
        writer = archive.Writer(file)
        writer.add(archive.DUMP, tmp_path / "dump")
        writer.add(archive.SECRETS, tmp_path / "secrets")
        for name, path in archive.media_files(media):
            writer.add(name, path)
        writer.add(archive.TOMBSTONES, tmp_path / "never-written")
        writer.finish(Manifest(MADE_AT, "0001", "15.18", "3.3.2", writer.files))
    return target


def members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {member.name: content.read() for member in tar if (content := tar.extractfile(member))}


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    content = members(file)
    change(content)
    with tarfile.open(file, "w") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return file


def test_what_was_added_comes_back(whole: Path, tmp_path: Path) -> None:
    manifest = archive.verified(whole)
    archive.extract(whole, tmp_path / "out")

    assert manifest.made_at == MADE_AT
    assert (manifest.schema, manifest.postgresql, manifest.postgis) == ("0001", "15.18", "3.3.2")
    assert (tmp_path / "out/media/ab/photo").read_bytes() == b"\xff\xd8" * 5_000
    assert (tmp_path / "out/media/voice").read_bytes() == b""
    assert (tmp_path / "out/database.dump").read_bytes() == b"PGDMP"


def test_what_is_still_being_written_or_was_never_there_is_left_out(whole: Path) -> None:
    assert sorted(members(whole)) == [
        "database.dump",
        "manifest.json",
        "media/ab/photo",
        "media/voice",
        "secrets.json",
    ]


def test_only_its_owner_may_read_it_and_what_comes_out_of_it(whole: Path, tmp_path: Path) -> None:
    archive.extract(whole, tmp_path / "out")

    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out/secrets.json").stat().st_mode) == 0o600


def test_one_that_failed_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with archive.unfinished(tmp_path / "x") as writing:
            writing.write_bytes(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_names_sort_by_time(tmp_path: Path) -> None:
    for month in (12, 1, 7):
        (tmp_path / archive.file_name(MADE_AT.replace(month=month))).touch()
    (tmp_path / ".20270101T000000Z.rotfaste.tar.1.unfinished").touch()

    assert [file.name[:6] for file in archive.backups_in(tmp_path)] == ["202601", "202607", "202612"]


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.6])
def test_one_that_was_cut_off_is_refused(whole: Path, keep: float) -> None:
    content = whole.read_bytes()
    whole.write_bytes(content[: int(len(content) * keep)])

    with pytest.raises(ArchiveError, match=r"cannot be read|no manifest|lacks"):
        archive.verified(whole)


def test_every_changed_byte_of_a_member_is_noticed(whole: Path) -> None:
    def change(content: dict[str, bytes]) -> None:
        content["media/ab/photo"] = b"\xff" + b"\x00" + content["media/ab/photo"][2:]

    with pytest.raises(ArchiveError, match="media/ab/photo is not what was backed up"):
        archive.verified(rewritten(whole, change))


@pytest.mark.parametrize("name", ["database.dump", "secrets.json", "media/voice"])
def test_a_missing_member_is_noticed(whole: Path, name: str) -> None:
    def remove(content: dict[str, bytes]) -> None:
        del content[name]

    with pytest.raises(ArchiveError, match=f"lacks {name}"):
        archive.verified(rewritten(whole, remove))


@pytest.mark.parametrize("name", ["/etc/passwd", "media/../../x", "other", "media/../x"])
def test_a_member_that_would_land_elsewhere_is_refused(whole: Path, name: str) -> None:
    def add(content: dict[str, bytes]) -> None:
        content[name] = b"x"

    with pytest.raises(ArchiveError, match="none of ours"):
        archive.verified(rewritten(whole, add))


def test_a_member_that_the_manifest_does_not_know_is_refused(whole: Path) -> None:
    def add(content: dict[str, bytes]) -> None:
        content["media/more"] = b"x"

    with pytest.raises(ArchiveError, match="media/more is not what was backed up"):
        archive.verified(rewritten(whole, add))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_a_member_that_is_no_file_is_refused(whole: Path, kind: bytes) -> None:
    with tarfile.open(whole, "a") as tar:
        member = tarfile.TarInfo("media/link")
        member.type, member.linkname = kind, "database.dump"
        tar.addfile(member)

    with pytest.raises(ArchiveError, match="none of ours"):
        archive.verified(whole)


@pytest.mark.parametrize(
    "headers",
    [{"GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**30)}, {"path": "media/a\0b"}],
    ids=["a gigabyte that takes no room", "no name of a file"],
)
def test_a_member_that_ours_are_not_like_is_refused(whole: Path, headers: dict[str, str]) -> None:
    with tarfile.open(whole, "a", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("media/odd")
        member.pax_headers = headers
        tar.addfile(member)

    with pytest.raises(ArchiveError, match="none of ours"):
        archive.verified(whole)


def test_another_format_is_said_by_its_number(whole: Path) -> None:
    def change(content: dict[str, bytes]) -> None:
        content["manifest.json"] = json.dumps(json.loads(content["manifest.json"]) | {"format": 2}).encode()

    with pytest.raises(ArchiveError, match="format 2"):
        archive.verified(rewritten(whole, change))


@pytest.mark.parametrize("content", [b"", b"no tar", b"\0" * 10_240])
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)

    with pytest.raises(ArchiveError):
        archive.verified(file)
