"""A zip that a stranger sent → its members, with everything hostile refused before it is unpacked.

Never trusts what an archive says of itself: sizes are counted while reading. Names are taken as they
stand or refused, never mended, but for the one folder that "compress this folder" puts around a pack and
the litter that file managers leave.
"""

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from content.findings import Finding
from content.packs.forms import shortened
from content.packs.model import QUEST_FILE

UNPACKED_MOST_BYTES = 64 * 2**20
RATIO_MOST = 50
RATIO_COUNTS_FROM_BYTES = 2**20  # a short text of one letter repeated is no attack
MEMBERS_MOST = 400
BLOCK = 2**16
LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".git", ".gitignore"})


@dataclass(frozen=True, slots=True)
class Unpacked:
    """Members by name. With a mistake among the findings nothing of an archive is given."""

    members: Mapping[str, bytes]
    findings: tuple[Finding, ...] = ()


def unpack(stream: BinaryIO) -> Unpacked:
    """The members of a zip. [at most 64 MiB in all, at most 50 times the packed size]"""
    try:
        with zipfile.ZipFile(stream) as archive:
            return _unpack(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        UnicodeError,
        ValueError,
        OSError,
    ) as error:
        return Unpacked({}, (Finding("archive-broken", "", details={"reason": shortened(str(error), 120)}),))


def unpack_bytes(data: bytes) -> Unpacked:
    return unpack(io.BytesIO(data))


def _unpack(archive: zipfile.ZipFile) -> Unpacked:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MEMBERS_MOST:
        found = Finding("archive-members", "", details={"found": len(entries), "most": MEMBERS_MOST})
        return Unpacked({}, (found,))
    findings = [*name_findings(entry.orig_filename for entry in entries)]
    for entry in entries:
        name = shortened(entry.orig_filename, 100)
        if stat.S_ISLNK(entry.external_attr >> 16):
            findings.append(Finding("member-link", name))
        if entry.flag_bits & 0x1:
            findings.append(Finding("archive-encrypted", name))
    if findings:
        return Unpacked({}, tuple(findings))
    members: dict[str, bytes] = {}
    left = UNPACKED_MOST_BYTES
    for entry in entries:
        if is_litter(entry.filename):
            continue
        data = _read(archive, entry, left)
        if isinstance(data, Finding):
            return Unpacked({}, (data,))
        left -= len(data)
        members[entry.filename] = data
    return Unpacked(without_folder(members))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes | Finding:
    """One member, counted block by block."""
    blocks: list[bytes] = []
    size = 0
    with archive.open(entry) as member:
        while block := member.read(BLOCK):
            size += len(block)
            if size > left:
                most = f"{UNPACKED_MOST_BYTES // 2**20} MiB"
                return Finding("archive-size", shortened(entry.filename, 100), details={"most": most})
            if size > RATIO_COUNTS_FROM_BYTES and size > RATIO_MOST * max(1, entry.compress_size):
                return Finding("archive-ratio", shortened(entry.filename, 100), details={"most": RATIO_MOST})
            blocks.append(block)
    return b"".join(blocks)


def name_findings(names: Iterable[str]) -> tuple[Finding, ...]:
    """What is wrong with members' names: whatever could lead out of a folder, or mean two things."""
    findings = []
    seen: set[str] = set()
    for name in names:
        if not _is_plain(name):
            findings.append(Finding("member-name", shortened(name.encode("utf-8", "replace").decode(), 100)))
            continue
        same = unicodedata.normalize("NFC", name).casefold()  # the same file where case does not matter
        if same in seen:
            findings.append(Finding("member-twice", shortened(name, 100)))
        seen.add(same)
    return tuple(findings)


def _is_plain(name: str) -> bool:
    if not name or len(name) > 200 or name.startswith("/") or "\\" in name or ":" in name:
        return False
    if any(unicodedata.category(sign) in {"Cc", "Cs", "Cf"} for sign in name):
        return False
    return all(part not in {"", ".", ".."} for part in name.split("/"))


def is_litter(name: str) -> bool:
    """What file managers leave in a folder without being asked."""
    return any(part.lower() in LITTER or part.startswith("._") for part in name.split("/"))


def without_folder(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """The members without the one folder around them all, if there is one."""
    tops = {name.partition("/")[0] for name in members if "/" in name}
    if QUEST_FILE not in members and len(tops) == 1 and all("/" in name for name in members):
        top = tops.pop()
        if f"{top}/{QUEST_FILE}" in members:
            return {name.removeprefix(f"{top}/"): data for name, data in members.items()}
    return dict(members)
