"""Quests with their versions and packs, and what players report of their stages."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from server.tables.notes import FOR_EVER, WITH_QUEST, YEAR, Moment, Uuid, column, metadata

quests = Table(
    "quests",
    metadata,
    column(
        "id",
        Uuid,
        what="UUID in quest.toml, permanent.",
        why="a quest stays the same whatever its code, its texts or its owner.",
        kept=FOR_EVER,
    ),
    column(
        "code",
        Text,
        what="The code it has now: JH and five letters or digits.",
        why="people type and print it.",
        kept=FOR_EVER,
    ),
    column(
        "version",
        Text,
        what="The version that kits are made of now.",
        why="a new journey takes the newest; one under way keeps its own.",
        kept=FOR_EVER,
    ),
    column(
        "state",
        Text,
        what="published, resting (shown, but not to be begun) or withdrawn (no longer shown).",
        why="rest is an overlay and no version.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("code"),
    ForeignKeyConstraint(
        ["id", "version"],
        ["game.quest_versions.quest_id", "game.quest_versions.version"],
        deferrable=True,
        initially="DEFERRED",
        use_alter=True,
    ),
    CheckConstraint("state IN ('published', 'resting', 'withdrawn')", name="state"),
    schema="game",
    comment="Quests, and which version of each is played now.",
)

quest_codes = Table(
    "quest_codes",
    metadata,
    column(
        "code",
        Text,
        what="A code that the quest has or has had.",
        why="what was printed once is found for ever, and no other quest gets it.",
        kept=FOR_EVER,
    ),
    column("quest_id", Uuid, what="The quest it leads to.", why="see code.", kept=FOR_EVER),
    PrimaryKeyConstraint("code"),
    ForeignKeyConstraint(["quest_id"], ["game.quests.id"]),
    Index(None, "quest_id"),
    schema="game",
    comment="Every code ever given, the present ones and the old ones.",
)

quest_versions = Table(
    "quest_versions",
    metadata,
    column("quest_id", Uuid, what="The quest.", why="which it is a version of.", kept=WITH_QUEST),
    column(
        "version",
        Text,
        what="SHA-256 of the canonical pack, in hex.",
        why="the same pack is the same version everywhere.",
        kept=WITH_QUEST,
    ),
    column(
        "body",
        JSONB,
        what="What a kit may hold, as quests.model.write_quest gives it.",
        why="moves are judged by the version that was played.",
        kept=WITH_QUEST,
    ),
    column(
        "secrets",
        JSONB,
        what="Plain answers, printed codes and the tie-break number, as quests.secrets.Secrets.",
        why="full equality adds trust; in no kit and on no page.",
        kept=WITH_QUEST,
    ),
    column(
        "published_at",
        Moment,
        what="When this version was first published here.",
        why="authors and operators see what changed when.",
        kept=WITH_QUEST,
    ),
    column(
        "municipalities",
        JSONB,
        nullable=True,
        what="SCB's code of where each placed stage lies, by the stage's key; null where nobody has looked yet.",
        why="a badge may ask for several municipalities.",
        kept=WITH_QUEST,
    ),
    PrimaryKeyConstraint("quest_id", "version"),
    ForeignKeyConstraint(["quest_id"], ["game.quests.id"]),
    schema="game",
    comment="Every version of a quest that was ever published. Rows are added; only their municipalities change.",
)

packs = Table(
    "packs",
    metadata,
    column("quest_id", Uuid, what="The quest.", why="whose pack it is.", kept=WITH_QUEST),
    column("version", Text, what="The version it publishes.", why="see pack.", kept=WITH_QUEST),
    column(
        "pack",
        LargeBinary,
        what="The canonical pack, a zip, with answers, codes and sources.",
        why="its association takes it away and brings it back.",
        kept=WITH_QUEST,
    ),
    PrimaryKeyConstraint("quest_id", "version"),
    ForeignKeyConstraint(
        ["quest_id", "version"], ["game.quest_versions.quest_id", "game.quest_versions.version"]
    ),
    schema="game",
    comment="What was imported, as it is exported again.",
)

stage_reports = Table(
    "stage_reports",
    metadata,
    column("id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=YEAR),
    column("quest_id", Uuid, what="The quest.", why="see stage.", kept=YEAR),
    column("quest_version", Text, what="The version that was played.", why="see stage.", kept=YEAR),
    column("stage", Text, what="The stage that could not be done.", why="its steward mends it.", kept=YEAR),
    column(
        "reason",
        Text,
        what="cannot-reach, not-safe, closed or gone.",
        why="what is not safe is looked at first.",
        kept=YEAR,
    ),
    column(
        "note",
        Text,
        what="In the player's words, may be empty. Not tied to any player.",
        why="the steward knows what to look for.",
        kept=YEAR,
    ),
    column("day", Date, what="The day it was heard, in UTC.", why="no hour: it would tell who.", kept=YEAR),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["quest_id"], ["game.quests.id"]),
    Index(None, "day"),
    schema="game",
    comment="What players told of stages that could not be done, without who they were.",
)
