"""What the phone lists by hand is all that there is: a type says when one is wrong, and not when one is missing."""

import re
from pathlib import Path
from typing import get_args

import pytest

from quests.feelings import Feeling
from server.api.basemap import PLAIN_LAYERS
from server.stores.tiles import LAYERS

SRC = Path(__file__).parents[2] / "web/src"


def listed(file: str, begins: str, ends: str) -> list[str]:
    """The texts in quotation marks between the two."""
    written = (SRC / file).read_text("utf-8")
    return re.findall(r'"([a-z-]+)"', written.split(begins, 1)[1].split(ends, 1)[0])


def test_every_feeling_is_offered_in_the_order_of_the_server() -> None:
    assert listed("ui/Feelings.svelte", "FEELINGS: readonly Feeling[] = [", "]") == list(get_args(Feeling))


def test_the_plain_map_has_the_layers_that_the_server_names() -> None:
    assert listed("data/tiles.ts", "  plain: [", "  imported:") == list(PLAIN_LAYERS)


@pytest.mark.parametrize("begins", ["  plain: [", "const GAME"])
def test_every_layer_that_is_drawn_is_one_of_the_server_s(begins: str) -> None:
    assert set(listed("data/tiles.ts", begins, "];")) - {"base"} <= set(LAYERS)


def test_every_theme_can_be_chosen() -> None:
    themes = listed("app/settings.svelte.ts", "export type Theme =", ";")
    drawn = re.findall(
        r'^\[data-theme="([a-z]+)"\]', (SRC / "styles/tokens.css").read_text("utf-8"), re.MULTILINE
    )

    assert listed("screens/Me.svelte", "THEMES: readonly Theme[] = [", "]") == themes
    assert themes == ["auto", *drawn]
