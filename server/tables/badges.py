"""Badges that were given, and the rules that everybody was looked through for."""

from sqlalchemy import Date, ForeignKeyConstraint, PrimaryKeyConstraint, Table, Text

from server.tables.notes import FOR_EVER, WITH_PLAYER, Uuid, column, metadata

awards = Table(
    "awards",
    metadata,
    column(
        "player_id",
        Uuid,
        what="Who earned it.",
        why="what was earned stays earned.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    column(
        "badge",
        Text,
        what="The badge's key, the name of its file.",
        why="which badge it is.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    column(
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
    column("badge", Text, what="A badge's key.", why="see rule_sha256.", kept=FOR_EVER),
    column(
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
