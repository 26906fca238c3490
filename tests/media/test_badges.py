"""What badges look like: all there, all different, round, small, and the same every time."""

import itertools
from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageStat

from media import badges
from media.badges import COLOURS, MOTIFS, SIZES_PX, badge_png, contact_sheet


def picture(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGBA")


@pytest.mark.parametrize("motif", MOTIFS)
@pytest.mark.parametrize("size", SIZES_PX[:2])
def test_every_motif_can_be_drawn_in_every_size(motif: str, size: int) -> None:
    drawn = picture(badge_png(motif, "spruce", "snow", size))

    assert drawn.size == (size, size)
    assert drawn.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert drawn.getpixel((size // 2, size // 2))[3] > 250  # type: ignore[index]


def test_no_two_motifs_look_alike_where_badges_are_smallest() -> None:
    drawn = {motif: picture(badge_png(motif, "slate", "cloudberry", 64)) for motif in MOTIFS}

    for one, other in itertools.combinations(drawn, 2):
        difference = ImageChops.difference(drawn[one].convert("L"), drawn[other].convert("L"))
        assert ImageStat.Stat(difference).mean[0] > 8, (one, other)


def test_the_same_badge_has_the_same_bytes() -> None:
    first = badge_png("moon", "slate", "ice", 128)
    badges.badge_png.cache_clear()

    assert badge_png("moon", "slate", "ice", 128) == first


def test_a_badge_is_small_enough_for_a_phone_far_from_a_mast() -> None:
    for motif in MOTIFS:
        assert len(badge_png(motif, "spruce", "cloudberry", 128)) < 6_000
        assert len(badge_png(motif, "spruce", "cloudberry", 512)) < 25_000


def test_what_cannot_be_drawn_is_no_picture() -> None:
    with pytest.raises(KeyError):
        badge_png("trophy", "spruce", "snow", 64)
    with pytest.raises(KeyError):
        badge_png("moon", "gold", "snow", 64)


def test_a_sheet_shows_all_of_them() -> None:
    many = [(motif, "spruce", "snow") for motif in MOTIFS]

    assert picture(contact_sheet(many)).size == (1400, -(-len(many) // 5) * 360 + 20)


def test_rowan_red_is_for_danger_alone() -> None:
    assert set(COLOURS) == {"spruce", "snow", "slate", "cloudberry", "fireweed", "ice"}
