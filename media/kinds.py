"""What kinds of pictures and sounds are taken in, how large each may be, and how a file's first bytes tell which it is.

Numbers: OWASP's File Upload Cheat Sheet and what peers allow; a phone's photo has 12 to 50 million pixels and 2 to 8 MB.
"""

from typing import Literal

Sort = Literal["image", "audio"]

#: How much of a file `media_type` looks at. [bytes]
HEAD_BYTES = 4_096

IMAGE_MOST_BYTES = 15_000_000
IMAGE_MOST_PIXELS = 40_000_000
IMAGE_MOST_SIDE_PX = 12_000
SOUND_MOST_BYTES = 30_000_000
SOUND_MOST_S = 600

#: What players may bring: the names that a phone may give to a type, and the type itself.
TAKEN_IN = {
    "image/jpeg": "image/jpeg",
    "image/jpg": "image/jpeg",
    "image/png": "image/png",
    "image/webp": "image/webp",
    "image/heic": "image/heic",
    "image/heif": "image/heic",
    "audio/mpeg": "audio/mpeg",
    "audio/mp3": "audio/mpeg",
    "audio/mp4": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "audio/aac": "audio/aac",
    "audio/ogg": "audio/ogg",
    "audio/opus": "audio/ogg",
    "audio/wav": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/webm": "audio/webm",
}

_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso5", b"iso6", b"dash"})
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})


def sort_of(kind: str) -> Sort:
    return "image" if kind.startswith("image/") else "audio"


def most_bytes(kind: str) -> int:
    """How large a file of the type may be."""
    return IMAGE_MOST_BYTES if sort_of(kind) == "image" else SOUND_MOST_BYTES


def media_type(head: bytes) -> str | None:
    """What a file is by its first bytes, whatever its name says; None for what nobody here takes.

    Sources: JFIF and Exif (ITU-T T.81), PNG (ISO 15948), the WebP container, HEIF (ISO 23008-12), ID3v2 and MPEG audio
    frames (ISO 11172-3), ADTS (ISO 13818-7), Ogg (RFC 3533), ISO base media file format (ISO 14496-12), WAVE, Matroska
    (RFC 9559).
    """
    brand = head[8:12]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(brand)
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        return "image/heic" if brand in _PICTURE_BRANDS else "audio/mp4" if brand in _SOUND_BRANDS else None
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "audio/webm" if b"webm" in head[:64] else None
    return _mpeg_sound(head)


def _mpeg_sound(head: bytes) -> str | None:
    """A tag, or eleven set bits: then layer III and a bit rate that exists, or what marks ADTS."""
    if head.startswith(b"ID3"):
        return "audio/mpeg"
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    layer, bit_rate = head[1] >> 1 & 0b11, head[2] >> 4
    return "audio/mpeg" if layer == 0b01 and 0 < bit_rate < 0b1111 else None
