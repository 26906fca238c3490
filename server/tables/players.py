"""Players, and the devices they play on."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from server.tables.notes import WITH_PLAYER, Moment, Uuid, column, metadata

players = Table(
    "players",
    metadata,
    column(
        "id",
        Uuid,
        what="UUID made on the phone.",
        why="a player is known by nothing else: no name, no address.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    column(
        "language",
        Text,
        nullable=True,
        what="BCP 47 tag the player chose, null where the phone's own is followed.",
        why="answers in a language the player reads, also where no header says it.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    column(
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
    column(
        "player_id",
        Uuid,
        what="Whose device it is.",
        why="a player may have several devices.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    column(
        "id",
        Uuid,
        what="UUID made on the phone for this player on this device.",
        why="moves of a device in a day are limited.",
        kept=WITH_PLAYER,
        exported=True,
        erased="removed",
    ),
    column(
        "token_sha256",
        LargeBinary,
        what="SHA-256 of the token that the phone holds. [32 bytes]",
        why="who shows the token is the player; the token itself is never here.",
        kept=WITH_PLAYER,
        erased="removed",
    ),
    column(
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
