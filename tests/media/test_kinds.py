"""What a file is by its first bytes, whatever its name says."""

import re
from pathlib import Path

import pytest

from content.packs.model import MEDIA_TYPES
from media.kinds import SOUND_MOST_S, TAKEN_IN, media_type

RECORDER = Path(__file__).parents[2] / "web/src/ui/Recorder.svelte"


@pytest.mark.parametrize(
    "data, kind",
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\xff\xd8\xff\xe1\x00\x10Exif", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"\x00\x00\x00\x1cftypM4A ", "audio/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xfb\xf0\x64", None),  # a bit rate that does not exist
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"\x00\x00\x00\x1cftypheic", "image/heic"),
        (b"\x00\x00\x00\x1cftypavif", None),
        (b"\x00\x00\x00\x1cftypqt  ", None),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "audio/webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", None),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"#EXTM3U\n", None),
        (b"ffconcat version 1.0", None),
        (b"GIF89a", None),
        (b"%PDF-1.7", None),
        (b"<svg xmlns", None),
        (b"PK\x03\x04", None),
        (b"MZ", None),
        (b"", None),
    ],
)
def test_files_are_known_by_their_first_bytes(data: bytes, kind: str | None) -> None:
    assert media_type(data) == kind


def test_what_packs_carry_is_known_too() -> None:
    assert set(MEDIA_TYPES) <= set(TAKEN_IN.values())


def test_the_phone_records_as_long_a_sound_as_is_taken_in() -> None:
    assert re.findall(r"mostS = (\d+)", RECORDER.read_text("utf-8")) == [str(SOUND_MOST_S)]
