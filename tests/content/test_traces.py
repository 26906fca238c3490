"""What a phone writes into pictures and sounds about where they were made is found, however it is written."""

import pytest

from content.packs.traces import says_where
from tests.media.hostile import exif, photo, png, png_chunk, saved, sound, xmp

NOWHERE = ("-metadata", "location=", "-metadata", "title=Location, location")
PLAIN = saved(photo(8, 8), "JPEG")

TELLING = {
    "jpeg": (saved(photo(8, 8), "JPEG", exif=exif()), "image/jpeg"),
    "jpeg, xmp": (saved(photo(8, 8), "JPEG", xmp=xmp()), "image/jpeg"),
    "png": (saved(photo(8, 8), "PNG", exif=exif()), "image/png"),
    "png, xmp": (png(8, 8, png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp())), "image/png"),
    "webp": (saved(photo(8, 8), "WEBP", exif=exif()), "image/webp"),
    "webp, xmp": (saved(photo(8, 8), "WEBP", xmp=xmp()), "image/webp"),
    "m4a": (sound("mp4", "-c:a", "aac"), "audio/mp4"),
    "m4a, Apple's": (sound("mp4", "-c:a", "aac", "-movflags", "use_metadata_tags", "-metadata",
        "com.apple.quicktime.location.ISO6709=+63.1792+014.6357/"), "audio/mp4"),
    "ogg": (sound("ogg", "-c:a", "libopus"), "audio/ogg"),
}  # fmt: skip

SILENT = {
    "jpeg": (PLAIN, "image/jpeg"),
    "jpeg, which way is up alone": (saved(photo(8, 8), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"), "image/jpeg"),
    "png": (saved(photo(8, 8), "PNG"), "image/png"),
    "webp": (saved(photo(8, 8), "WEBP"), "image/webp"),
    "m4a": (sound("mp4", "-c:a", "aac", *NOWHERE), "audio/mp4"),
    "ogg": (sound("ogg", "-c:a", "libopus", *NOWHERE), "audio/ogg"),
    "mp3": (sound("mp3", *NOWHERE), "audio/mpeg"),
}  # fmt: skip


@pytest.mark.parametrize("name", TELLING)
def test_where_it_was_made_is_found(name: str) -> None:
    assert says_where(*TELLING[name])


@pytest.mark.parametrize("name", SILENT)
def test_what_says_nothing_of_a_place_is_let_be(name: str) -> None:
    assert not says_where(*SILENT[name])


@pytest.mark.parametrize("name", [*TELLING, *SILENT])
def test_a_broken_file_harms_nobody(name: str) -> None:
    data, kind = {**TELLING, **SILENT}[name]
    for cut in range(0, len(data), max(1, len(data) // 200)):
        says_where(data[:cut], kind)
        says_where(data[:cut] + b"\xff" * 40 + data[cut + 40 :], kind)
