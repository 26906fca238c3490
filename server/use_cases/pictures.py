"""A picture that somebody sends and waits for: made anew from what was sent, by a child that is shut in."""

import tempfile
import threading
from pathlib import Path

from media.intake import Refused, take_in
from media.kinds import HEAD_BYTES, media_type, sort_of
from server.use_cases.problem import Problem

#: Somebody waits for it.
WITHIN_S = 20
#: Each child may have half a gigabyte: so many in one process, and who comes then waits, but not for ever.
AT_ONCE = 2
_ORIGINAL = "original"
_places = threading.BoundedSemaphore(AT_ONCE)


def made_anew(work: Path, sent: bytes, most_px: int) -> bytes:
    """A WebP with nothing of a camera's left in it; its longer side is at most `most_px`. [px]

    Raises Problem: unsupported-medium, picture-refused, pictures-busy.
    """
    kind = media_type(sent[:HEAD_BYTES])
    if kind is None or sort_of(kind) != "image":
        raise Problem("unsupported-medium")
    if not _places.acquire(timeout=WITHIN_S):
        raise Problem("pictures-busy", retry_after_s=WITHIN_S)
    try:
        return _made(work, sent, kind, most_px)
    finally:
        _places.release()


def _made(work: Path, sent: bytes, kind: str, most_px: int) -> bytes:
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as name:
        folder = Path(name)
        (folder / _ORIGINAL).write_bytes(sent)
        taken = take_in(folder, kind, within_s=WITHIN_S)
        if isinstance(taken, Refused):
            raise Problem("picture-refused")
        small = [one for one in taken.files if max(one.width or 0, one.height or 0) <= most_px]
        return (folder / (small[-1] if small else taken.files[0]).name).read_bytes()
