"""Packs from a folder or a zip file, and what the first bytes of a picture or sound say it is."""

import os
from pathlib import Path

from content.findings import Detail, Finding
from content.packs.archive import (
    MEMBERS_MOST,
    UNPACKED_MOST_BYTES,
    Unpacked,
    is_litter,
    unpack,
    without_folder,
)
from content.packs.forms import shortened

MP4_SOUND_BRANDS = frozenset({b"M4A ", b"M4B ", b"mp42", b"isom", b"iso2", b"dash"})


def read_members(path: Path) -> Unpacked:
    """The files of a pack by their names within it. Raises OSError for what is not there or may not be read."""
    if path.is_dir():
        return _of_folder(path)
    if path.exists() and not path.is_file():  # a pipe waits for ever, and a device may have no end
        return Unpacked({}, (Finding("archive-broken", "", details={"reason": "not a file"}),))
    with path.open("rb") as stream:
        return unpack(stream)


def _of_folder(folder: Path) -> Unpacked:
    members: dict[str, bytes] = {}
    findings: list[Finding] = []
    left = UNPACKED_MOST_BYTES
    for name, file in _files(folder):
        if file.is_symlink() or not file.is_file():
            findings.append(Finding("member-link", shortened(name, 100)))
            continue
        if len(members) == MEMBERS_MOST:
            details: dict[str, Detail] = {"found": f"> {MEMBERS_MOST}", "most": MEMBERS_MOST}
            return Unpacked({}, (Finding("archive-members", "", details=details),))
        with file.open("rb") as stream:
            data = stream.read(left + 1)
        if len(data) > left:
            most = f"{UNPACKED_MOST_BYTES // 2**20} MiB"
            return Unpacked({}, (Finding("archive-size", shortened(name, 100), details={"most": most}),))
        left -= len(data)
        members[name] = data
    return Unpacked({}, tuple(findings)) if findings else Unpacked(without_folder(members))


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Every file below a folder with its name from there, links not followed, in one order everywhere."""
    found = []
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if (Path(root) / name).is_symlink()]
        folders[:] = [name for name in folders if name not in links]
        for name in (*files, *links):
            file = Path(root) / name
            within = file.relative_to(folder).as_posix()
            if not is_litter(within):
                found.append((within, file))
    return sorted(found)


def media_type(data: bytes) -> str | None:
    """What a file is by its first bytes, whatever its name says; None for what packs do not carry.

    Sources: JFIF and Exif (ITU-T T.81), PNG (ISO 15948), WebP container, ID3v2 and MPEG audio frames
    (ISO 11172-3), Ogg (RFC 3533), ISO base media file format (ISO 14496-12).
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data[4:8] == b"ftyp" and data[8:12] in MP4_SOUND_BRANDS:
        return "audio/mp4"
    if data.startswith(b"ID3") or _is_mpeg_audio_frame(data):
        return "audio/mpeg"
    return None


def _is_mpeg_audio_frame(data: bytes) -> bool:
    """Eleven set bits, then layer III and a bit rate that exists."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    layer, bit_rate = data[1] >> 1 & 0b11, data[2] >> 4
    return layer == 0b01 and 0 < bit_rate < 0b1111
