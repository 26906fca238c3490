"""Players' pictures and sounds: what is known of them. Their bytes are in a `media.blobs.BlobStore`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, LiteralString

import msgspec
from psycopg import Connection

from server.stores.database import Database, Row

State = Literal["waiting", "received", "ready", "refused"]

#: Of the store, all that players brought: below it a folder for each player, and in that one for each content.
PLAYERS = "players"
PIECES = "pieces"


class MadeFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """`width` and `height` of a picture. [px]"""

    name: str
    type: str
    bytes: int
    width: int | None = None
    height: int | None = None


class WhatWasMade(msgspec.Struct, frozen=True, omit_defaults=True):
    """`blur`: BlurHash of a picture. [seconds of a sound]"""

    files: tuple[MadeFile, ...]
    blur: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """One file of one player, by its bytes. `received`: how many of them are here."""

    player: str
    sha256: str
    id: str
    type: str
    bytes: int
    received: int
    pieces: int
    state: State
    refusal: str | None
    made: WhatWasMade | None
    touched_at: datetime

    @property
    def folder(self) -> str:
        """Where its bytes lie in the store, all of them."""
        return folder_of(self.player, self.id)

    @property
    def pieces_folder(self) -> str:
        return f"{self.folder}/{PIECES}"


def folder_of(player: str, content: str) -> str:
    return f"{PLAYERS}/{player}/{content}"


_MADE_AT = 9  # among the columns, which are in the order of Content
_MADE = msgspec.json.Decoder(WhatWasMade)
_COLUMNS: LiteralString = (
    "c.player_id::text, c.sha256, c.id::text, c.type, c.bytes, c.received, c.pieces, c.state, c.refusal,"
    " c.made::text, c.touched_at"
)


def _content(row: Row) -> Content:
    values = list(row)
    values[_MADE_AT] = None if values[_MADE_AT] is None else _MADE.decode(values[_MADE_AT])
    return Content(*values)


def hold_player(connection: Connection[Row], player: str) -> bool:
    """Nobody erases the player before the transaction ends; False when that is done already."""
    row = connection.execute(
        "SELECT FROM game.players WHERE id = %(player)s FOR KEY SHARE", {"player": player}
    ).fetchone()
    return row is not None


def count_day(connection: Connection[Row], player: str, day: date) -> int:
    """How many the player has begun on that day, with one more. Of two at once, one waits for the other."""
    row = connection.execute(
        "INSERT INTO game.media_days AS d (player_id, day, created) VALUES (%(player)s, %(day)s, 1)"
        " ON CONFLICT (player_id, day) DO UPDATE SET created = d.created + 1 RETURNING created",
        {"player": player, "day": day},
    ).fetchone()
    return row[0] if row else 0


def totals(connection: Connection[Row], player: str) -> tuple[int, int]:
    """(files, bytes) that the player has here or is bringing; what was refused does not count."""
    row = connection.execute(
        "SELECT (SELECT count(*) FROM game.media m JOIN game.media_contents c USING (player_id, sha256)"
        "  WHERE m.player_id = %(player)s AND c.state <> 'refused'),"
        " (SELECT coalesce(sum(bytes), 0) FROM game.media_contents"
        "  WHERE player_id = %(player)s AND state <> 'refused')",
        {"player": player},
    ).fetchone()
    return (row[0], int(row[1])) if row else (0, 0)


def find(connection: Connection[Row], player: str, medium: str, *, lock: bool = False) -> Content | None:
    """The content of the player's medium. With `lock` nobody else changes it before the transaction ends."""
    query: LiteralString = (
        f"SELECT {_COLUMNS} FROM game.media m JOIN game.media_contents c USING (player_id, sha256)"  # noqa: S608
        " WHERE m.player_id = %(player)s AND m.id = %(id)s"
    )
    row = connection.execute(
        query + (" FOR UPDATE OF c" if lock else ""), {"player": player, "id": medium}
    ).fetchone()
    return None if row is None else _content(row)


