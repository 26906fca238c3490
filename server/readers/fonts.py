"""The fonts of the app as its packages bring them: what pictures are written with."""

from pathlib import Path
from typing import Final

from media.previews import Fonts

#: Below the folder of packages; each has some letters, and the first that has one draws it.
FACES: Final = (
    "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2",
    "@fontsource-variable/noto-sans-arabic/files/noto-sans-arabic-arabic-wght-normal.woff2",
    # Atkinson Hyperlegible has no Cyrillic letters.
    "@fontsource-variable/literata/files/literata-cyrillic-wght-normal.woff2",
    "@fontsource-variable/literata/files/literata-cyrillic-ext-wght-normal.woff2",
)


def read_fonts(folder: Path) -> Fonts | None:
    """None where the app's packages were not installed."""
    try:
        return Fonts(tuple((folder / name).read_bytes() for name in FACES))
    except OSError:
        return None
