"""What is stored about whoever asks; all of it to take along; and to be erased, with time for regret."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Annotated

import msgspec
from flask import Response

from quests.moves import Uuid
from quests.region import SWEDEN
from server.api.framework import Asked, Blueprint, LanguageParameters, reply
from server.stores.erasures import Erasure
from server.use_cases import erase, mine
from server.use_cases.problem import Problem

blueprint = Blueprint(
    "me", description="What is stored about whoever asks: to know, to take along, to erase."
)

ZIP = "application/zip"
CHUNK_BYTES = 65_536


class StoredKind(msgspec.Struct, frozen=True, kw_only=True):
    """So much of one kind, and how long it stays."""

    kind: Annotated[str, msgspec.Meta(description="Stable: players, devices, journeys, moves, awards ….")]
    part: Annotated[
        str | None,
        msgspec.Meta(
            description="What part of it, where a part goes earlier than the rest; such as `fixes`."
        ),
    ]
    count: Annotated[int, msgspec.Meta(ge=1, description="How many.")]
    kept_days: Annotated[
        int | None,
        msgspec.Meta(description="How many days after hearing it goes by itself; null: when you are erased."),
    ]


class ErasureState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the player asked to be erased."""

    asked_at: Annotated[
        datetime | None, msgspec.Meta(description="When it was asked for first; null where it was not.")
    ]
    final_at: Annotated[
        datetime | None, msgspec.Meta(description="Until then it can be regretted; from then on all is gone.")
    ]


class AboutMe(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored about the asking player."""

    player: Annotated[str, msgspec.Meta(description="The player's id.")]
    device: Annotated[str, msgspec.Meta(description="The asking device's id.")]
    language: Annotated[str | None, msgspec.Meta(description="The player's language, BCP 47.")]
    stored: Annotated[
        tuple[StoredKind, ...], msgspec.Meta(description="Every kind of which there is anything.")
    ]
    erasure: Annotated[ErasureState, msgspec.Meta(description="Whether the player asked to be erased.")]


class ErasureBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Says once more who is to be erased, so that no button pressed in error and no other player's token does it."""

    player: Annotated[Uuid, msgspec.Meta(description="The asking player's own id: the confirmation.")]


@blueprint.route("/me")
@blueprint.response(200, AboutMe)
def about_me(asked: Asked) -> Response:
    """Know what is stored about you, and how long."""
    found = mine.about(asked.edge.database, asked.caller)
    answer = AboutMe(
        player=asked.caller.player,
        device=asked.caller.device,
        language=found.language,
        stored=tuple(
            StoredKind(kind=one.table, part=one.part, count=one.count, kept_days=one.days)
            for one in found.stored
        ),
        erasure=_state(found.erasure),
    )
    return reply(answer)


@blueprint.route("/me/export")
@blueprint.arguments(LanguageParameters, location="query")
@blueprint.response(200, bytes, media_type=ZIP, description="A ZIP: a JSON file of each kind, and a README.")
@blueprint.says_no("storage-full", "storage-gone")
def export_me(asked: Asked, _query: LanguageParameters) -> Response:
    """Take along everything that is stored about you."""
    now = datetime.now(UTC)
    day = now.astimezone(SWEDEN).date().isoformat()
    asked.edge.limits.count_own_data(asked.caller.player)

    def readme(names: list[str]) -> str:
        text, _ = asked.edge.sentence(
            "export.readme", {"day": day, "player": asked.caller.player}, asked.languages
        )
        files = "\n".join(
            f"{name}: " + asked.edge.sentence(_key_of(name), {}, asked.languages)[0] for name in names
        )
        return f"{text}\n\n{files}\n"

    file = mine.export(asked.edge.database, asked.edge.store, asked.caller, now, readme)
    return sent_archive(file, f"rotfaste-{day}.zip")


@blueprint.route("/me/erasure")
@blueprint.response(200, ErasureState)
def see_erasure(asked: Asked) -> Response:
    """Know whether you asked to be erased, and until when you may regret it."""
    return reply(_state(erase.standing(asked.edge.database, asked.caller)))


@blueprint.route("/me/erasure", methods=["POST"])
@blueprint.arguments(ErasureBody)
@blueprint.response(
    201, ErasureState, description="Asked for. Nothing of the player is shown or counted now."
)
@blueprint.response(200, ErasureState, description="It had been asked for already; the first asking stands.")
@blueprint.says_no("erasure-unconfirmed")
def ask_erasure(asked: Asked, body: ErasureBody) -> Response:
    """Ask to be erased, with everything you did. It can be regretted for 14 days, with any of your devices."""
    if body.player != asked.caller.player:
        raise Problem("erasure-unconfirmed", pointer="/player")
    asked.edge.limits.count_own_data(asked.caller.player)
    edge = asked.edge
    erasure, new = erase.ask(edge.database, asked.caller, datetime.now(UTC), edge.settings.tombstones_file)
    return reply(_state(erasure), 201 if new else 200)


@blueprint.route("/me/erasure", methods=["DELETE"])
@blueprint.response(200, ErasureState)
def regret_erasure(asked: Asked) -> Response:
    """Stay after all."""
    asked.edge.limits.count_own_data(asked.caller.player)
    edge = asked.edge
    erase.regret(edge.database, asked.caller, datetime.now(UTC), edge.settings.tombstones_file)
    return reply(_state(None))


def _key_of(name: str) -> str:
    return f"export.{name.removesuffix('.json').replace('_', '-')}"


def _state(erasure: Erasure | None) -> ErasureState:
    if erasure is None:
        return ErasureState(asked_at=None, final_at=None)
    return ErasureState(asked_at=erasure.asked_at, final_at=erasure.final_at)


def sent_archive(file: IO[bytes], name: str) -> Response:
    """A ZIP to be kept; the file is closed when it is sent."""
    size = file.seek(0, 2)
    file.seek(0)
    response = Response(_chunks(file), content_type=ZIP)
    response.call_on_close(file.close)
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