def content_of(connection: Connection[Row], player: str, sha256: str) -> Content | None:
    """Locked."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM game.media_contents c WHERE player_id = %(player)s AND sha256 = %(sha256)s"  # noqa: S608
        " FOR UPDATE",
        {"player": player, "sha256": sha256},
    ).fetchone()
    return None if row is None else _content(row)


def add_content(
    connection: Connection[Row], player: str, sha256: str, fresh: str, kind: str, size: int, now: datetime
) -> bool:
    """Waiting for its first byte; `fresh`: its id. False when somebody else added it."""
    added = connection.execute(
        "INSERT INTO game.media_contents"
        " (player_id, sha256, id, type, bytes, received, pieces, state, touched_at, tries) VALUES"
        " (%(player)s, %(sha256)s, %(id)s, %(type)s, %(bytes)s, 0, 0, 'waiting', %(now)s, 0) ON CONFLICT DO NOTHING",
        {"player": player, "sha256": sha256, "id": fresh, "type": kind, "bytes": size, "now": now},
    )
    return added.rowcount == 1


def begin_again(connection: Connection[Row], content: Content, fresh: str, now: datetime) -> None:
    """Waiting for its first byte once more, under a new id."""
    connection.execute(
        "UPDATE game.media_contents SET id = %(fresh)s, received = 0, pieces = 0, state = 'waiting', refusal = NULL,"
        " made = NULL, touched_at = %(now)s, claimed_at = NULL, tries = 0 WHERE id = %(id)s",
        {"id": content.id, "fresh": fresh, "now": now},
    )


def add(connection: Connection[Row], player: str, medium: str, sha256: str, now: datetime) -> bool:
    """False when the player has a medium of that id."""
    added = connection.execute(
        "INSERT INTO game.media (player_id, id, sha256, created_at)"
        " VALUES (%(player)s, %(id)s, %(sha256)s, %(now)s) ON CONFLICT DO NOTHING",
        {"player": player, "id": medium, "sha256": sha256, "now": now},
    )
    return added.rowcount == 1


def add_piece(connection: Connection[Row], content: Content, size: int, now: datetime) -> None:
    """So many bytes more are here; with the last one all are received."""
    connection.execute(
        "UPDATE game.media_contents SET received = received + %(size)s, pieces = pieces + 1, touched_at = %(now)s,"
        " state = CASE WHEN received + %(size)s = bytes THEN 'received' ELSE state END WHERE id = %(id)s",
        {"id": content.id, "size": size, "now": now},
    )


def remove(connection: Connection[Row], player: str, medium: str) -> None:
    connection.execute(
        "DELETE FROM game.media WHERE player_id = %(player)s AND id = %(id)s",
        {"player": player, "id": medium},
    )


def remove_content_if_unused(connection: Connection[Row], content: Content) -> bool:
    """Whether no medium of the player has it any more, so that it went. It is locked already."""
    gone = connection.execute(
        "DELETE FROM game.media_contents c WHERE id = %(id)s AND NOT EXISTS"
        " (SELECT FROM game.media m WHERE m.player_id = c.player_id AND m.sha256 = c.sha256)",
        {"id": content.id},
    )
    return gone.rowcount == 1


def remove_content(connection: Connection[Row], content: Content) -> None:
    """With every medium that has it."""
    at = {"player": content.player, "sha256": content.sha256}
    connection.execute("DELETE FROM game.media WHERE player_id = %(player)s AND sha256 = %(sha256)s", at)
    connection.execute(
        "DELETE FROM game.media_contents WHERE player_id = %(player)s AND sha256 = %(sha256)s", at
    )


def claim(
    connection: Connection[Row], content: str, now: datetime, died_before: datetime
) -> tuple[Content, int] | None:
    """For the worker that takes it in, with the number of this try; None when there is nothing to do.

    Another one's claim holds until `died_before`.
    """
    row = connection.execute(
        "UPDATE game.media_contents c SET claimed_at = %(now)s, tries = tries + 1 WHERE id = %(id)s"  # noqa: S608
        " AND state = 'received' AND (claimed_at IS NULL OR claimed_at < %(died)s)"
        f" RETURNING {_COLUMNS}, tries",
        {"id": content, "now": now, "died": died_before},
    ).fetchone()
    return None if row is None else (_content(row[:-1]), row[-1])


def give_back(connection: Connection[Row], content: str) -> None:
    """As if this try had not been: what went wrong was not the file's fault."""
    connection.execute(
        "UPDATE game.media_contents SET tries = greatest(0, tries - 1) WHERE id = %(id)s", {"id": content}
    )


