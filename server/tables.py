"""What the database holds, with a note on every column: what it is, why, how long, and whose.

`game` is private. `shown` is the public copy, made at publishing, and everything that is public is read there
with a role that can select nothing else. The notes are data: a test fails for a column without one, they become
the database's own comments, and export and erasing are checked against them. All queries are SQL in `stores`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from geoalchemy2 import Geography, Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR, UUID
from sqlalchemy.types import UserDefinedType

Erasing = Literal["removed", "id taken out", "kept"]


@dataclass(frozen=True, slots=True)
class Note:
    """`kept`: how long, and what ends it. `exported`: whether a player's own export holds it.

    `erased`: what erasing a player does with it; `kept` where it says nothing about a person.
    """

    what: str
    why: str
    kept: str
    exported: bool
    erased: Erasing

    @property
    def comment(self) -> str:
        exported = "in the player's export" if self.exported else "not in the player's export"
        return f"{self.what} Why: {self.why} Kept: {self.kept}; {exported}; when a player is erased: {self.erased}."


class Xid8(UserDefinedType[int]):
    """A transaction's number, which never comes round again."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:  # noqa: ANN401  SQLAlchemy's signature
        return "xid8"


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

FOR_EVER = "for ever: it says nothing about a person"
WITH_PLAYER = "until the player is erased"
WITH_JOURNEY = "until the journey's owner is erased"
WITH_QUEST = "as long as the quest: a journey keeps its version"
WITH_SHOWN = "until the quest is published anew or withdrawn"
DAYS_90 = "90 days after hearing"
YEAR = "one year"
UNTIL_LOADED = "until its source is loaded anew: it says nothing about a person"

Moment = DateTime(timezone=True)
Uuid = UUID(as_uuid=False)


def _column(
    name: str,
    kind: Any,  # noqa: ANN401  a SQLAlchemy type, as an instance or a class
    *constraints: Any,  # noqa: ANN401
    what: str,
    why: str,
    kept: str,
    exported: bool = False,
    erased: Erasing = "kept",
    **more: Any,  # noqa: ANN401
) -> Column[Any]:
    note = Note(what, why, kept, exported, erased)
    more = {"nullable": False} | more
    return Column(name, kind, *constraints, info={"note": note}, comment=note.comment, **more)


def _mercator(kind: str, kept: str) -> Column[Any]:
    return _column(
        "mercator",
        Geometry(kind, srid=3857, spatial_index=False),
        nullable=True,
        what="The same in the tiles' projection; null where it is beyond their edge, near a pole.",
        why="a tile of a map is made of many, while somebody waits.",
        kept=kept,
    )


