"""`python -m media.child SORT TYPE FOLDER [SECONDS FFMPEG]`: the one process that decodes. Started by `media.intake` alone.

SORT is image, audio, or fences, which only says how well it is shut in. FOLDER has the file `original`; what is made of it is put beside it, and what is to be said goes to standard output.
"""

import json
import os
import sys
from errno import EDQUOT, ENOSPC
from pathlib import Path

from media.confine import Limits, shut_in

ORIGINAL = "original"
#: The exit code for a disk that is full: not the file's fault.
NO_ROOM = 75  # EX_TEMPFAIL, <sysexits.h>

#: Of an address space, what decoding the largest takes. libwebp holds a picture three times, and Pillow once more. [bytes]
MEMORY_BYTES = 512 * 2**20
WEBP_MEMORY_BYTES = 800 * 2**20

_CODE = Path(__file__).resolve().parent
SYSTEM = tuple(
    Path(path)
    for path in ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom")
)


def main(sort: str, kind: str, folder: Path, most_s: str = "", ffmpeg: str = "") -> int:
    if sort == "audio":
        from media.sounds import ffmpeg_arguments

        arguments = ffmpeg_arguments(Path(ffmpeg), folder / ORIGINAL, kind, folder, int(most_s))
        shut_in(folder, SYSTEM, Limits(MEMORY_BYTES), may_become=Path(ffmpeg))
        os.execve(ffmpeg, arguments, {"LC_ALL": "C.UTF-8"})
    if sort == "fences":
        fences = shut_in(folder, SYSTEM, Limits(MEMORY_BYTES))
        sys.stdout.write(json.dumps({"seccomp": fences.seccomp, "landlock": fences.landlock}))
        return 0
    return _picture(kind, folder)


def _picture(kind: str, folder: Path) -> int:
    from PIL import ImageCms

    from media.images import Unfit, make_sizes

    ImageCms.createProfile("sRGB")  # what it loads is loaded now
    memory_bytes = WEBP_MEMORY_BYTES if kind == "image/webp" else MEMORY_BYTES
    shut_in(folder, (*SYSTEM, _CODE, Path(sys.prefix)), Limits(memory_bytes))
    try:
        sizes, blur = make_sizes(folder / ORIGINAL, kind, folder)
    except Unfit as unfit:
        told: dict[str, object] = {"refused": str(unfit)}
    except MemoryError:
        told = {"refused": "too-hard"}
    except OSError as error:
        if error.errno in {ENOSPC, EDQUOT}:
            return NO_ROOM
        raise
    else:
        files = [{"name": size.name, "width": size.width, "height": size.height} for size in sizes]
        told = {"files": files, "blur": blur}
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:6]))
