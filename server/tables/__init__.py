"""What the database holds, with a note on every column: what it is, why, how long, and whose.

`game` and `people` are private, what is known of people apart from what was played. `shown` is the public copy, made at publishing, and everything that is public is read there
with a role that can select nothing else. The notes are data: a test fails for a column without one, they become
the database's own comments, and export and erasing are checked against them. All queries are SQL in `stores`.
"""

from server.tables import (
    accounts,
    badges,
    bodies,
    cases,
    closing,
    duties,
    ground,
    guides,
    journeys,
    mails,
    media,
    notices,
    players,
    proposals,
    publications,
    quests,
    shown,
    signing_in,
    stewards,
    stories,
    upkeep,
)
from server.tables.notes import KEPT_DAYS, Note, Xid8, metadata

__all__ = [
    "KEPT_DAYS",
    "Note",
    "Xid8",
    "accounts",
    "badges",
    "bodies",
    "cases",
    "closing",
    "duties",
    "ground",
    "guides",
    "journeys",
    "mails",
    "media",
    "metadata",
    "notices",
    "players",
    "proposals",
    "publications",
    "quests",
    "shown",
    "signing_in",
    "stewards",
    "stories",
    "upkeep",
]
