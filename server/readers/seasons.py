"""Seasons from the folder that they are written in."""

from functools import lru_cache
from pathlib import Path

from content.seasons import Season, read_season
from server.config import CHECKOUT
from server.readers.sheets import read_sheets

SEASONS = CHECKOUT / "seed_data/seasons"


@lru_cache(maxsize=1)
def read_seasons(folder: Path = SEASONS) -> dict[str, Season]:
    """By key, which is the file's name. Raises ValueError for a file that is none."""
    return {name.removesuffix(".toml"): read_season(data) for name, data in read_sheets(folder).items()}
