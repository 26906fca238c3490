"""The picture beside a link: what stands on it, in every script that we write, and nothing else in the file."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from media import previews
from media.previews import GROUNDS, SIZE_PX, Fonts, Preview, plain, preview_png
from server.readers.fonts import FACES, read_fonts

PACKAGES = Path(__file__).parents[2] / "web/node_modules"
PREVIEW = Preview("Över bron", "tar 45 min · 2,1 km", "Hammerdals hembygdsförening", "trail", "footprint")


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    found = read_fonts(PACKAGES)
    assert found is not None
    return found


def picture(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def written(preview: Preview, fonts: Fonts) -> tuple[int, int, int, int] | None:
    """Where something is otherwise than without words; a palette's neighbouring colours are the same."""
    bare = replace(preview, title="", facts="", association="")
    difference = ImageChops.difference(
        picture(preview_png(preview, fonts)), picture(preview_png(bare, fonts))
    )
    return difference.convert("L").point(lambda level: 255 if level > 60 else 0).getbbox()


def test_it_is_as_large_as_links_show_and_says_nothing_but_what_is_seen(fonts: Fonts) -> None:
    data = preview_png(PREVIEW, fonts)
    opened = Image.open(BytesIO(data))

    assert opened.format == "PNG"
    assert opened.size == SIZE_PX == (1200, 630)
    assert opened.info.keys() <= {"transparency"}
    assert {data[at + 4 : at + 8] for at in chunks(data)} <= {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
    assert len(data) < 80_000


def chunks(data: bytes) -> list[int]:
    at, found = 8, []
    while at < len(data):
        found.append(at)
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return found


def test_everything_that_it_says_is_seen(fonts: Fonts) -> None:
    said = "Något annat"
    others = [replace(PREVIEW, title=said), replace(PREVIEW, facts=said), replace(PREVIEW, association=said)]

    assert len({preview_png(one, fonts) for one in [PREVIEW, *others]}) == 4


@pytest.mark.parametrize("kind", GROUNDS)
@pytest.mark.parametrize("right_to_left", [False, True])
def test_every_kind_has_a_picture(kind: str, *, right_to_left: bool, fonts: Fonts) -> None:
    drawn = picture(preview_png(replace(PREVIEW, kind=kind, right_to_left=right_to_left), fonts))

    badge = (60, 60, 410, 410) if right_to_left else (790, 60, 1140, 410)
    assert len(drawn.crop(badge).getcolors(100_000) or []) > 20


@pytest.mark.parametrize(
    "one, other",
    [
        ("å", "a"),
        ("ö", "o"),
        ("ï", "i"),  # South Sámi
        ("ж", "ш"),
        ("ї", "і"),
        ("ґ", "г"),
        ("ب", "ت"),
        ("ش", "س"),
    ],
)
def test_letters_of_every_script_of_ours_are_told_apart(one: str, other: str, fonts: Fonts) -> None:
    assert written(replace(PREVIEW, title=one), fonts) is not None
    assert preview_png(replace(PREVIEW, title=one), fonts) != preview_png(
        replace(PREVIEW, title=other), fonts
    )


def test_arabic_is_joined_and_read_from_the_right(fonts: Fonts) -> None:
    assert previews.can_shape()
    only = Preview("", "", "", "challenge", "pin", right_to_left=True)
    joined, apart = (written(replace(only, title=text), fonts) for text in ("بيت", "\u200c".join("بيت")))
    first, both, turned = (
        written(replace(only, title=text), fonts) for text in ("بيت", "بيت Åre", "Åre بيت")
    )

    assert joined is not None
    assert apart is not None
    assert joined[2] - joined[0] < apart[2] - apart[0], "letters that stand alone are wider"
    assert first is not None
    assert both is not None
    assert first[2] == both[2], "what is read first stands at the right"
    assert preview_png(replace(only, title="بيت Åre"), fonts) != preview_png(
        replace(only, title="Åre بيت"), fonts
    )
    assert turned is not None


def test_words_of_another_direction_keep_their_own_order(fonts: Fonts) -> None:
    pen = previews._Pen(None, fonts, 40, 400, right_to_left=True)  # type: ignore[arg-type]

    assert pen._in_sight(["الأضواء", "New", "York", "ليلا"]) == ["ليلا", "New", "York", "الأضواء"]
    pen = previews._Pen(None, fonts, 40, 400, right_to_left=False)  # type: ignore[arg-type]
    assert pen._in_sight(["Ljus", "بيت", "أنا", "nu"]) == ["Ljus", "أنا", "بيت", "nu"]


@pytest.mark.parametrize("title", ["", "你好", "🎉🎉", "\u202e", "\0", "x" * 5_000, "lång " * 500, "ä" * 160])
def test_whatever_it_is_called_there_is_a_picture_and_the_words_stay_off_the_edges(
    title: str, fonts: Fonts
) -> None:
    for right_to_left in (False, True):
        preview = replace(PREVIEW, title=title, right_to_left=right_to_left)
        box = written(preview, fonts)

        assert box is not None  # the facts at least
        assert box[0] >= 60
        assert box[1] >= 60
        assert box[2] <= 1140
        assert box[3] <= 590


def test_what_has_no_letters_leaves_no_empty_box(fonts: Fonts) -> None:
    for sign in ("你", "🎉", "\U0010fffe", "\u0378"):
        assert preview_png(replace(PREVIEW, title=f"Bron {sign}"), fonts) == preview_png(
            replace(PREVIEW, title="Bron"), fonts
        )


def test_signs_that_turn_text_round_are_left_out() -> None:
    assert plain("a\u202eb\u2066c\u200fd\0e\nf\u00a0g") == "abcd e f g"
    assert plain("می\u200cخواهم") == "می\u200cخواهم"


def test_the_same_has_the_same_bytes(fonts: Fonts) -> None:
    first = preview_png(PREVIEW, fonts)
    preview_png.cache_clear()

    assert preview_png(PREVIEW, fonts) == first


def test_a_kind_or_motif_that_there_is_not_is_no_picture(fonts: Fonts) -> None:
    for wrong in (replace(PREVIEW, kind="race"), replace(PREVIEW, motif="trophy")):
        with pytest.raises(KeyError):
            preview_png(wrong, fonts)


def test_without_the_apps_packages_there_are_no_fonts(tmp_path: Path) -> None:
    assert read_fonts(tmp_path) is None
    assert len(FACES) == 5
