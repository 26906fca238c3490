"""A batch of moves over the wire, and what is told of each: the same in a journey and outside of any."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from quests.outcomes import CODES, Outcome
from server.api.framework import Asked
from server.use_cases.hearing import MOVES_IN_A_BATCH, MoveOutcome


class MoveBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Moves in any order, each as often as one likes: the first hearing stands."""

    moves: Annotated[
        list[Any],
        msgspec.Meta(
            max_length=MOVES_IN_A_BATCH,
            description="Each of the form `Move`. One that is not is that move's outcome, and never the batch's.",
        ),
    ]


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one move. Once it is told the phone drops the move from its outbox."""

    index: Annotated[int, msgspec.Meta(description="Which move of the batch it was, from 0.")]
    id: Annotated[
        str | None, msgspec.Meta(description="The move's id; null where none can be read: it was not kept.")
    ]
    outcome: Annotated[Outcome, msgspec.Meta(description="What the server did with it.")]
    code: Annotated[
        str, msgspec.Meta(description="Stable: " + ", ".join(f"`{code}`" for code in CODES) + ".")
    ]
    message: Annotated[str, msgspec.Meta(description="A sentence for people, in the language asked for.")]
    details: Annotated[
        dict[str, str | float | int],
        msgspec.Meta(description="Numbers and keys of the sentence, such as `away_m` [m]."),
    ] = {}
    pointer: Annotated[
        str | None,
        msgspec.Meta(description="JSON pointer into the move, where something in it cannot be read."),
    ] = None
    trust: Annotated[
        int | None, msgspec.Meta(description="How well the visit is supported, 0–4, where accepted.")
    ] = None
    first: Annotated["Told | None", msgspec.Meta(description="Of a duplicate: the outcome that stands.")] = (
        None
    )


def tell(asked: Asked, outcomes: Iterable[MoveOutcome]) -> tuple[Told, ...]:
    """Counts them, and puts them into words."""
    told = []
    for outcome in outcomes:
        asked.edge.metrics.outcome(outcome.outcome)
        told.append(_told(asked, outcome))
    return tuple(told)


def _told(asked: Asked, outcome: MoveOutcome) -> Told:
    languages: Iterable[str] = asked.languages
    facts = {**outcome.details, "pointer": outcome.pointer or ""}
    sentence, _ = asked.edge.sentence(f"outcome.{outcome.code}", facts, languages)
    return Told(
        index=outcome.index,
        id=outcome.id,
        outcome=outcome.outcome,
        code=outcome.code,
        message=sentence,
        details=dict(outcome.details),
        pointer=outcome.pointer,
        trust=outcome.trust,
        first=None if outcome.first is None else _told(asked, outcome.first),
    )