def finish(connection: Connection[Row], content: str, result: WhatWasMade | str) -> bool:
    """Ready, or refused with a code; False when it was removed meanwhile."""
    made = None if isinstance(result, str) else msgspec.json.encode(result).decode()
    done = connection.execute(
        "UPDATE game.media_contents SET state = %(state)s, refusal = %(refusal)s, made = %(made)s::jsonb"
        " WHERE id = %(id)s AND state = 'received'",
        {
            "id": content,
            "state": "ready" if made else "refused",
            "refusal": None if made else result,
            "made": made,
        },
    )
    return done.rowcount == 1


def left_lying(connection: Connection[Row], before: datetime) -> list[str]:
    """Contents that are all here, and that no worker has begun with since."""
    rows = connection.execute(
        "SELECT id::text FROM game.media_contents"
        " WHERE state = 'received' AND coalesce(claimed_at, touched_at) < %(before)s ORDER BY touched_at LIMIT 1000",
        {"before": before},
    )
    return [row[0] for row in rows]


def given_up(connection: Connection[Row], before: datetime) -> list[Content]:
    """Locked; uploads that nobody has gone on with since."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM game.media_contents c WHERE state = 'waiting' AND touched_at < %(before)s"  # noqa: S608
        " ORDER BY touched_at LIMIT 1000 FOR UPDATE SKIP LOCKED",
        {"before": before},
    )
    return [_content(row) for row in rows]


def forget_days(connection: Connection[Row], before: date) -> None:
    connection.execute("DELETE FROM game.media_days WHERE day < %(before)s", {"before": before})


def remove_all(connection: Connection[Row], player: str) -> None:
    at = {"player": player}
    connection.execute("DELETE FROM game.media WHERE player_id = %(player)s", at)
    connection.execute("DELETE FROM game.media_contents WHERE player_id = %(player)s", at)
    connection.execute("DELETE FROM game.media_days WHERE player_id = %(player)s", at)


def ready(database: Database, content: str) -> tuple[str, WhatWasMade] | None:
    """(folder in the store, what was made) of what may be shown; None when there is nothing, or not yet.

    Of whoever asked to be erased nothing is shown any more, by whatever address.
    """
    rows = database.private.read(
        "SELECT player_id::text, made::text FROM game.media_contents c WHERE id = %(id)s AND state = 'ready'"
        " AND NOT EXISTS (SELECT FROM game.erasures e WHERE e.player_id = c.player_id)",
        {"id": content},
    )
    return None if not rows else (folder_of(rows[0][0], content), _MADE.decode(rows[0][1]))


def done(database: Database, contents: Sequence[str]) -> set[str]:
    """Those of the ids whose content is ready or refused: their originals are needed no more."""
    rows = database.private.read(
        "SELECT id::text FROM game.media_contents"
        " WHERE id = ANY(%(ids)s::uuid[]) AND state IN ('ready', 'refused')",
        {"ids": list(contents)},
    )
    return {row[0] for row in rows}


def unknown(database: Database, contents: Sequence[str]) -> set[str]:
    """Those of the ids that no content has."""
    rows = database.private.read(
        "SELECT id::text FROM unnest(%(ids)s::uuid[]) AS asked (id)"
        " WHERE NOT EXISTS (SELECT FROM game.media_contents c WHERE c.id = asked.id)",
        {"ids": list(contents)},
    )
    return {row[0] for row in rows}
