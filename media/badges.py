"""Badges: one motif each, flat and in two tones, legible at 64 pixels. No letters: a picture has no language.

A motif's name and a colour's name stand in badge files: never renamed, never reused. The colours are those of the
land, as everywhere in Rotfäste: spruce, snow, slate, cloudberry, fireweed and ice.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image

from media.canvas import Canvas, Tones, around, bow, curve, turned

SIZES_PX: Final = (64, 128, 256, 512)

COLOURS: Final[Mapping[str, Tones]] = {
    "spruce": Tones((62, 134, 102), (29, 92, 67), (17, 60, 43)),
    "snow": Tones((255, 255, 255), (245, 246, 241), (214, 222, 216)),
    "slate": Tones((72, 92, 104), (44, 60, 70), (27, 38, 46)),
    "cloudberry": Tones((249, 205, 128), (232, 155, 53), (184, 110, 26)),
    "fireweed": Tones((222, 142, 178), (180, 68, 122), (128, 38, 86)),
    "ice": Tones((222, 238, 244), (173, 211, 226), (104, 158, 182)),
}

Motif = Callable[[Canvas, Tones, Tones], None]


@lru_cache(maxsize=256)
def badge_png(motif: str, ground: str, figure: str, size_px: int) -> bytes:
    """A badge as PNG. KeyError for a motif or colour that there is not."""
    canvas, back, front = Canvas(size_px), COLOURS[ground], COLOURS[figure]
    canvas.disc((0, 0), 1.1, back.deep)
    canvas.disc((0, 0), 0.9, back.plain)
    MOTIFS[motif](canvas, back, front)
    # The rim lies over whatever of the motif reaches beyond it.
    canvas.ring(1.05, 0.19, back.deep)
    canvas.ring(0.89, 0.03, front.plain)
    return canvas.png()


def contact_sheet(badges: Sequence[tuple[str, str, str]], in_a_row: int = 5) -> bytes:
    """Many badges (motif, ground, figure) on one PNG: each as on a page, and below it as in a list."""
    large, small, air = 256, SIZES_PX[0], 20
    rows = -(-len(badges) // in_a_row)
    size = (in_a_row * (large + air) + air, rows * (large + small + 2 * air) + air)
    sheet = Image.new("RGB", size, COLOURS["snow"].plain)
    for number, (motif, ground, figure) in enumerate(badges):
        row, place = divmod(number, in_a_row)
        left, top = air + place * (large + air), air + row * (large + small + 2 * air)
        for px, x, y in ((large, left, top), (small, left + (large - small) // 2, top + large + air // 2)):
            drawn = Image.open(BytesIO(badge_png(motif, ground, figure, px))).convert("RGBA")
            sheet.paste(drawn, (x, y), drawn)
    written = BytesIO()
    sheet.quantize(255).save(written, "PNG", optimize=True)
    return written.getvalue()


def _footprint(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.shape([(-1, 1), *curve((-1, 0.35), (0.1, -0.1), (1, 0.2)), (1, 1)], back.light)
    for at, tone in (((-0.27, 0.24), front.plain), ((0.27, -0.22), front.light)):
        canvas.shape(turned([*bow((0, -0.14), 0.2, -95, 95), (0.11, 0.12), (-0.11, 0.12)], 14, at), tone)
        canvas.shape(turned([(-0.13, 0.19), (0.13, 0.19), *bow((0, 0.27), 0.13, 90, 270)], 14, at), tone)
        for y in (-0.2, -0.08, 0.04):
            canvas.line(turned([(-0.09, y), (0.09, y)], 14, at), 0.04, back.plain)


def _window(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.disc((0, -0.02), 0.74, back.light)
    canvas.box((0, -0.04), 0.46, 0.56, back.deep, 0.05)
    for x in (-0.2, 0.2):
        for y, tone in ((-0.31, front.light), (0.2, front.plain)):
            canvas.box((x, y), 0.17, 0.22, tone)
    # Somebody has put a lamp in it.
    canvas.shape([(-0.28, 0.16), (-0.12, 0.16), (-0.06, 0.28), (-0.34, 0.28)], front.deep)
    canvas.line([(-0.2, 0.28), (-0.2, 0.4)], 0.04, front.deep)
    canvas.box((0, 0.56), 0.56, 0.075, (255, 255, 255), 0.07)


def _speech(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.oval((0.2, -0.22), 0.46, 0.36, back.light)
    canvas.shape([(0.4, 0.0), (0.62, -0.02), (0.6, 0.3)], back.light)
    canvas.oval((-0.16, 0.14), 0.48, 0.38, front.plain)
    canvas.shape([(-0.5, 0.28), (-0.22, 0.46), (-0.52, 0.68)], front.plain)
    for x in (-0.38, -0.16, 0.06):
        canvas.disc((x, 0.14), 0.065, back.plain)


def _kettle(canvas: Canvas, back: Tones, front: Tones) -> None:
    # Coffee that is cooked, in a pot that has hung over many fires.
    canvas.line([*bow((-0.02, -0.14), 0.34, -96, 96)], 0.07, front.light)
    canvas.shape([(0.2, 0.02), (0.64, -0.24), (0.68, -0.14), (0.34, 0.36)], front.deep)
    canvas.shape([(-0.28, -0.16), (0.24, -0.16), (0.42, 0.52), (-0.46, 0.52)], front.plain)
    canvas.shape([(-0.28, -0.16), (-0.12, -0.16), (-0.24, 0.52), (-0.46, 0.52)], front.light)
    canvas.box((-0.02, 0.54), 0.45, 0.06, front.deep, 0.05)
    canvas.box((-0.02, -0.19), 0.29, 0.045, front.deep, 0.04)
    canvas.disc((-0.02, -0.27), 0.06, front.deep)
    for x in (0.52, 0.68):
        wisp = [
            *curve((x, -0.36), (x + 0.12, -0.46), (x, -0.54)),
            *curve((x, -0.54), (x - 0.1, -0.62), (x, -0.7)),
        ]
        canvas.line([(a - 0.06, b + 0.06) for a, b in wisp], 0.045, back.light)


def _bird(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.line(curve((-0.85, 0.5), (0, 0.36), (0.85, 0.56)), 0.08, back.deep)
    canvas.line([(0.4, 0.46), (0.62, 0.24)], 0.05, back.deep)
    canvas.shape([(-0.3, 0.12), (-0.8, 0.28), (-0.74, 0.42), (-0.2, 0.34)], front.deep)
    canvas.oval((-0.02, 0.08), 0.4, 0.34, front.plain)
    canvas.disc((0.22, -0.24), 0.26, front.plain)
    canvas.oval((0.1, 0.16), 0.26, 0.22, back.light)
    canvas.shape(
        [
            *curve((0.02, -0.04), (-0.56, -0.1), (-0.54, 0.26)),
            *curve((-0.54, 0.26), (-0.1, 0.3), (0.02, -0.04)),
        ],
        front.deep,
    )
    canvas.shape([(0.45, -0.3), (0.66, -0.21), (0.44, -0.15)], COLOURS["cloudberry"].plain)
    canvas.disc((0.29, -0.29), 0.045, (255, 255, 255))
    for x in (-0.02, 0.14):
        canvas.line([(x, 0.4), (x + 0.02, 0.48)], 0.04, front.deep)


def _eye(canvas: Canvas, back: Tones, front: Tones) -> None:
    lid = [*curve((-0.7, 0.06), (0, -0.62), (0.7, 0.06)), *curve((0.7, 0.06), (0, 0.66), (-0.7, 0.06))]
    canvas.shape(lid, (255, 255, 255))
    canvas.disc((0, 0.03), 0.3, front.plain)
    canvas.disc((0, 0.03), 0.2, front.deep)
    canvas.disc((0, 0.03), 0.13, back.deep)
    canvas.disc((0.1, -0.07), 0.07, (255, 255, 255))
    canvas.line(lid, 0.06, back.deep)
    for degrees in (-48, -24, 0, 24, 48):
        canvas.line([around((0, 0.28), 0.66, degrees), around((0, 0.28), 0.82, degrees)], 0.055, front.light)


def _moon(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.disc((-0.06, -0.16), 0.46, front.plain)
    canvas.disc((0.16, -0.26), 0.4, back.plain)
    for at, size in (((0.34, -0.5), 0.1), ((0.5, -0.08), 0.07), ((0.16, -0.2), 0.055)):
        star = [around(at, size if turn % 2 == 0 else size * 0.36, turn * 45) for turn in range(8)]
        canvas.shape(star, front.light)
    canvas.shape(
        [
            (-1, 1),
            (-1, 0.5),
            *curve((-1, 0.5), (-0.4, 0.2), (0.1, 0.5)),
            *curve((0.1, 0.5), (0.6, 0.26), (1, 0.56)),
            (1, 1),
        ],
        back.light,
    )
    canvas.shape([(-1, 1), *curve((-1, 0.8), (0, 0.5), (1, 0.72)), (1, 1)], front.deep)


def _bus(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.shape([(-1, 0.1), (-0.5, -0.3), (-0.1, 0.0), (0.4, -0.36), (1, 0.06), (1, 1), (-1, 1)], back.light)
    canvas.box((0, 0.62), 1.0, 0.24, back.deep)
    canvas.box((0, 0.06), 0.62, 0.38, front.plain, 0.12)
    canvas.box((0, 0.3), 0.62, 0.14, front.deep, 0.1)
    for x in (-0.4, -0.1, 0.2):
        canvas.box((x, -0.08), 0.12, 0.14, (255, 255, 255), 0.03)
    canvas.box((0.49, 0.0), 0.09, 0.24, (255, 255, 255), 0.03)
    for x in (-0.34, 0.36):
        canvas.disc((x, 0.46), 0.14, COLOURS["slate"].deep)
        canvas.disc((x, 0.46), 0.06, COLOURS["snow"].deep)
    canvas.disc((-0.4, -0.13), 0.045, COLOURS["slate"].deep)
    canvas.oval((-0.4, 0.01), 0.065, 0.05, COLOURS["slate"].deep)


def _crystal(canvas: Canvas, back: Tones, front: Tones) -> None:
    for degrees in range(0, 360, 60):
        canvas.line([(0, 0), around((0, 0), 0.68, degrees)], 0.085, front.plain)
        for far, long in ((0.3, 0.2), (0.5, 0.16)):
            root = around((0, 0), far, degrees)
            for lean in (-50, 50):
                canvas.line([root, around(root, long, degrees + lean)], 0.065, front.plain)
    canvas.shape([around((0, 0), 0.2, degrees) for degrees in range(0, 360, 60)], front.plain)
    canvas.shape([around((0, 0), 0.1, degrees) for degrees in range(0, 360, 60)], back.plain)


def _tree(canvas: Canvas, back: Tones, front: Tones) -> None:
    """The same birch in two seasons."""
    canvas.shape([(-1, 1), (-1, 0.56), (0, 0.5), (0, 1)], back.light)
    canvas.shape([(0, 1), (0, 0.5), (1, 0.56), (1, 1)], (255, 255, 255))
    for at, radius in (
        ((-0.3, -0.32), 0.3),
        ((-0.4, 0.0), 0.26),
        ((-0.16, -0.5), 0.22),
        ((-0.16, -0.1), 0.22),
    ):
        canvas.disc(at, radius, front.plain)
    for at in ((-0.4, -0.36), (-0.2, -0.52), (-0.5, 0.0), (-0.26, -0.08)):
        canvas.disc(at, 0.07, front.light)
    canvas.shape([(0, -0.8), (0.7, -0.8), (0.7, 0.5), (0, 0.5)], back.plain)
    for start, end in (
        ((0, 0.1), (0.34, -0.2)),
        ((0, -0.14), (0.28, -0.46)),
        ((0, 0.28), (0.5, 0.04)),
        ((0.34, -0.2), (0.52, -0.22)),
        ((0.17, -0.05), (0.2, -0.24)),
        ((0.3, 0.14), (0.36, -0.02)),
    ):
        canvas.line([start, end], 0.05, (255, 255, 255))
    canvas.shape([(-0.08, 0.6), (-0.035, -0.5), (0.035, -0.66), (0.08, 0.6)], (255, 255, 255))
    for y in (-0.3, -0.06, 0.16, 0.38):
        canvas.line([(-0.03, y), (0.02, y + 0.02)], 0.035, back.deep)


def _year(canvas: Canvas, back: Tones, front: Tones) -> None:
    """Four seasons in a ring: snow, bud, sun, leaf."""
    for quarter, tone in enumerate((back.light, front.plain, front.light, front.deep)):
        start = quarter * 90 + 4
        ring = [*bow((0, 0), 0.74, start, start + 82), *bow((0, 0), 0.3, start + 82, start)]
        canvas.shape(ring, tone)
    north_east, south_east, south_west, north_west = (around((0, 0), 0.53, d) for d in (45, 135, 225, 315))
    for degrees in range(0, 180, 60):
        canvas.line(
            [around(north_east, 0.15, degrees), around(north_east, -0.15, degrees)], 0.045, (255, 255, 255)
        )
    canvas.line(
        [(south_east[0], south_east[1] + 0.15), (south_east[0], south_east[1] - 0.02)], 0.045, back.deep
    )
    for lean in (-1, 1):
        leaf_at = (south_east[0] + 0.075 * lean, south_east[1] - 0.07)
        canvas.shape(
            turned(
                [*curve((0, 0.1), (0.11, 0), (0, -0.1)), *curve((0, -0.1), (-0.11, 0), (0, 0.1))],
                45 * lean,
                leaf_at,
            ),
            back.deep,
        )
    canvas.disc(south_west, 0.12, back.deep)
    leaf = [*curve((0, 0.17), (0.2, 0), (0, -0.17)), *curve((0, -0.17), (-0.2, 0), (0, 0.17))]
    canvas.shape(turned(leaf, 30, north_west), front.light)
    canvas.line(turned([(0, 0.2), (0, -0.08)], 30, north_west), 0.03, front.deep)


def _pin(canvas: Canvas, back: Tones, front: Tones) -> None:
    way = [
        *curve((-0.9, 0.72), (-0.2, 0.84), (-0.3, 0.52)),
        *curve((-0.3, 0.52), (-0.36, 0.2), (0.3, 0.4)),
        *curve((0.3, 0.4), (0.8, 0.5), (0.9, 0.1)),
    ]
    canvas.line(way, 0.1, back.light)
    drop = [*bow((0, -0.28), 0.38, -112, 112), (0, 0.44)]
    canvas.oval((0.02, 0.46), 0.2, 0.07, back.deep)
    canvas.shape(drop, front.plain)
    canvas.shape([*bow((0, -0.28), 0.38, 0, 112), (0, 0.44)], front.deep)
    canvas.disc((0, -0.28), 0.17, (255, 255, 255))


def _mitten(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.disc((-0.02, 0.08), 0.7, back.light)
    thumb = [*bow((0, -0.2), 0.13, -90, 90), (0.13, 0.22), (-0.13, 0.3)]
    canvas.shape(turned(thumb, 42, (0.36, 0.04)), front.deep)
    canvas.shape([*bow((-0.08, -0.3), 0.32, -90, 90), (0.26, 0.36), (-0.38, 0.36)], front.plain)
    canvas.box((-0.06, 0.48), 0.36, 0.13, (255, 255, 255), 0.06)
    for x in (-0.28, -0.14, 0.0, 0.14):
        canvas.line([(x, 0.41), (x, 0.55)], 0.025, front.deep)
    # A knitted star, as grandmothers have theirs.
    for degrees in range(0, 360, 45):
        canvas.line(
            [around((-0.08, -0.1), 0.05, degrees), around((-0.08, -0.1), 0.19, degrees)],
            0.055,
            (255, 255, 255),
        )


def _wave(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.disc((0.32, -0.36), 0.2, COLOURS["cloudberry"].plain)
    canvas.shape(
        [(-1, 0), (-0.55, -0.26), (-0.28, -0.06), (0.1, -0.3), (0.5, -0.04), (1, -0.16), (1, 0.3), (-1, 0.3)],
        back.deep,
    )
    for row, (y, tone) in enumerate(((0.06, front.deep), (0.3, front.plain), (0.56, front.light))):
        crests = []
        for step in range(-5, 6):
            left = step * 0.42 + row * 0.2
            crests += curve((left, y), (left + 0.21, y + 0.22), (left + 0.42, y))
        canvas.shape([(-2, 1), *crests, (2.5, 1)], tone)


def _spruce(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.shape([(-1, 1), *curve((-1, 0.6), (0, 0.4), (1, 0.62)), (1, 1)], (255, 255, 255))
    for at, size, tones in ((-0.44, 0.62, back.light), (0.46, 0.56, back.light), (0, 1.0, None)):
        for top, half, low in ((-0.72, 0.24, -0.28), (-0.46, 0.34, 0.06), (-0.14, 0.44, 0.46)):
            foot = 0.5
            points = [
                (at, foot + (top - foot) * size),
                (at + half * size, foot + (low - foot) * size),
                (at - half * size, foot + (low - foot) * size),
            ]
            canvas.shape(points, tones or front.plain)
            if tones is None:
                canvas.shape([points[0], points[1], (at, points[1][1])], front.deep)
        canvas.line([(at, 0.48), (at, 0.5 + 0.1 * size)], 0.09 * size, back.deep)


def _pen(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.shape(
        turned([(-0.5, -0.42), (0.5, -0.42), (0.5, 0.42), (-0.5, 0.42)], -6, (-0.04, 0.16)), front.plain
    )
    canvas.shape(
        turned([(-0.5, -0.42), (-0.38, -0.42), (-0.38, 0.42), (-0.5, 0.42)], -6, (-0.04, 0.16)), front.deep
    )
    for y, end in ((-0.2, 0.1), (0.0, 0.0), (0.2, -0.14)):
        canvas.line(turned([(-0.26, y), (end, y)], -6, (-0.04, 0.16)), 0.045, back.light)
    stem = (0.3, -0.14)
    canvas.shape(
        turned([(-0.085, -0.5), (0.085, -0.5), (0.085, 0.32), (-0.085, 0.32)], 38, stem),
        COLOURS["cloudberry"].plain,
    )
    canvas.shape(
        turned([(0, -0.5), (0.085, -0.5), (0.085, 0.32), (0, 0.32)], 38, stem), COLOURS["cloudberry"].deep
    )
    canvas.shape(turned([(-0.085, 0.32), (0.085, 0.32), (0, 0.5)], 38, stem), COLOURS["cloudberry"].light)
    canvas.shape(turned([(-0.03, 0.44), (0.03, 0.44), (0, 0.5)], 38, stem), back.deep)


def _signpost(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.shape([(-1, 1), *curve((-1, 0.62), (0, 0.44), (1, 0.58)), (1, 1)], back.light)
    canvas.box((0, 0.0), 0.06, 0.68, front.deep, 0.04)
    canvas.shape([(-0.4, -0.52), (0.34, -0.52), (0.58, -0.36), (0.34, -0.2), (-0.4, -0.2)], front.plain)
    canvas.shape([(0.4, -0.08), (-0.34, -0.08), (-0.58, 0.08), (-0.34, 0.24), (0.4, 0.24)], front.light)
    canvas.line([(-0.26, -0.36), (0.2, -0.36)], 0.05, front.deep)
    canvas.line([(-0.2, 0.08), (0.24, 0.08)], 0.05, front.deep)


def _slip(canvas: Canvas, back: Tones, front: Tones) -> None:
    """The slip of a tipspromenad: a mark in each row, one place for each answer."""
    at, lean = (0, 0.0), 7
    canvas.shape(
        turned([(-0.42, -0.58), (0.42, -0.58), (0.42, 0.58), (-0.42, 0.58)], lean, (0.04, 0.05)), back.deep
    )
    canvas.shape(turned([(-0.42, -0.58), (0.42, -0.58), (0.42, 0.58), (-0.42, 0.58)], lean, at), front.plain)
    for row, marked in enumerate((0, 2, 1, 0)):
        for place in range(3):
            x, y = -0.25 + place * 0.25, -0.38 + row * 0.255
            canvas.line(
                turned(
                    [
                        (x - 0.07, y - 0.07),
                        (x + 0.07, y - 0.07),
                        (x + 0.07, y + 0.07),
                        (x - 0.07, y + 0.07),
                        (x - 0.07, y - 0.07),
                    ],
                    lean,
                    at,
                ),
                0.03,
                back.light,
            )
            if place == marked:
                canvas.line(turned([(x - 0.08, y - 0.08), (x + 0.08, y + 0.08)], lean, at), 0.055, back.deep)
                canvas.line(turned([(x + 0.08, y - 0.08), (x - 0.08, y + 0.08)], lean, at), 0.055, back.deep)


def _fire(canvas: Canvas, back: Tones, front: Tones) -> None:
    canvas.disc((0, 0.02), 0.66, back.light)
    canvas.shape([(-1, 1), *curve((-1, 0.58), (0, 0.5), (1, 0.58)), (1, 1)], back.deep)
    flame = [
        *curve((0, -0.66), (0.06, -0.3), (0.3, -0.1)),
        *curve((0.3, -0.1), (0.52, 0.46), (0, 0.46)),
        *curve((0, 0.46), (-0.5, 0.46), (-0.3, -0.02)),
        *curve((-0.3, -0.02), (-0.16, 0.0), (-0.16, -0.2)),
        *curve((-0.16, -0.2), (-0.14, -0.5), (0, -0.66)),
    ]
    canvas.shape(flame, front.plain)
    canvas.shape(
        [
            *curve((0.02, -0.16), (0.28, 0.2), (0.16, 0.4)),
            *curve((0.16, 0.4), (0, 0.5), (-0.14, 0.4)),
            *curve((-0.14, 0.4), (-0.22, 0.14), (0.02, -0.16)),
        ],
        front.light,
    )
    for lean in (-1, 1):
        canvas.line([(-0.44 * lean, 0.44), (0.44 * lean, 0.62)], 0.12, COLOURS["slate"].deep)


def _sun(canvas: Canvas, back: Tones, front: Tones) -> None:
    """Low over the fells, as it is for half of the year."""
    for degrees in range(-64, 65, 32):
        canvas.line([around((0, 0.14), 0.52, degrees), around((0, 0.14), 0.68, degrees)], 0.06, front.light)
    canvas.disc((0, 0.14), 0.4, front.plain)
    canvas.shape(
        [
            (-1, 0.5),
            (-0.62, 0.08),
            (-0.36, 0.34),
            (-0.1, 0.18),
            (0.24, 0.44),
            (0.56, 0.12),
            (1, 0.5),
            (1, 1),
            (-1, 1),
        ],
        back.deep,
    )
    canvas.shape([(-0.62, 0.08), (-0.74, 0.22), (-0.62, 0.28), (-0.52, 0.19)], (255, 255, 255))
    canvas.shape([(0.56, 0.12), (0.44, 0.23), (0.56, 0.3), (0.68, 0.22)], (255, 255, 255))
    canvas.shape([(-1, 1), *curve((-1, 0.72), (0, 0.44), (1, 0.7)), (1, 1)], back.light)


MOTIFS: Final[Mapping[str, Motif]] = {
    "bird": _bird,
    "bus": _bus,
    "crystal": _crystal,
    "eye": _eye,
    "fire": _fire,
    "footprint": _footprint,
    "kettle": _kettle,
    "mitten": _mitten,
    "moon": _moon,
    "pen": _pen,
    "pin": _pin,
    "signpost": _signpost,
    "slip": _slip,
    "speech": _speech,
    "spruce": _spruce,
    "sun": _sun,
    "tree": _tree,
    "wave": _wave,
    "window": _window,
    "year": _year,
}
