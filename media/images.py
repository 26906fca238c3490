"""A photograph as a phone took it → WebP in a few sizes, upright, in sRGB, and with nothing in it but the picture.

Runs in the child of `media.intake`, shut in by `media.confine`.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import blurhash
from PIL import Image, ImageCms, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from pillow_heif import options as heif_options
from pillow_heif.as_plugin import HeifImageFile

from media.kinds import IMAGE_MOST_PIXELS, IMAGE_MOST_SIDE_PX

#: Longer sides of what is made. A larger picture is made in each that is smaller than it, never enlarged. [px]
SIDES_PX = (320, 960, 2560)
QUALITY = 80
PROFILE_MOST_BYTES = 4_000_000
BLUR_SIDE_PX = 32
ORIENTATION = 0x0112  # Exif 2.3, 4.6.4
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# One decoder for each type, and no other can be reached. Of a JPEG with several pictures (depth, brightness) it is the
# first; the others are what a camera adds and not frames.
_DECODERS: dict[str, Callable[[IO[bytes]], ImageFile.ImageFile]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/heic": HeifImageFile,
}


class Unfit(Exception):
    """The picture is not taken in; the message is the code."""


@dataclass(frozen=True, slots=True)
class Size:
    """`name` of a file; the sizes that it really has. [px]"""

    name: str
    width: int
    height: int


def make_sizes(original: Path, kind: str, folder: Path) -> tuple[tuple[Size, ...], str]:
    """The files written to `folder`, smallest first, and a BlurHash to show until one is there. Raises Unfit."""
    with original.open("rb") as stream:
        picture = _opened(stream, kind)
        upright = _UPRIGHT.get(_orientation(picture)) if kind != "image/heic" else None  # HEIF turns itself
        profile = picture.info.get("icc_profile")
        try:
            picture.thumbnail((SIDES_PX[-1], SIDES_PX[-1]), Image.Resampling.LANCZOS, reducing_gap=2.0)
            picture.load()  # one that is small enough was left as it lies in the file
        except MemoryError:
            raise
        except Exception as error:
            raise Unfit("broken") from error
    flat = _in_srgb(picture, profile)
    if upright is not None:
        flat = flat.transpose(upright)
    flat.info.clear()
    sizes = []
    # The largest first: each smaller one is made of the one before.
    longest = max(flat.size)
    for side in reversed(
        [side for side, before in zip(SIDES_PX, (0, *SIDES_PX), strict=False) if longest > before]
    ):
        flat.thumbnail((side, side), Image.Resampling.LANCZOS)
        name = f"{side}.webp"
        flat.save(folder / name, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
        sizes.append(Size(name, *flat.size))
    return tuple(reversed(sizes)), _blur(flat)


def _opened(stream: IO[bytes], kind: str) -> ImageFile.ImageFile:
    """Its header was read, and nothing is decoded yet."""
    heif_options.THUMBNAILS = False  # what is shown is the picture, and not what somebody put beside it
    heif_options.DECODE_THREADS = 1
    try:
        picture = _DECODERS[kind](stream)
        frames = 1 if kind == "image/jpeg" else getattr(picture, "n_frames", 1)
    except MemoryError:
        raise
    except Exception as error:
        raise Unfit("broken") from error
    width, height = picture.size
    if width < 1 or height < 1:
        raise Unfit("broken")
    if max(width, height) > IMAGE_MOST_SIDE_PX or width * height > IMAGE_MOST_PIXELS:
        raise Unfit("too-many-pixels")
    if frames > 1:
        raise Unfit("moving-picture")
    return picture


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  the library has a dozen for what is none, and a broken one says nothing
        return 1


def _in_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """Eight bits a channel, red, green and blue, clear where the picture was."""
    if picture.mode.startswith("I"):  # sixteen bits of grey
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info
    if (
        isinstance(profile, bytes)
        and 0 < len(profile) <= PROFILE_MOST_BYTES
        and picture.mode in {"RGB", "CMYK"}
    ):
        # A profile that cannot be used is left aside: colours a little off are better than no picture.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = turned or picture
    return picture.convert("RGBA" if clear else "RGB")


def _blur(picture: Image.Image) -> str:
    small = picture.convert("RGB")
    small.thumbnail((BLUR_SIDE_PX, BLUR_SIDE_PX))
    width, height = small.size
    pixels = list(small.get_flattened_data() if hasattr(small, "get_flattened_data") else small.getdata())
    rows = [pixels[row * width : (row + 1) * width] for row in range(height)]
    across, down = (4, 3) if width >= height else (3, 4)
    return str(blurhash.encode(rows, across, down))
