"""Whether a picture or sound says where it was made: what a phone writes into it, and nobody sees who shows it.

Of each kind of file the places where phones and cameras write it are read, and no more; a broken file says nothing here.
Sources: Exif 2.3 (4.6), the XMP specification, part 3, QuickTime's user data and metadata, 3GPP TS 26.244 (8.3), Vorbis comments.
"""

import re
import struct
from collections.abc import Iterator

_GPS, _LATITUDE, _LONGITUDE = 0x8825, 0x0002, 0x0004
_IN_XMP = re.compile(rb"GPSL(atitude|ongitude)")
_IN_SOUND = re.compile(
    rb"\xa9xyz|\xa9loc|loci\0\0\0\0|com\.apple\.quicktime\.location|(?i:\b(geo_?)?location=)"
)
_ENTRIES_MOST, _PARTS_MOST = 200, 2_000
_SOUND_HEAD_BYTES = 65_536


def says_where(data: bytes, kind: str) -> bool:
    """`kind`: the media type of the file with these bytes."""
    try:
        if kind == "audio/mp4":
            # Not among the samples: there such bytes are a sound like any other.
            return any(
                _IN_SOUND.search(part) for name, part in _boxes(data) if name in {b"moov", b"meta", b"udta"}
            )
        if kind.startswith("audio/"):
            return _IN_SOUND.search(data[:_SOUND_HEAD_BYTES]) is not None
        parts = {"image/jpeg": _of_jpeg, "image/png": _of_png, "image/webp": _of_webp}[kind](data)
        return any(_IN_XMP.search(part) or _exif_says_where(part) for part in parts)
    except (struct.error, IndexError, KeyError):
        return False


def _of_jpeg(data: bytes) -> Iterator[bytes]:
    at = 2
    for _ in range(_PARTS_MOST):
        if data[at] != 0xFF or data[at + 1] in {0xD9, 0xDA}:  # its end, or the picture begins
            return
        (size,) = struct.unpack_from(">H", data, at + 2)
        if data[at + 1] == 0xE1:
            yield data[at + 4 : at + 2 + size]
        at += 2 + size


def _of_png(data: bytes) -> Iterator[bytes]:
    at = 8
    for _ in range(_PARTS_MOST):
        size, name = struct.unpack_from(">I4s", data, at)
        if name in {b"eXIf", b"iTXt", b"tEXt"}:
            yield data[at + 8 : at + 8 + size]
        at += 12 + size


def _of_webp(data: bytes) -> Iterator[bytes]:
    at = 12
    for _ in range(_PARTS_MOST):
        name, size = struct.unpack_from("<4sI", data, at)
        if name in {b"EXIF", b"XMP "}:
            yield data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    for _ in range(_PARTS_MOST):
        if at + 8 > len(data):
            return
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            return
        yield name, data[at + head : at + size]
        at += size


def _exif_says_where(part: bytes) -> bool:
    tiff = part.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return False
    first = _directory(tiff, order, struct.unpack_from(f"{order}I", tiff, 4)[0])
    if _GPS not in first:
        return False
    gps = _directory(tiff, order, first[_GPS])
    return _LATITUDE in gps or _LONGITUDE in gps


def _directory(tiff: bytes, order: str, at: int) -> dict[int, int]:
    """Tags, each with its value read as one whole number."""
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    found = {}
    for number in range(min(count, _ENTRIES_MOST)):
        tag, _, _, value = struct.unpack_from(f"{order}HHII", tiff, at + 2 + 12 * number)
        found[tag] = value
    return found
