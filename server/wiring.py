"""Puts together what the processes need. Nothing here opens a connection: that is done at its first use."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.config import CHECKOUT, Settings
from server.stores.basemaps import BaseMaps
from server.stores.database import Database

if TYPE_CHECKING:
    from procrastinate import App

    from content.badges import Badge, BadgeReading

BADGES = CHECKOUT / "seed_data/badges"


def open_database(settings: Settings) -> Database:
    return Database(settings.database_url, settings.pool_size)


def open_base_maps(settings: Settings) -> BaseMaps:
    return BaseMaps(settings.basemap_folder)


def read_all_badges(folder: Path = BADGES) -> "BadgeReading":
    """Badges from a folder, with all that there is to mend."""
    from content.badges import read_badges
    from media.badges import COLOURS, MOTIFS
    from server.readers.badges import read_badge_files

    return read_badges(read_badge_files(folder), MOTIFS, COLOURS)


@lru_cache(maxsize=1)
def open_badges() -> "tuple[Badge, ...]":
    """The badges that come with this release; one with a mistake is not served."""
    return read_all_badges().badges


def open_job_queue(settings: Settings, log: Any) -> "App":  # noqa: ANN401  structlog's loggers are untyped
    from server.jobs import job_queue  # the worker alone needs it, and it takes a while to import

    return job_queue(settings.database_url, Database(settings.database_url, size=1), open_badges(), log)
