"""Packs from a folder or a zip file."""

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
