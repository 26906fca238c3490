"""Who closed which ground, the ground that is closed every year anew, and what stays open in it."""

from geoalchemy2 import Geometry
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from server.tables.notes import UNTIL_LOADED, WITH_BODY, WITH_QUEST, Moment, Uuid, column, metadata

season_grounds = Table(
    "season_grounds",
    metadata,
    column("id", Uuid, what="UUID of the ground.", why="to change it by.", kept=WITH_BODY),
    column("body_id", Uuid, what="The body that marked it.", why="it alone changes it.", kept=WITH_BODY),
    column(
        "season",
        Text,
        what="Which season of `seed_data/seasons` closes it.",
        why="the dates and the words are that season's.",
        kept=WITH_BODY,
    ),
    column(
        "name",
        Text,
        what="What the body calls it.",
        why="it tells its grounds from one another by that.",
        kept=WITH_BODY,
    ),
    column(
        "area",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="The ground as it was drawn, WGS 84, 6 decimals.",
        why="a closure is made of it for each season.",
        kept=WITH_BODY,
    ),
    column(
        "stays_open",
        ARRAY(Text),
        what="What is left open in it: winter-trails, ski-areas, roads.",
        why="the body may say that none of these is.",
        kept=WITH_BODY,
    ),
    column(
        "closed",
        Boolean,
        what="Whether it is closed; if not, it is kept open in that season.",
        why="the body may take back what is closed by default.",
        kept=WITH_BODY,
    ),
    column(
        "version",
        BigInteger,
        what="How often it was marked.",
        why="two who change it do not undo each other's work.",
        kept=WITH_BODY,
    ),
    column("marked_at", Moment, what="When it was marked last.", why="members are told.", kept=WITH_BODY),
    column(
        "ended_at",
        Moment,
        nullable=True,
        what="Since when it is closed no more.",
        why="no more seasons are announced.",
        kept=WITH_BODY,
    ),
    PrimaryKeyConstraint("id"),
    ForeignKeyConstraint(["body_id"], ["people.bodies.id"]),
    Index(None, "body_id"),
    schema="people",
    comment="Ground that a body closes every year in the same season.",
)

closed_by = Table(
    "closed_by",
    metadata,
    column("closure_id", Uuid, what="The closure.", why="whose it is.", kept=WITH_BODY),
    column("body_id", Uuid, what="The body that closed it.", why="it alone changes it.", kept=WITH_BODY),
    column(
        "season_ground_id",
        Uuid,
        nullable=True,
        what="The ground that is closed every year; null for a closure of its own.",
        why="what changes there changes here.",
        kept=WITH_BODY,
    ),
    column(
        "year",
        Integer,
        nullable=True,
        what="The year of the season, where the ground is closed every year.",
        why="a season is announced once.",
        kept=WITH_BODY,
    ),
    PrimaryKeyConstraint("closure_id"),
    ForeignKeyConstraint(["body_id"], ["people.bodies.id"]),
    ForeignKeyConstraint(["season_ground_id"], ["people.season_grounds.id"]),
    UniqueConstraint("season_ground_id", "year"),
    CheckConstraint("(season_ground_id IS NULL) = (year IS NULL)", name="season"),
    Index(None, "body_id"),
    schema="people",
    comment="Whose a closure is. One that a file brought without naming a body is the operator's.",
)

default_closures = Table(
    "default_closures",
    metadata,
    column(
        "quest_id", Uuid, what="The quest.", why="its stages are closed above the tree line.", kept=WITH_QUEST
    ),
    column("season", Text, what="The season of `seed_data/seasons`.", why="its dates.", kept=WITH_QUEST),
    column("year", Integer, what="Of which year.", why="a season is announced once.", kept=WITH_QUEST),
    column(
        "hidden",
        Boolean,
        what="Whether it is that of the hidden stages.",
        why="kits hold it, and no public list does.",
        kept=WITH_QUEST,
    ),
    column(
        "closure_id",
        Uuid,
        what="The closure.",
        why="it changes with the quest, and ends with it.",
        kept=WITH_QUEST,
    ),
    PrimaryKeyConstraint("quest_id", "season", "year", "hidden"),
    ForeignKeyConstraint(["quest_id"], ["game.quests.id"]),
    UniqueConstraint("closure_id"),
    schema="game",
    comment="Closures that no body made: stages above the tree line, in the default season.",
)

stays_open = Table(
    "stays_open",
    metadata,
    column(
        "id", BigInteger, Identity(always=True), what="A number.", why="to name it by.", kept=UNTIL_LOADED
    ),
    column(
        "kind",
        Text,
        what="winter-trails, ski-areas or roads.",
        why="a body says which kinds stay open.",
        kept=UNTIL_LOADED,
    ),
    column(
        "shape",
        Geometry("GEOMETRY", srid=4326, spatial_index=False),
        what="The line of a way or the area of a place, WGS 84.",
        why="it is cut out of ground that is closed every year.",
        kept=UNTIL_LOADED,
    ),
    column("loaded_at", Moment, what="When.", why="an old list is told from a new one.", kept=UNTIL_LOADED),
    column(
        "source_sha256",
        Text,
        what="SHA-256 of the file that it was read from, in hex.",
        why="the same file once more changes nothing.",
        kept=UNTIL_LOADED,
    ),
    PrimaryKeyConstraint("id"),
    CheckConstraint("kind IN ('winter-trails', 'ski-areas', 'roads')", name="kind"),
    Index("stays_open_shape_idx", "shape", postgresql_using="gist"),
    schema="game",
    comment="Roads, marked winter trails and ski areas, from OpenStreetMap: where people pass also in calving time.",
)
