"""Takes in what a stranger sent: one child process decodes, shut in and with little of everything, and this one lives on.

What comes back is judged too: names, types and numbers that are not of the form that is expected are a broken file's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import Any

from media.child import NO_ROOM, ORIGINAL
from media.confine import Fences
from media.kinds import HEAD_BYTES, SOUND_MOST_S, media_type, most_bytes, sort_of
from media.sounds import MADE, seconds_told

WITHIN_S = 120  # of the clock: beside others the thirty seconds of the processor take longer
TOLD_MOST_BYTES = 1_000_000
ROOM_NEEDED_BYTES = 100_000_000  # what is made of the largest is a tenth of that

#: Every reason for not taking something in, with its meaning for developers. A code is never renamed or reused.
REFUSALS: Mapping[str, str] = {
    "damaged": "What arrived is not what the phone said that it sends; it can be sent again.",
    "empty": "There is nothing in it.",
    "too-large": "It has more bytes than its kind may have.",
    "another-kind": "Its first bytes are not those of the type that was named.",
    "broken": "It cannot be decoded.",
    "too-many-pixels": "It has more pixels than a picture may have, or one side is too long.",
    "moving-picture": "It has more than one frame.",
    "too-long": "The sound is longer than a sound may be.",
    "too-hard": "Decoding it took more memory or time than there is for one file.",
}


class IntakeError(Exception):
    """Nothing can be taken in on this machine as it is; the file is not to blame."""


@dataclass(frozen=True, slots=True)
class Made:
    """`width` and `height` of a picture. [px]"""

    name: str
    type: str
    bytes: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """`files`: the smallest picture first, or the best sound. `blur`: BlurHash of a picture. [seconds of a sound]"""

    files: tuple[Made, ...]
    blur: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """`code`: one of REFUSALS."""

    code: str


def take_in(
    folder: Path, kind: str, *, within_s: float = WITHIN_S, sound_most_s: int = SOUND_MOST_S
) -> Taken | Refused:
    """Of the file `original` in `folder`, said to be of `kind`; what is made of it lies beside it then.

    Raises IntakeError, and OSError where there is no room.
    """
    original = folder / ORIGINAL
    size = original.stat().st_size
    if size == 0:
        return Refused("empty")
    if size > most_bytes(kind):
        return Refused("too-large")
    with original.open("rb") as stream:
        if media_type(stream.read(HEAD_BYTES)) != kind:
            return Refused("another-kind")
    _need_room(folder)
    sort = sort_of(kind)
    ended, told = _child(sort, kind, folder, within_s, sound_most_s)
    if ended is None or ended in {-SIGKILL, -SIGXCPU}:
        _need_room(folder)
        return Refused("too-hard")
    if ended == NO_ROOM:
        raise OSError(ENOSPC, os.strerror(ENOSPC), str(folder))
    if sort == "audio":
        return _sound(folder, ended, told, sound_most_s)
    if ended > 0:
        raise IntakeError(f"the child ended with {ended}")
    return Refused("broken") if ended < 0 else _picture(folder, told)


def ffmpeg() -> str:
    """Where it is. Raises IntakeError."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise IntakeError("ffmpeg is missing: apt-get install ffmpeg")
    return str(Path(found).resolve())


def fences() -> Fences:
    """How well a child is shut in on this machine. Raises IntakeError where none can be."""
    with tempfile.TemporaryDirectory() as folder:
        ended, told = _child("fences", "-", Path(folder), WITHIN_S)
    if ended != 0:
        raise IntakeError(f"the child ended with {ended}")
    return Fences(**json.loads(told))


def _child(
    sort: str, kind: str, folder: Path, within_s: float, sound_most_s: int = 0
) -> tuple[int | None, bytes]:
    """How it ended (minus the signal; None when it was too slow), and the beginning of what it said."""
    arguments = [sys.executable, "-P", "-B", "-m", "media.child", sort, kind, str(folder)]
    if sort == "audio":
        arguments += [str(sound_most_s), ffmpeg()]
    # Nothing of our own environment: there are passwords in it. One arena, so that threads do not reserve memory.
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "LC_ALL": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
    }
    with tempfile.TemporaryFile(dir=folder) as said:
        try:
            child = subprocess.Popen(
                arguments,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise IntakeError(f"no child could be started: {error}") from None
        try:
            ended: int | None = child.wait(within_s)
        except subprocess.TimeoutExpired:
            ended = None
        finally:
            child.kill()
            child.wait()
        said.seek(0)
        return ended, said.read(TOLD_MOST_BYTES)


def _sound(folder: Path, ended: int, told: bytes, most_s: int) -> Taken | Refused:
    if ended != 0:
        _need_room(folder)
        return Refused("broken")
    seconds = seconds_told(told)
    if seconds > most_s + 0.5:
        return Refused("too-long")
    made = [_made(folder, name, kind) for name, kind in MADE]
    files = tuple(one for one in made if one is not None)
    if len(files) != len(MADE) or seconds <= 0:
        return Refused("broken")
    return Taken(files, seconds=round(seconds, 1))


def _picture(folder: Path, told: bytes) -> Taken | Refused:
    try:
        said: Any = json.loads(told)
        if code := said.get("refused"):
            return Refused(code if code in REFUSALS else "broken")
        files = [
            _made(folder, str(one["name"]), "image/webp", int(one["width"]), int(one["height"]))
            for one in said["files"]
        ]
        blur = str(said["blur"])[:100]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Refused("broken")
    found = tuple(one for one in files if one is not None)
    return Taken(found, blur=blur) if found and len(found) == len(files) else Refused("broken")


def _made(
    folder: Path, name: str, kind: str, width: int | None = None, height: int | None = None
) -> Made | None:
    """None where the file is not there, or is something else than it should be."""
    path = folder / name
    if path.parent != folder or path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as stream:
        if media_type(stream.read(HEAD_BYTES)) != kind:
            return None
    return Made(name, kind, path.stat().st_size, width, height)


def _need_room(folder: Path) -> None:
    if shutil.disk_usage(folder).free < ROOM_NEEDED_BYTES:
        raise OSError(ENOSPC, os.strerror(ENOSPC), str(folder))
