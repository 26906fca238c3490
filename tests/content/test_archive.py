"""Zips from strangers: what could do harm is refused before it is unpacked, and said."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.packs.archive import MEMBERS_MOST, unpack_bytes
from content.packs.checks import check
from content.packs.writing import zip_members
from tests.content.examples import probe, trail

Fill = Callable[[zipfile.ZipFile], None]


def zipped(fill: Fill) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        fill(archive)
    return stream.getvalue()


def named(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo("x")
    entry.filename = name  # the constructor would mend it
    return entry


def codes(data: bytes) -> list[str]:
    unpacked = unpack_bytes(data)
    assert not unpacked.findings or not unpacked.members
    return [finding.code for finding in unpacked.findings]


@pytest.mark.parametrize(
    "name",
    [
        "../quest.toml",
        "texts/../../quest.toml",
        "/etc/passwd",
        "C:/quest.toml",
        "texts\\sv.toml",
        "texts//sv.toml",
        "./quest.toml",
        "media/a\u202egnp.exe",
        "media/a\nb.png",
        "a" * 300,
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert codes(zipped(lambda archive: archive.writestr(named(name), b"x"))) == ["member-name"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("other", ["quest.toml", "QUEST.toml"])
def test_a_name_that_stands_twice_is_refused(other: str) -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("quest.toml", b"a")
        archive.writestr(other, b"b")

    assert codes(zipped(fill)) == ["member-twice"]


def test_a_name_in_another_spelling_of_the_same_letters_stands_twice() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("media/\u00e5.png", b"a")
        archive.writestr("media/a\u030a.png", b"b")

    assert codes(zipped(fill)) == ["member-twice"]


def test_a_shortcut_is_refused() -> None:
    entry = zipfile.ZipInfo("texts/sv.toml")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert codes(zipped(lambda archive: archive.writestr(entry, "/etc/passwd"))) == ["member-link"]


def test_what_grows_a_thousand_times_is_refused() -> None:
    assert codes(zipped(lambda archive: archive.writestr("media/a.png", bytes(8 * 2**20)))) == [
        "archive-ratio"
    ]


def test_what_grows_beyond_all_room_is_refused() -> None:
    noise = bytes(range(256)) * 4

    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(9):
            archive.writestr(zipfile.ZipInfo(f"media/{number}.png"), noise * (8 * 2**10))

    assert codes(zipped(fill)) == ["archive-size"]


def test_a_size_that_the_archive_lies_about_is_counted() -> None:
    data = bytearray(zipped(lambda archive: archive.writestr("media/a.png", bytes(8 * 2**20))))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 10)

    assert codes(bytes(data)) in (["archive-ratio"], ["archive-broken"])


def test_too_many_files_are_refused() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(MEMBERS_MOST + 1):
            archive.writestr(f"media/{number}.png", b"")

    assert codes(zipped(fill)) == ["archive-members"]


def test_a_locked_file_is_refused() -> None:
    data = bytearray(zipped(lambda archive: archive.writestr("quest.toml", b"x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1

    assert codes(bytes(data)) == ["archive-encrypted"]


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", zip_members(trail())[:-30]], ids=range(4))
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert codes(data) == ["archive-broken"]


def test_contents_that_do_not_match_their_sum_are_refused() -> None:
    data = bytearray(zipped(lambda archive: archive.writestr(zipfile.ZipInfo("quest.toml"), b"abcdef")))
    data[data.index(b"abcdef")] ^= 1

    assert codes(bytes(data)) == ["archive-broken"]


@given(st.binary(max_size=200), st.integers(0, 2_000), st.integers(0, 200))
def test_a_damaged_zip_is_unpacked_or_refused(noise: bytes, at: int, length: int) -> None:
    whole = zip_members(trail())

    codes(whole[:at] + noise + whole[at + length :])


def test_the_folder_around_a_pack_and_the_litter_of_file_managers_are_let_go() -> None:
    members = {f"my trail/{name}": data for name, data in trail().items()}
    members |= {
        "__MACOSX/my trail/._quest.toml": b"x",
        "my trail/.DS_Store": b"x",
        "my trail/texts/Thumbs.db": b"x",
    }

    unpacked = unpack_bytes(zip_members(members))

    assert unpacked.findings == ()
    assert unpacked.members == trail()
    assert check(unpacked.members, probe).findings == ()


def test_two_folders_are_not_one_pack() -> None:
    members = {f"{folder}/{name}": data for name, data in trail().items() for folder in ("a", "b")}

    assert set(unpack_bytes(zip_members(members)).members) == set(members)
