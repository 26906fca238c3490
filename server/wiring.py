"""Puts together what the processes need. Nothing here opens a connection: that is done at its first use."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.config import CHECKOUT, SettingError, Settings
from server.mail import Sender
from server.openid import Providers, ProvidersError, read_providers
from server.stores.basemaps import BaseMaps
from server.stores.database import Database

if TYPE_CHECKING:
    from procrastinate import App

    from content.badges import Badge, BadgeReading
    from content.decks import DeckReading
    from content.languages import Languages
    from media.blobs import BlobStore
    from quests.decks import Deck
    from server.readers.operator import Operator

KEPT_FREE_BYTES = 1_000_000_000  # for the database beside the media: a full disk stops it
BADGES = CHECKOUT / "seed_data/badges"
DECKS = CHECKOUT / "seed_data/decks"
LANGUAGES = CHECKOUT / "seed_data/languages"


def open_database(settings: Settings) -> Database:
    return Database(settings.database_url, settings.pool_size)


def open_base_maps(settings: Settings) -> BaseMaps:
    return BaseMaps(settings.basemap_folder)


def open_operator(settings: Settings) -> "Operator":
    """Who answers for this installation. Raises SettingError, with a line for everything that is to be mended."""
    from server.readers.operator import OperatorError, read_operator

    try:
        return read_operator(settings.operator)
    except OperatorError as error:
        raise SettingError(str(error)) from None


def open_providers(settings: Settings) -> Providers:
    """Where people may sign in besides. Raises SettingError, with a line for everything that is to be mended."""
    try:
        return Providers(read_providers(settings.providers))
    except ProvidersError as error:
        raise SettingError(str(error)) from None


def open_store(settings: Settings) -> "BlobStore":
    """Where media lie: in the bucket that the settings name, or in the data folder."""
    from media.blobs import FolderStore
    from media.s3 import S3Store

    if settings.s3_bucket is None:
        return FolderStore(settings.media_folder, keep_free_bytes=KEPT_FREE_BYTES)
    return S3Store(
        settings.s3_bucket,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        key_id=settings.s3_key_id or "",
        secret=settings.s3_secret or "",
    )


def open_sender(settings: Settings) -> Sender:
    """How mails leave: by the mail server that is set, or into a folder."""
    return Sender(settings.smtp_url, settings.mail_from, settings.mail_folder)


@lru_cache(maxsize=1)
def open_languages() -> "Languages":
    """What is said to people, in every language of this release."""
    from content.languages import read_languages

    return read_languages({file.name: file.read_bytes() for file in LANGUAGES.glob("*.json")})


def read_all_badges(folder: Path = BADGES) -> "BadgeReading":
    """Badges from a folder, with all that there is to mend."""
    from content.badges import read_badges
    from media.badges import COLOURS, MOTIFS
    from server.readers.sheets import read_sheets

    return read_badges(read_sheets(folder), MOTIFS, COLOURS)


@lru_cache(maxsize=1)
def open_badges() -> "tuple[Badge, ...]":
    """The badges that come with this release; one with a mistake is not served."""
    return read_all_badges().badges


def read_all_decks(folder: Path = DECKS) -> "DeckReading":
    """Decks from a folder, with all that there is to mend."""
    from content.decks import read_decks
    from server.readers.sheets import read_sheets

    return read_decks(read_sheets(folder))


@lru_cache(maxsize=1)
def open_decks() -> "tuple[Deck, ...]":
    """The decks that come with this release; one with a mistake is not served."""
    return read_all_decks().decks


def open_job_queue(settings: Settings, log: Any) -> "App":  # noqa: ANN401  structlog's loggers are untyped
    from server.jobs import job_queue  # the worker alone needs it, and it takes a while to import

    return job_queue(
        settings.database_url,
        Database(settings.database_url, size=1),
        open_badges(),
        open_store(settings),
        settings.work_folder,
        settings.tombstones_file,
        open_sender(settings),
        open_languages().say,
        settings.public_address or "",
        log,
    )
