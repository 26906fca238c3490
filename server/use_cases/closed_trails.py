"""Which published trails lie on ground that is closed, or would be, and who is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg import Connection

from quests.closures import Closure, closed_stages, closed_ways
from quests.languages import best
from quests.model import Quest
from server.stores import closing, quests, trails
from server.stores.database import Row
from server.use_cases.cases.opening import NewCase, close_case, open_case

CASE = "closure"  # as `cases/closure.py` names its kind
SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Hit:
    """A published quest. `touched`: keys of stages that reach onto the ground, in some way of doing them.

    `closed`: those of them that cannot be done at all without standing on it.
    """

    quest: Quest
    touched: tuple[str, ...]
    closed: tuple[str, ...]


def hits(connection: Connection[Row], closure: Closure) -> list[Hit]:
    """Quests that are shown, by their codes, with stages on the ground when it begins to be closed; hidden ones too."""
    around = quests.played(connection, closing.shown_around(connection, closure.area)).values()
    found = [one for quest in around if (one := hit(quest, closure)) is not None]
    return sorted(found, key=lambda one: one.quest.code)


def hit(quest: Quest, closure: Closure) -> Hit | None:
    """None where it touches no stage, or was taken back before it began."""
    ways = closed_ways(quest, (closure,), closure.starts)
    if not ways:
        return None
    touched = {stage for stage, _ in ways}
    closed = closed_stages(quest, (closure,), closure.starts)
    in_order = [stage.key for stage in quest.stages]
    return Hit(
        quest,
        tuple(key for key in in_order if key in touched),
        tuple(key for key in in_order if key in closed),
    )


def tell(
    connection: Connection[Row],
    closure: Closure,
    before: Closure | None,
    now: datetime,
    *,
    again: bool = True,
) -> int:
    """Who keeps a published trail on that ground gets a case to look at; how many trails there are.

    `before`: as it stood; trails that it touches no more have nothing to look at. Over and taken back, it touches none.
    `again`: also of trails that it touched already as it stood.
    """
    found = [] if closure.ends <= now else hits(connection, closure)
    if before is not None:
        touched = {one.quest.id for one in hits(connection, before)}
        for quest_id in sorted(touched - {one.quest.id for one in found}):
            close_case(connection, CASE, f"{quest_id}/{closure.id}", "ended", now)
        found = [one for one in found if again or one.quest.id not in touched]
    soon = closure.starts - now < SOON
    for one in found:
        places = sorted(trails.municipalities_of(connection, one.quest.id))
        open_case(
            connection,
            NewCase(
                kind=CASE,
                subject=f"{one.quest.id}/{closure.id}",
                body_id=trails.body_of(connection, one.quest.id),
                municipality=places[0] if len(places) == 1 else "",
                urgency=1 if soon else 3,
            ),
            now,
        )
    return len(found)


def without_hidden(found: Sequence[Hit]) -> list[Hit]:
    """What everybody may know of it."""
    public = []
    for hit in found:
        hidden = {stage.key for stage in hit.quest.stages if stage.hidden}
        touched = tuple(key for key in hit.touched if key not in hidden)
        if touched:
            public.append(Hit(hit.quest, touched, tuple(key for key in hit.closed if key not in hidden)))
    return public


def title(hit: Hit, languages: Sequence[str]) -> str:
    """What the quest is called, in the best of these languages."""
    return hit.quest.texts[best(hit.quest.texts, languages)].title


def titles(hit: Hit, keys: Sequence[str], languages: Sequence[str]) -> tuple[str, ...]:
    """What the stages are called, in the best of these languages."""
    stages = hit.quest.texts[best(hit.quest.texts, languages)].stages
    return tuple(stages[key].title if key in stages else key for key in keys)