players = Table(
    "players",
    metadata,
    _column(
        "id",
        Uuid,
        what="UUID made on the phone.",
        why="a player is known by nothing else: no name, no address.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    _column(
        "language",
        Text,
        nullable=True,
        what="BCP 47 tag the player chose, null where the phone's own is followed.",
        why="answers in a language the player reads, also where no header says it.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    _column(
        "created_at",
        Moment,
        what="When the server first heard of the player.",
        why="players that never did anything can be told from others.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("id"),
    schema="game",
    comment="Players. The primary key is also how they would be distributed over machines.",
)

devices = Table(
    "devices",
    metadata,
    _column(
        "player_id",
        Uuid,
        what="Whose device it is.",
        why="a player may have several devices.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    _column(
        "id",
        Uuid,
        what="UUID made on the phone for this player on this device.",
        why="moves of a device in a day are limited.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    _column(
        "token_sha256",
        LargeBinary,
        what="SHA-256 of the token that the phone holds. [32 bytes]",
        why="who shows the token is the player; the token itself is never here.",
        kept=WITH_PLAYER,
        erased="removed",
    ),
    _column(
        "added_at",
        Moment,
        what="When the device was added.",
        why="the player can tell an unknown device from the own ones.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("player_id", "id"),
    UniqueConstraint("player_id", "token_sha256"),
    ForeignKeyConstraint(["player_id"], ["game.players.id"]),
    CheckConstraint("octet_length(token_sha256) = 32", name="token_sha256"),
    schema="game",
    comment="Devices of players, each known by its own token.",
)

quests = Table(
    "quests",
    metadata,
    _column(
        "id",
        Uuid,
        what="UUID in quest.toml, permanent.",
        why="a quest stays the same whatever its code, its texts or its owner.",
        kept=FOR_EVER,
    ),
    _column(
        "code",
        Text,
        what="The code it has now: JH and five letters or digits.",
        why="people type and print it.",
        kept=FOR_EVER,
    ),
    _column(
        "version",
        Text,
        what="The version that kits are made of now.",
        why="a new journey takes the newest; one under way keeps its own.",
        kept=FOR_EVER,
    ),
    _column(
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
    _column(
        "code",
        Text,
        what="A code that the quest has or has had.",
        why="what was printed once is found for ever, and no other quest gets it.",
        kept=FOR_EVER,
    ),
    _column("quest_id", Uuid, what="The quest it leads to.", why="see code.", kept=FOR_EVER),
    PrimaryKeyConstraint("code"),
    ForeignKeyConstraint(["quest_id"], ["game.quests.id"]),
    Index(None, "quest_id"),
    schema="game",
    comment="Every code ever given, the present ones and the old ones.",
)

quest_versions = Table(
    "quest_versions",
    metadata,
    _column("quest_id", Uuid, what="The quest.", why="which it is a version of.", kept=WITH_QUEST),
    _column(
        "version",
        Text,
        what="SHA-256 of the canonical pack, in hex.",
        why="the same pack is the same version everywhere.",
        kept=WITH_QUEST,
    ),
    _column(
        "body",
        JSONB,
        what="What a kit may hold, as quests.model.write_quest gives it.",
        why="moves are judged by the version that was played.",
        kept=WITH_QUEST,
    ),
    _column(
        "secrets",
        JSONB,
        what="Plain answers, printed codes and the tie-break number, as quests.secrets.Secrets.",
        why="full equality adds trust; in no kit and on no page.",
        kept=WITH_QUEST,
    ),
    _column(
        "published_at",
        Moment,
        what="When this version was first published here.",
        why="authors and operators see what changed when.",
        kept=WITH_QUEST,
    ),
    _column(
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
    _column("quest_id", Uuid, what="The quest.", why="whose pack it is.", kept=WITH_QUEST),
    _column("version", Text, what="The version it publishes.", why="see pack.", kept=WITH_QUEST),
    _column(
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

journeys = Table(
    "journeys",
    metadata,
    _column(
        "owner_player_id",
        Uuid,
        what="Whose phone plays it.",
        why="a journey belongs to one player, also where several play.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "id",
        Uuid,
        what="UUID made on the phone.",
        why="a journey can be begun without network.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "quest_id",
        Uuid,
        what="The quest that is played.",
        why="see quest_version.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "quest_version",
        Text,
        what="The version that is played.",
        why="a journey keeps its version, whatever is published later.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "players",
        ARRAY(Uuid),
        what="Everybody who plays, the owner among them.",
        why="the owner set out with them; what it counts for them is said by their own moves.",
        kept=WITH_JOURNEY + ", another player's id until that one is erased",
        exported=True,
        erased="id taken out",
    ),
    _column(
        "started_at",
        Moment,
        what="When it was begun, by the phone's clock.",
        why="the player's list is in this order.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "heard_at",
        Moment,
        what="When the server first heard of it.",
        why="tells a late journey from a wrong clock.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("owner_player_id", "id"),
    ForeignKeyConstraint(["owner_player_id"], ["game.players.id"]),
    ForeignKeyConstraint(
        ["quest_id", "quest_version"], ["game.quest_versions.quest_id", "game.quest_versions.version"]
    ),
    Index("journeys_owner_started_idx", "owner_player_id", text("started_at DESC"), text("id DESC")),
    Index("journeys_players_idx", "players", postgresql_using="gin"),
    schema="game",
    comment="Players' runs of quest versions. Rows are added and never changed.",
)

moves = Table(
    "moves",
    metadata,
    _column(
        "owner_player_id",
        Uuid,
        what="The journey's owner, or whoever made it where there is no journey.",
        why="with id the key of a move, and how moves would be distributed over machines.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "id",
        Uuid,
        what="UUID made on the phone.",
        why="a repetition is known again.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "journey_id",
        Uuid,
        nullable=True,
        what="The journey it was heard in; null for what was said of a place outside of any quest.",
        why="a journey is the fold of its moves.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "heard_from",
        Uuid,
        what="The device whose token brought it.",
        why="moves of a device in a day are limited.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "heard_at",
        Moment,
        what="When it was first heard.",
        why="fixed then, so that judging again comes to the same.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "by",
        ARRAY(Uuid),
        nullable=True,
        what="Who made it as its owner says, the owner among them; null where the move could not be read.",
        why="it was done together where the others' own moves say so too.",
        kept=WITH_JOURNEY + ", another player's id until that one is erased",
        exported=True,
        erased="id taken out",
    ),
    _column(
        "digest",
        LargeBinary,
        what="SHA-256 of the move as it came, in canonical spelling. [32 bytes]",
        why="tells a repetition from an id used twice.",
        kept=WITH_JOURNEY,
        erased="removed",
    ),
    _column(
        "body",
        JSONB,
        nullable=True,
        what="The move but for who and where; null where it could not be read.",
        why="it can be judged again, and the player's own words are the player's.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    _column(
        "fixes",
        JSONB,
        nullable=True,
        what="Where the phone was: at most five positions with accuracy and time.",
        why="a dispute or a faulty rule can be looked into for a while.",
        kept=DAYS_90,
        exported=True,
        erased="removed",
    ),
    _column(
        "raw",
        LargeBinary,
        nullable=True,
        what="A move that could not be read, as JSON, its first 16 kB; may hold positions.",
        why="a newer server may be able to read it.",
        kept=DAYS_90,
        exported=True,
        erased="removed",
    ),
    _column(
        "judged",
        JSONB,
        what="What it came to, as quests.outcomes.Judged; no position, and none of the player's words.",
        why="a journey is folded from these alone, also when the fixes are gone.",
        kept=WITH_JOURNEY,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("owner_player_id", "id"),
    ForeignKeyConstraint(
        ["owner_player_id", "journey_id"], ["game.journeys.owner_player_id", "game.journeys.id"]
    ),
    ForeignKeyConstraint(["owner_player_id"], ["game.players.id"]),
    CheckConstraint("octet_length(digest) = 32", name="digest"),
    CheckConstraint("(body IS NULL) = (by IS NULL)", name="read"),
    Index("moves_journey_idx", "owner_player_id", "journey_id"),
    Index("moves_device_day_idx", "owner_player_id", "heard_from", "heard_at"),
    Index(
        "moves_positions_idx",
        "heard_at",
        postgresql_where=text("fixes IS NOT NULL OR raw IS NOT NULL"),
    ),
    Index("moves_by_idx", "by", postgresql_using="gin", postgresql_where=text("cardinality(by) > 1")),
    schema="game",
    comment="Every move ever heard, once, with what it came to. Rows are added; only positions are taken away.",
)

stage_reports = Table(
    "stage_reports",
    metadata,
    _column("id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=YEAR),
    _column("quest_id", Uuid, what="The quest.", why="see stage.", kept=YEAR),
    _column("quest_version", Text, what="The version that was played.", why="see stage.", kept=YEAR),
    _column("stage", Text, what="The stage that could not be done.", why="its steward mends it.", kept=YEAR),
    _column(
        "reason",
        Text,
        what="cannot-reach, not-safe, closed or gone.",
        why="what is not safe is looked at first.",
        kept=YEAR,
    ),
    _column(
        "note",
        Text,
        what="In the player's words, may be empty. Not tied to any player.",
        why="the steward knows what to look for.",
        kept=YEAR,
    ),
    _column("day", Date, what="The day it was heard, in UTC.", why="no hour: it would tell who.", kept=YEAR),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["quest_id"], ["game.quests.id"]),
    Index(None, "day"),
    schema="game",
    comment="What players told of stages that could not be done, without who they were.",
)

revisions = Table(
    "revisions",
    metadata,
    _column(
        "revision",
        BigInteger,
        Identity(always=True),
        what="A number that grows.",
        why="orders the changes of one transaction.",
        kept=FOR_EVER,
    ),
    _column(
        "transaction",
        Xid8,
        server_default=text("pg_current_xact_id()"),
        what="The transaction that made the change.",
        why="a reader sees only what no transaction under way can still come before.",
        kept=FOR_EVER,
    ),
    _column("kind", Text, what="What kind of thing changed: quest or closure.", why="see id.", kept=FOR_EVER),
    _column(
        "id",
        Text,
        what="Which one. Only things that were public: never a player.",
        why="mirrors and kits fetch it anew, or purge it.",
        kept=FOR_EVER,
    ),
    _column("change", Text, what="changed or deleted.", why="see id.", kept=FOR_EVER),
    _column("at", Moment, what="When.", why="for people who look into it.", kept=FOR_EVER),
    PrimaryKeyConstraint("revision"),
    CheckConstraint("change IN ('changed', 'deleted')", name="change"),
    Index(None, "transaction", "revision"),
    schema="game",
    comment="What changed and what was deleted, in an order that never skips anything.",
)

awards = Table(
    "awards",
    metadata,
    _column(
        "player_id",
        Uuid,
        what="Who earned it.",
        why="what was earned stays earned.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    _column(
        "badge",
        Text,
        what="The badge's key, the name of its file.",
        why="which badge it is.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    _column(
        "awarded_on",
        Date,
        what="The day in Europe/Stockholm on which the server saw it; no time of day.",
        why="the player's list says when.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    PrimaryKeyConstraint("player_id", "badge"),
    ForeignKeyConstraint(["player_id"], ["game.players.id"]),
    schema="game",
    comment="Badges that players earned. Rows are added and never taken away.",
)

badge_rules = Table(
    "badge_rules",
    metadata,
    _column("badge", Text, what="A badge's key.", why="see rule_sha256.", kept=FOR_EVER),
    _column(
        "rule_sha256",
        Text,
        what="SHA-256 of its rule, in hex, when everybody's deeds were last looked through for it.",
        why="a new or changed badge is given once to all who have earned it already.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("badge"),
    schema="game",
    comment="Badge rules that everybody's deeds were looked through for.",
)

tombstones = Table(
    "tombstones",
    metadata,
    _column(
        "kind",
        Text,
        what="What was erased: player.",
        why="see id.",
        kept="for ever, so that no old dump brings it back",
    ),
    _column(
        "id",
        Text,
        what="Its id, which now stands for nothing.",
        why="a restored dump is cleaned of it, and nobody takes it again.",
        kept="for ever, so that no old dump brings it back",
    ),
    _column(
        "erased_at",
        Moment,
        what="When.",
        why="it can be shown that it was done, and how soon.",
        kept="for ever, so that no old dump brings it back",
    ),
    PrimaryKeyConstraint("kind", "id"),
    schema="game",
    comment="What was erased. A copy is in a file outside the database.",
)

job_migrations = Table(
    "job_migrations",
    metadata,
    _column(
        "name",
        Text,
        what="A change of Procrastinate's own tables that this database has.",
        why="a newer Procrastinate brings changes, and each is made once.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("name"),
    schema="game",
    comment="How far the tables of the job queue have come.",
)

shown_quests = Table(
    "quests",
    metadata,
    _column("id", Uuid, what="The quest's UUID.", why="to link by.", kept=WITH_SHOWN),
    _column("code", Text, what="The code it has now.", why="people type it.", kept=WITH_SHOWN),
    _column("version", Text, what="The version it shows.", why="caches are kept by it.", kept=WITH_SHOWN),
    _column("kind", Text, what="challenge or trail.", why="looked for.", kept=WITH_SHOWN),
    _column("generic", Boolean, what="Begins anywhere.", why="offered everywhere.", kept=WITH_SHOWN),
    _column("resting", Boolean, what="Not to be begun now.", why="shown as resting.", kept=WITH_SHOWN),
    _column(
        "municipalities",
        ARRAY(Text),
        what="SCB codes of where its public stages are, in order.",
        why="looked for.",
        kept=WITH_SHOWN,
    ),
    _column(
        "sort_title",
        Text(collation="sv-x-icu"),
        what="The title that lists are ordered by: one language for all readers.",
        why="pages go on after it.",
        kept=WITH_SHOWN,
    ),
    _column(
        "cards",
        JSONB,
        what="What a list says of it, per language: the inside of a JSON object, as text, ready to be sent.",
        why="lists are read most of all.",
        kept=WITH_SHOWN,
    ),
    _column(
        "stages",
        JSONB,
        what="Its placed stages that are not hidden, with titles per language.",
        why="what a page shows.",
        kept=WITH_SHOWN,
    ),
    _column(
        "plan",
        JSONB,
        nullable=True,
        what="When and where it is offered, as quests.openness.Plan; null before it is shown anew after an upgrade.",
        why="season, hours and light decide what is offered now.",
        kept=WITH_SHOWN,
    ),
    _column(
        "on_tiles",
        JSONB,
        what="What tiles of a map say of it beside code, kind and resting: minutes, and the title per language.",
        why="a tile is made of many quests at once, without taking their cards apart.",
        kept=WITH_SHOWN,
    ),
    _column(
        "form",
        Integer,
        what="The form in which the release that made this row shows quests; 0 from before there was a number.",
        why="a release that shows them otherwise makes them anew when it starts.",
        kept=WITH_SHOWN,
        server_default=text("0"),
    ),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("code"),
    Index("quests_sort_title_idx", "sort_title", "id"),
    Index("quests_municipalities_idx", "municipalities", postgresql_using="gin"),
    Index("quests_generic_idx", "sort_title", "id", postgresql_where=text("generic")),
    schema="shown",
    comment="What everybody may know of a quest. Made by quests.views.public and by nothing else.",
)

shown_codes = Table(
    "codes",
    metadata,
    _column("code", Text, what="A code it has or has had.", why="old posters work.", kept=WITH_SHOWN),
    _column("quest_id", Uuid, what="The quest it leads to.", why="see code.", kept=WITH_SHOWN),
    PrimaryKeyConstraint("code"),
    ForeignKeyConstraint(["quest_id"], ["shown.quests.id"], ondelete="CASCADE"),
    Index(None, "quest_id"),
    schema="shown",
    comment="Codes of quests that are shown.",
)

shown_stages = Table(
    "stages",
    metadata,
    _column("quest_id", Uuid, what="The quest.", why="whose stage it is.", kept=WITH_SHOWN),
    _column("key", Text, what="The stage's key.", why="which stage it is.", kept=WITH_SHOWN),
    _column("code", Text, what="The quest's code.", why="a tile is made without a join.", kept=WITH_SHOWN),
    _column(
        "point",
        Geography("POINT", srid=4326, spatial_index=False),
        what="Where to walk to, WGS 84.",
        why="the nearest are found by it.",
        kept=WITH_SHOWN,
    ),
    _column(
        "entrance",
        Boolean,
        what="Open from the start, in a quest that is not resting.",
        why="where a quest can be begun.",
        kept=WITH_SHOWN,
    ),
    _column(
        "feature",
        Text,
        what="The beginning of its GeoJSON feature, as text, ready to be sent.",
        why="lists are read most of all.",
        kept=WITH_SHOWN,
    ),
    _column(
        "start",
        Boolean,
        what="Open from the start, also in a quest that is resting.",
        why="a map shows where a resting quest begins, too.",
        kept=WITH_SHOWN,
    ),
    _mercator("POINT", kept=WITH_SHOWN),
    PrimaryKeyConstraint("quest_id", "key"),
    ForeignKeyConstraint(["quest_id"], ["shown.quests.id"], ondelete="CASCADE"),
    Index(
        "stages_entrance_point_idx",
        "point",
        postgresql_using="gist",
        postgresql_where=text("entrance"),
    ),
    Index("stages_geometry_idx", text("(point::geometry)"), postgresql_using="gist"),
    Index("stages_mercator_idx", "mercator", postgresql_using="gist"),
    Index("stages_start_mercator_idx", "mercator", postgresql_using="gist", postgresql_where=text("start")),
    schema="shown",
    comment="Placed stages that are not hidden.",
)

shown_quest_texts = Table(
    "quest_texts",
    metadata,
    _column("quest_id", Uuid, what="The quest.", why="whose text it is.", kept=WITH_SHOWN),
    _column("language", Text, what="BCP 47.", why="which language it is in.", kept=WITH_SHOWN),
    _column(
        "words",
        TSVECTOR,
        what="The words of title and summary, as they stand and as stems of their language.",
        why="looked for.",
        kept=WITH_SHOWN,
    ),
    PrimaryKeyConstraint("quest_id", "language"),
    ForeignKeyConstraint(["quest_id"], ["shown.quests.id"], ondelete="CASCADE"),
    Index("quest_texts_words_idx", "words", postgresql_using="gin"),
    schema="shown",
    comment="Words that quests can be found by.",
)

shown_municipalities = Table(
    "municipalities",
    metadata,
    _column("code", Text, what="SCB's code.", why="to name it by.", kept=FOR_EVER),
    _column("name", Text(collation="sv-x-icu"), what="Its name.", why="people know it.", kept=FOR_EVER),
    _column(
        "border",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="Its border, WGS 84.",
        why="says where a quest is.",
        kept=FOR_EVER,
    ),
    _column(
        "source_sha256",
        Text,
        what="SHA-256 of the file that it was read from, in hex.",
        why="it is read anew when the file changes.",
        kept=FOR_EVER,
    ),
    _mercator("MULTIPOLYGON", kept=FOR_EVER),
    PrimaryKeyConstraint("code"),
    Index("municipalities_border_idx", "border", postgresql_using="gist"),
    schema="shown",
    comment="The eight municipalities. Source: see seed_data/SOURCES.md.",
)

closures = Table(
    "closures",
    metadata,
    _column(
        "revision",
        BigInteger,
        Identity(always=True),
        what="Which state of the list this row made.",
        why="a move names the revision that its player knew, and is judged by that one.",
        kept=FOR_EVER,
    ),
    _column(
        "id",
        Uuid,
        what="UUID of the closure, the same in each revision.",
        why="to change it by.",
        kept=FOR_EVER,
    ),
    _column(
        "kind", Text, what="Why the ground is closed, such as calving.", why="people are told.", kept=FOR_EVER
    ),
    _column(
        "area",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="The closed ground, WGS 84, 6 decimals.",
        why="who stands on it is refused.",
        kept=FOR_EVER,
    ),
    _column(
        "starts",
        Moment,
        what="Closed from this moment on.",
        why="it may be announced long before.",
        kept=FOR_EVER,
    ),
    _column("ends", Moment, what="Open again from this moment on.", why="see starts.", kept=FOR_EVER),
    _column(
        "authority",
        Text,
        what="Who closed it: a body, never a person.",
        why="people may ask there.",
        kept=FOR_EVER,
    ),
    _column("texts", JSONB, what="By language, what to know.", why="people are told.", kept=FOR_EVER),
    _column(
        "announced_at",
        Moment,
        what="When this row was made.",
        why="it can be shown what was known when.",
        kept=FOR_EVER,
    ),
    _column(
        "withdrawn",
        Boolean,
        what="Ended before its time by command.",
        why="loading the old file once more does not close it again.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("revision"),
    CheckConstraint("starts < ends OR withdrawn AND starts = ends", name="dates"),
    Index(None, "id", "revision"),
    Index("closures_area_idx", "area", postgresql_using="gist"),
    schema="game",
    comment="Ground that is closed for a while. Rows are added and never changed; the newest of an id holds.",
)

grounds = Table(
    "grounds",
    metadata,
    _column(
        "id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=UNTIL_LOADED
    ),
    _column(
        "kind",
        Text,
        what="church, protected, ancient or installation.",
        why="which rules hold there.",
        kept=UNTIL_LOADED,
    ),
    _column(
        "name", Text, what="What it is called, may be empty.", why="its author is told.", kept=UNTIL_LOADED
    ),
    _column(
        "area",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="The ground, WGS 84, 6 decimals.",
        why="stages in or near it are found.",
        kept=UNTIL_LOADED,
    ),
    _column(
        "bans",
        JSONB,
        what="First and last day, as month and day, of each time of the year when nobody may be there.",
        why="a stage there needs a season.",
        kept=UNTIL_LOADED,
    ),
    _column("source", Text, what="Whose list it is from.", why="that list replaces it.", kept=UNTIL_LOADED),
    _column("loaded_at", Moment, what="When.", why="an old list is told from a new one.", kept=UNTIL_LOADED),
    _column(
        "source_sha256",
        Text,
        what="SHA-256 of the file that it was read from, in hex.",
        why="the same file once more changes nothing.",
        kept=UNTIL_LOADED,
    ),
    PrimaryKeyConstraint("id"),
    CheckConstraint("kind IN ('church', 'protected', 'ancient', 'installation')", name="kind"),
    Index("grounds_area_idx", "area", postgresql_using="gist"),
    Index(None, "kind", "source"),
    schema="game",
    comment="Ground with rules, from open data: packs are checked against it.",
)

shown_closures = Table(
    "closures",
    metadata,
    _column("id", Uuid, what="UUID of the closure.", why="one row for each.", kept=FOR_EVER),
    _column(
        "revision", BigInteger, what="Its newest revision.", why="the greatest is the list's.", kept=FOR_EVER
    ),
    _column(
        "ends",
        Moment,
        what="Open again from this moment on.",
        why="what is over is not shown.",
        kept=FOR_EVER,
    ),
    _column(
        "feature", Text, what="Its GeoJSON feature, ready to be sent.", why="phones ask often.", kept=FOR_EVER
    ),
    PrimaryKeyConstraint("id"),
    Index(None, "ends"),
    schema="shown",
    comment="The newest revision of each closure, for everybody.",
)

shown_places = Table(
    "places",
    metadata,
    _column("id", Text, what="Where it is from, and its id there.", why="to name it by.", kept=FOR_EVER),
    _column("kind", Text, what="What it is: settlement.", why="maps draw kinds apart.", kept=FOR_EVER),
    _column("name", Text, what="Its Swedish name.", why="people know it.", kept=FOR_EVER),
    _column(
        "names",
        JSONB,
        what="Its names by language, BCP 47: sv, and sma where there is one.",
        why="South Sámi names stand beside the Swedish ones.",
        kept=FOR_EVER,
    ),
    _column(
        "municipality", Text, what="SCB's code of where it lies.", why="tells namesakes apart.", kept=FOR_EVER
    ),
    _column("population", Integer, what="How many live there.", why="larger first.", kept=FOR_EVER),
    _column("known_to_m", Integer, what="How well it is placed. [m]", why="honesty.", kept=FOR_EVER),
    _column("source", Text, what="Who says so.", why="they are given credit.", kept=FOR_EVER),
    _column(
        "point",
        Geography("POINT", srid=4326, spatial_index=False),
        what="Where it is, WGS 84.",
        why="distances are told along the ellipsoid.",
        kept=FOR_EVER,
    ),
    _mercator("POINT", kept=FOR_EVER),
    PrimaryKeyConstraint("id"),
    Index("places_population_idx", text("population DESC"), "id"),
    Index("places_mercator_idx", "mercator", postgresql_using="gist"),
    schema="shown",
    comment="Settlements. Source: see seed_data/SOURCES.md.",
)

shown_place_names = Table(
    "place_names",
    metadata,
    _column("place_id", Text, what="The place.", why="whose name it is.", kept=FOR_EVER),
    _column(
        "form",
        Text(collation="C"),
        what="One of its names as geo.names folds it, from one of its words on.",
        why="what somebody types begins one of them.",
        kept=FOR_EVER,
    ),
    _column(
        "whole",
        Boolean,
        what="From its first word on.",
        why="who types all is answered first.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("place_id", "form"),
    ForeignKeyConstraint(["place_id"], ["shown.places.id"], ondelete="CASCADE"),
    Index(None, "form", "place_id"),
    schema="shown",
    comment="What places are found by.",
)

shown_layers = Table(
    "layers",
    metadata,
    _column("layer", Text, what="A layer of tiles.", why="see revision.", kept=FOR_EVER),
    _column(
        "revision",
        BigInteger,
        what="Grows with every change of what the layer shows; about microseconds of 1970, so that none comes"
        " twice, also after a restore.",
        why="who has a tile of this revision need not be sent it again.",
        kept=FOR_EVER,
    ),
    _column(
        "source_sha256",
        Text,
        nullable=True,
        what="SHA-256 of the files that it was read from, in hex; null where it is not made of files.",
        why="it is read anew when a file changes.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("layer"),
    schema="shown",
    comment="Layers of tiles, and how far each has come.",
)
