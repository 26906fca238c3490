"""The picture that goes along with a link to a quest: what it is called, how long it takes, who made it.

Pure: fonts come in as bytes, a picture goes out. Swedish, South Sámi, Cyrillic and Arabic can be written; a sign that
none of the fonts has is left out, since an empty box says nothing.
"""

import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from typing import Final

from PIL import Image, ImageDraw, ImageFont, features

from media.badges import COLOURS, MOTIFS, badge_png
from media.canvas import Colour

SIZE_PX: Final = (1200, 630)  # 1.91 : 1, as those who show links ask for
TITLE_MOST, LINE_MOST = 160, 90  # characters: what fits, and a bound on the work
_TITLE_LINES = 3
_TITLE_SIZES_PX: Final = (84, 72, 62, 54)
_LINE_SIZE_PX, _MARK_SIZE_PX = 40, 36
_BOLD, _PLAIN = 700, 450
_EDGE_PX, _BADGE_PX, _GAP_PX = 72, 330, 48
_HORIZON_PX = 522
_DRAWN_LARGER = 2
#: Zero-width joiners, which shape letters; every other sign of that kind only turns text round.
_JOINERS = "\u200c\u200d"
_SPACES = frozenset({"Cc", "Zs", "Zl", "Zp"})
#: What no font has: how a font draws what it has not.
_NOBODYS: Final = "\U0010fffe"

GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    # A colour of the land for the ground of the motif, and one for its figure.
    "challenge": ("spruce", "cloudberry"),
    "trail": ("ice", "spruce"),
    "tips": ("cloudberry", "slate"),
}


