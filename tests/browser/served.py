"""The application with another clock or another build of the phone's app, for tests of what comes with time.

ROTFASTE_TEST_NOW: the moment to begin at (ISO 8601); the clock goes on from there. ROTFASTE_TEST_APP: the folder of
the build that is served.
"""

import os
import sys
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from server.api import phone
from server.app import Server, create_to_serve

ROOMS = ("server.api.", "server.use_cases.")  # where the time is asked for, to be handed on


def create() -> Server:
    if app := os.environ.get("ROTFASTE_TEST_APP"):
        phone.FOLDER = Path(app)
    if now := os.environ.get("ROTFASTE_TEST_NOW"):
        begin_at(datetime.fromisoformat(now))
    return create_to_serve()


def begin_at(moment: datetime) -> None:
    """From here on the edge says that it is later or earlier by always the same."""
    off = moment - datetime.now(UTC)

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # what is written is plain
            return datetime.now(tz) + off

    for name, module in list(sys.modules.items()):
        if name.startswith(ROOMS) and getattr(module, "datetime", None) is datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]
