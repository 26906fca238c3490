"""Packs on disk: folders as carefully as zips, and files known by their first bytes."""

import os
from pathlib import Path

import pytest

from content.packs.archive import MEMBERS_MOST
from content.packs.checks import check
from content.packs.writing import zip_members
from media.kinds import media_type
from server.readers import packs
from server.readers.packs import read_members
from tests.content.examples import trail


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, data in trail().items():
        file = tmp_path / "trail" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path / "trail"


def test_a_folder_and_its_zip_are_the_same_pack(folder: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "trail.zip"
    zipped.write_bytes(zip_members(trail()))

    assert read_members(folder) == read_members(zipped)
    assert check(read_members(folder).members, media_type).findings == ()


def test_litter_is_left_where_it_lies(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / ".git").mkdir()
    (folder / ".git/config").write_bytes(b"x")

    assert read_members(folder).members == trail()


@pytest.mark.parametrize("link", ["texts/de.toml", "media"])
def test_a_shortcut_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, link: str) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"x")
    if link == "media":
        (folder / "media/boat.png").unlink()
        (folder / "media").rmdir()
    (folder / link).symlink_to(secret if link == "media" else secret / "file")

    unpacked = read_members(folder)

    assert [(finding.code, finding.file) for finding in unpacked.findings] == [("member-link", link)]
    assert not unpacked.members


def test_too_many_files_are_refused(folder: Path) -> None:
    for number in range(MEMBERS_MOST):
        (folder / f"media/{number}.png").write_bytes(b"")

    assert [finding.code for finding in read_members(folder).findings] == ["archive-members"]


def test_too_much_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "UNPACKED_MOST_BYTES", 100)

    assert [finding.code for finding in read_members(folder).findings] == ["archive-size"]


def test_what_is_not_there_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_members(tmp_path / "nowhere")


def test_a_pipe_in_a_folder_or_in_place_of_a_zip_is_not_waited_for(folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "texts/de.toml")
    os.mkfifo(tmp_path / "pipe.zip")
    (tmp_path / "endless.zip").symlink_to("/dev/zero")

    within, alone, endless = (
        read_members(one) for one in (folder, tmp_path / "pipe.zip", tmp_path / "endless.zip")
    )

    assert [(one.code, one.file) for one in within.findings] == [("member-link", "texts/de.toml")]
    assert [one.code for one in alone.findings] == ["archive-broken"]
    assert [one.code for one in endless.findings] == ["archive-broken"]