@dataclass(frozen=True, eq=False)
class Fonts:
    """Faces as files' bytes, the first that has a letter draws it. Variable in weight."""

    faces: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is said. `right_to_left`: the page is read from there. `kind`: a key of `GROUNDS`; `motif`: of a badge."""

    title: str
    facts: str
    association: str
    kind: str
    motif: str
    right_to_left: bool = False


@lru_cache(maxsize=1)
def can_shape() -> bool:
    """Whether letters are joined and read from the right where they must be."""
    return bool(features.check("raqm"))


#: A face is one state of FreeType's; and no more than one picture at a time is drawn in a process.
_drawing = threading.Lock()


@lru_cache(maxsize=512)  # a region's quests in seven languages: 35 ms to draw, 30 kB to keep
def preview_png(preview: Preview, fonts: Fonts) -> bytes:
    """As PNG, 1200 × 630. KeyError for a kind or motif that there is not; the same bytes with the same Pillow."""
    ground, figure = GROUNDS[preview.kind]
    if preview.motif not in MOTIFS:
        raise KeyError(preview.motif)
    with _drawing:
        picture = _land().copy()
        drawn = Image.open(BytesIO(badge_png(preview.motif, ground, figure, 512)))
        badge = drawn.convert("RGBA").resize((_BADGE_PX, _BADGE_PX), Image.Resampling.LANCZOS)
        away = SIZE_PX[0] - _EDGE_PX - _BADGE_PX
        picture.paste(badge, (_EDGE_PX if preview.right_to_left else away, _EDGE_PX), badge)
        _write(ImageDraw.Draw(picture), preview, fonts)
        written = BytesIO()
        picture.quantize(255, method=Image.Quantize.FASTOCTREE).save(written, "PNG")
    return written.getvalue()


def _write(draw: ImageDraw.ImageDraw, preview: Preview, fonts: Fonts) -> None:
    slate, spruce, snow = COLOURS["slate"], COLOURS["spruce"], COLOURS["snow"]
    across_px = SIZE_PX[0] - 2 * _EDGE_PX - _BADGE_PX - _GAP_PX
    title = preview.title[:TITLE_MOST]
    for size in _TITLE_SIZES_PX:
        pen = _Pen(draw, fonts, size, _BOLD, right_to_left=preview.right_to_left)
        lines = pen.broken(title, across_px)
        if len(lines) <= _TITLE_LINES:
            break
    baseline = _EDGE_PX + round(size * 0.86)
    for line in pen.at_most(lines, _TITLE_LINES, across_px):
        pen.write(line, baseline, slate.deep)
        baseline += round(size * 1.16)
    small = _Pen(draw, fonts, _LINE_SIZE_PX, _PLAIN, right_to_left=preview.right_to_left)
    baseline += round(_LINE_SIZE_PX * 0.4)
    for text, colour in ((preview.facts, spruce.deep), (preview.association, slate.light)):
        if lines := small.broken(text[:LINE_MOST], across_px):
            (line,) = small.at_most(lines, 1, across_px)
            small.write(line, baseline, colour)
            baseline += round(_LINE_SIZE_PX * 1.35)
    mark = _Pen(draw, fonts, _MARK_SIZE_PX, _BOLD, right_to_left=preview.right_to_left)
    mark.write("Rotfäste", SIZE_PX[1] - 40, snow.light)


@lru_cache(maxsize=1)
def _land() -> Image.Image:
    """Snow, and two rows of fells at its end."""
    large = (SIZE_PX[0] * _DRAWN_LARGER, SIZE_PX[1] * _DRAWN_LARGER)
    picture = Image.new("RGB", large, COLOURS["snow"].plain)
    draw = ImageDraw.Draw(picture)
    for far, colour, tops in (
        (
            0,
            COLOURS["ice"].plain,
            ((0, 30), (190, -34), (330, 10), (520, -50), (760, 26), (980, -22), (1200, 22)),
        ),
        (12, COLOURS["spruce"].deep, ((0, 0), (230, 26), (470, -18), (700, 22), (930, -26), (1200, 14))),
    ):
        ridge = [(x * _DRAWN_LARGER, (_HORIZON_PX + far + y) * _DRAWN_LARGER) for x, y in tops]
        draw.polygon([*ridge, large, (0, large[1])], fill=colour)
    return picture.resize(SIZE_PX, Image.Resampling.LANCZOS)


class _Pen:
    """Writes in one size and weight."""

    def __init__(
        self, draw: ImageDraw.ImageDraw, fonts: Fonts, size_px: int, weight: int, *, right_to_left: bool
    ) -> None:
        self._draw, self._right_to_left = draw, right_to_left
        self._faces = [_face(face, size_px, weight) for face in fonts.faces]

    def broken(self, text: str, across_px: float) -> list[str]:
        """Into lines that fit; a word that is longer than a line is broken too."""
        lines: list[str] = []
        line = ""
        for word in _words(text, across_px, self._width):
            longer = f"{line} {word}" if line else word
            if line and self._width(longer) > across_px:
                lines.append(line)
                longer = word
            line = longer
        return [*lines, line] if line else lines

    def at_most(self, lines: Sequence[str], count: int, across_px: float) -> list[str]:
        """The first lines; the last of them says where more was left out."""
        if len(lines) <= count:
            return list(lines)
        last = lines[count - 1]
        while last and self._width(last + "…") > across_px:
            last = last[:-1]
        return [*lines[: count - 1], last.rstrip() + "…"]

    def write(self, line: str, baseline_px: float, colour: Colour) -> None:
        """From the edge at which the page begins."""
        x = SIZE_PX[0] - _EDGE_PX - self._width(line) if self._right_to_left else float(_EDGE_PX)
        space = self._faces[0].getlength(" ")
        for word in self._in_sight(line.split()):
            for face, part, direction in self._parts(word):
                self._draw.text((x, baseline_px), part, colour, face, "ls", direction=direction)
                x += face.getlength(part, direction=direction)
            x += space

    def _in_sight(self, words: Sequence[str]) -> list[str]:
        """Words from left to right, as they stand on the line.

        The Unicode Bidirectional Algorithm at the level of words: those against the line's direction that follow
        each other keep their own order.
        """
        runs = [list(run) for _, run in groupby(words, key=self._is_right_to_left)]
        seen = [run[::-1] if self._is_right_to_left(run[0]) else run for run in runs]
        return [word for run in (reversed(seen) if self._right_to_left else seen) for word in run]

    def _is_right_to_left(self, word: str) -> bool:
        for letter in word:
            match unicodedata.bidirectional(letter):
                case "R" | "AL":
                    return True
                case "L":
                    return False
        return self._right_to_left

    def _width(self, line: str) -> float:
        words = line.split()
        widths = (
            face.getlength(part, direction=direction)
            for word in words
            for face, part, direction in self._parts(word)
        )
        return sum(widths) + max(0, len(words) - 1) * self._faces[0].getlength(" ")

    def _parts(self, word: str) -> list[tuple[ImageFont.FreeTypeFont, str, str | None]]:
        """The word in the faces that have its letters, from left to right."""
        parts: list[tuple[ImageFont.FreeTypeFont, str, str | None]] = []
        current: int | None = None
        for letter in word:
            joins = letter in _JOINERS or unicodedata.category(letter).startswith("M")
            if current is not None and (joins or _has(self._faces[current], letter)):
                face, part, direction = parts[-1]
                parts[-1] = (face, part + letter, direction)
                continue
            current = next((n for n, face in enumerate(self._faces) if _has(face, letter)), None)
            if current is not None:
                rtl = unicodedata.bidirectional(letter) in {"R", "AL", "AN"}
                direction = ("rtl" if rtl else "ltr") if can_shape() else None
                parts.append((self._faces[current], letter, direction))
        return parts[::-1] if self._is_right_to_left(word) else parts


def _words(text: str, across_px: float, width: Callable[[str], float]) -> Iterator[str]:
    for word in plain(text).split():
        left = word if width(word) > 0 else ""
        while len(left) > 1 and width(left) > across_px:
            fits = next(
                count
                for count in range(len(left) - 1, 0, -1)
                if width(left[:count]) <= across_px or count == 1
            )
            yield left[:fits]
            left = left[fits:]
        if left:
            yield left


def plain(text: str) -> str:
    """In one line, without what cannot be seen: signs that turn text round or steer machines."""
    kept = "".join(
        sign if sign in _JOINERS else " " if category in _SPACES else "" if category[0] == "C" else sign
        for sign in text
        for category in (unicodedata.category(sign),)
    )
    return " ".join(kept.split())


@lru_cache(maxsize=128)
def _face(data: bytes, size_px: int, weight: int) -> ImageFont.FreeTypeFont:
    layout = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    face = ImageFont.truetype(BytesIO(data), size_px, layout_engine=layout)
    face.set_variation_by_axes([weight])
    return face


@lru_cache(maxsize=8192)
def _has(face: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Pillow does not say which letters a font has: one that it has not looks like one that nobody has."""
    return _looks(face, letter) != _looks(face, _NOBODYS)


def _looks(face: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = face.getmask(letter, mode="1")
    return mask.size, bytes(mask)
