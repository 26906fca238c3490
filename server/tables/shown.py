"""The public copy, made at publishing: all that the reading role may select."""

from geoalchemy2 import Geography, Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, JSONB, TSVECTOR

from server.tables.notes import FOR_EVER, WITH_MEDIA, WITH_SHOWN, Moment, Uuid, column, mercator, metadata

quests = Table(
    "quests",
    metadata,
    column("id", Uuid, what="The quest's UUID.", why="to link by.", kept=WITH_SHOWN),
    column("code", Text, what="The code it has now.", why="people type it.", kept=WITH_SHOWN),
    column("version", Text, what="The version it shows.", why="caches are kept by it.", kept=WITH_SHOWN),
    column("kind", Text, what="challenge or trail.", why="looked for.", kept=WITH_SHOWN),
    column("generic", Boolean, what="Begins anywhere.", why="offered everywhere.", kept=WITH_SHOWN),
    column("resting", Boolean, what="Not to be begun now.", why="shown as resting.", kept=WITH_SHOWN),
    column(
        "municipalities",
        ARRAY(Text),
        what="SCB codes of where its public stages are, in order.",
        why="looked for.",
        kept=WITH_SHOWN,
    ),
    column(
        "sort_title",
        Text(collation="sv-x-icu"),
        what="The title that lists are ordered by: one language for all readers.",
        why="pages go on after it.",
        kept=WITH_SHOWN,
    ),
    column(
        "cards",
        JSONB,
        what="What a list says of it, per language: the inside of a JSON object, as text, ready to be sent.",
        why="lists are read most of all.",
        kept=WITH_SHOWN,
    ),
    column(
        "stages",
        JSONB,
        what="Its placed stages that are not hidden, with titles per language.",
        why="what a page shows.",
        kept=WITH_SHOWN,
    ),
    column(
        "plan",
        JSONB,
        nullable=True,
        what="When and where it is offered, as quests.openness.Plan; null before it is shown anew after an upgrade.",
        why="season, hours and light decide what is offered now.",
        kept=WITH_SHOWN,
    ),
    column(
        "on_tiles",
        JSONB,
        what="What tiles of a map say of it beside code, kind and resting: minutes, and the title per language.",
        why="a tile is made of many quests at once, without taking their cards apart.",
        kept=WITH_SHOWN,
    ),
    column(
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

codes = Table(
    "codes",
    metadata,
    column("code", Text, what="A code it has or has had.", why="old posters work.", kept=WITH_SHOWN),
    column("quest_id", Uuid, what="The quest it leads to.", why="see code.", kept=WITH_SHOWN),
    PrimaryKeyConstraint("code"),
    ForeignKeyConstraint(["quest_id"], ["shown.quests.id"], ondelete="CASCADE"),
    Index(None, "quest_id"),
    schema="shown",
    comment="Codes of quests that are shown.",
)

stages = Table(
    "stages",
    metadata,
    column("quest_id", Uuid, what="The quest.", why="whose stage it is.", kept=WITH_SHOWN),
    column("key", Text, what="The stage's key.", why="which stage it is.", kept=WITH_SHOWN),
    column("code", Text, what="The quest's code.", why="a tile is made without a join.", kept=WITH_SHOWN),
    column(
        "point",
        Geography("POINT", srid=4326, spatial_index=False),
        what="Where to walk to, WGS 84.",
        why="the nearest are found by it.",
        kept=WITH_SHOWN,
    ),
    column(
        "entrance",
        Boolean,
        what="Open from the start, in a quest that is not resting.",
        why="where a quest can be begun.",
        kept=WITH_SHOWN,
    ),
    column(
        "feature",
        Text,
        what="The beginning of its GeoJSON feature, as text, ready to be sent.",
        why="lists are read most of all.",
        kept=WITH_SHOWN,
    ),
    column(
        "start",
        Boolean,
        what="Open from the start, also in a quest that is resting.",
        why="a map shows where a resting quest begins, too.",
        kept=WITH_SHOWN,
    ),
    mercator("POINT", kept=WITH_SHOWN),
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

quest_texts = Table(
    "quest_texts",
    metadata,
    column("quest_id", Uuid, what="The quest.", why="whose text it is.", kept=WITH_SHOWN),
    column("language", Text, what="BCP 47.", why="which language it is in.", kept=WITH_SHOWN),
    column(
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

municipalities = Table(
    "municipalities",
    metadata,
    column("code", Text, what="SCB's code.", why="to name it by.", kept=FOR_EVER),
    column("name", Text(collation="sv-x-icu"), what="Its name.", why="people know it.", kept=FOR_EVER),
    column(
        "border",
        Geometry("MULTIPOLYGON", srid=4326, spatial_index=False),
        what="Its border, WGS 84.",
        why="says where a quest is.",
        kept=FOR_EVER,
    ),
    column(
        "source_sha256",
        Text,
        what="SHA-256 of the file that it was read from, in hex.",
        why="it is read anew when the file changes.",
        kept=FOR_EVER,
    ),
    mercator("MULTIPOLYGON", kept=FOR_EVER),
    PrimaryKeyConstraint("code"),
    Index("municipalities_border_idx", "border", postgresql_using="gist"),
    schema="shown",
    comment="The eight municipalities. Source: see seed_data/SOURCES.md.",
)

closures = Table(
    "closures",
    metadata,
    column("id", Uuid, what="UUID of the closure.", why="one row for each.", kept=FOR_EVER),
    column(
        "revision", BigInteger, what="Its newest revision.", why="the greatest is the list's.", kept=FOR_EVER
    ),
    column(
        "ends",
        Moment,
        what="Open again from this moment on.",
        why="what is over is not shown.",
        kept=FOR_EVER,
    ),
    column(
        "feature", Text, what="Its GeoJSON feature, ready to be sent.", why="phones ask often.", kept=FOR_EVER
    ),
    PrimaryKeyConstraint("id"),
    Index(None, "ends"),
    schema="shown",
    comment="The newest revision of each closure, for everybody.",
)

places = Table(
    "places",
    metadata,
    column("id", Text, what="Where it is from, and its id there.", why="to name it by.", kept=FOR_EVER),
    column(
        "kind",
        Text,
        what="What it is: settlement; from OpenStreetMap also hamlet, locality, island, peak, lake, bay, cape, glacier.",
        why="maps draw kinds apart.",
        kept=FOR_EVER,
    ),
    column("name", Text, what="Its Swedish name.", why="people know it.", kept=FOR_EVER),
    column(
        "names",
        JSONB,
        what="Its names by language, BCP 47: sv, and sma where there is one.",
        why="South Sámi names stand beside the Swedish ones.",
        kept=FOR_EVER,
    ),
    column(
        "municipality", Text, what="SCB's code of where it lies.", why="tells namesakes apart.", kept=FOR_EVER
    ),
    column("population", Integer, what="How many live there.", why="larger first.", kept=FOR_EVER),
    column("known_to_m", Integer, what="How well it is placed. [m]", why="honesty.", kept=FOR_EVER),
    column("source", Text, what="Who says so.", why="they are given credit.", kept=FOR_EVER),
    column(
        "point",
        Geography("POINT", srid=4326, spatial_index=False),
        what="Where it is, WGS 84.",
        why="distances are told along the ellipsoid.",
        kept=FOR_EVER,
    ),
    mercator("POINT", kept=FOR_EVER),
    PrimaryKeyConstraint("id"),
    Index("places_population_idx", text("population DESC"), "id"),
    Index("places_mercator_idx", "mercator", postgresql_using="gist"),
    # What tiles show of them.
    Index(
        "places_settlements_population_idx",
        text("population DESC"),
        "id",
        postgresql_where=text("kind = 'settlement'"),
    ),
    Index(
        "places_settlements_mercator_idx",
        "mercator",
        postgresql_using="gist",
        postgresql_where=text("kind = 'settlement'"),
    ),
    Index(None, "source"),
    schema="shown",
    comment="Places with names: those of the release (see seed_data/SOURCES.md), and those of an imported base map.",
)

place_names = Table(
    "place_names",
    metadata,
    column("place_id", Text, what="The place.", why="whose name it is.", kept=FOR_EVER),
    column(
        "form",
        Text(collation="C"),
        what="One of its names as geo.names folds it, from one of its words on.",
        why="what somebody types begins one of them.",
        kept=FOR_EVER,
    ),
    column(
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

layers = Table(
    "layers",
    metadata,
    column("layer", Text, what="A layer of tiles.", why="see revision.", kept=FOR_EVER),
    column(
        "revision",
        BigInteger,
        what="Grows with every change of what the layer shows; about microseconds of 1970, so that none comes"
        " twice, also after a restore.",
        why="who has a tile of this revision need not be sent it again.",
        kept=FOR_EVER,
    ),
    column(
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

media = Table(
    "media",
    metadata,
    column(
        "quest_id",
        Uuid,
        what="The quest that shows it.",
        why="it goes when that is withdrawn.",
        kept=WITH_MEDIA,
    ),
    column(
        "sha256",
        Text,
        what="SHA-256 of its bytes, in hex.",
        why="kits and pages name it so.",
        kept=WITH_MEDIA,
    ),
    column(
        "type", Text, what="Media type, by its first bytes.", why="browsers must not guess.", kept=WITH_MEDIA
    ),
    column(
        "data",
        LargeBinary,
        what="The picture or sound itself, stored as it is, so that a part can be read without the rest.",
        why="shown to everybody; with the quest in one transaction, one backup and every replica.",
        kept=WITH_MEDIA,
    ),
    PrimaryKeyConstraint("sha256", "quest_id"),
    Index(None, "quest_id"),
    schema="shown",
    comment="Pictures and sounds that came with quests.",
)

water = Table(
    "water",
    metadata,
    column("id", Text, what="Where it is from, and its place there.", why="to name it by.", kept=FOR_EVER),
    column(
        "name",
        Text,
        nullable=True,
        what="Its Swedish name; null where we have no source for one.",
        why="people know it.",
        kept=FOR_EVER,
    ),
    column(
        "area_km2",
        DOUBLE_PRECISION,
        what="How large it is, islands with it, on the ellipsoid. [km²]",
        why="large ones are named first.",
        kept=FOR_EVER,
    ),
    column(
        "mercator",
        Geometry("POLYGON", srid=3857, spatial_index=False),
        what="Its shore, in the tiles' projection.",
        why="a plain map is drawn of it where no base map was imported.",
        kept=FOR_EVER,
    ),
    PrimaryKeyConstraint("id"),
    Index("water_mercator_idx", "mercator", postgresql_using="gist"),
    schema="shown",
    comment="Large lakes, for a map without a base map. Source: see seed_data/SOURCES.md.",
)
