"""Which published trails lie on ground that is closed, or would be."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection

from quests.closures import Closure, closed_stages, closed_ways
from quests.languages import best
from quests.model import Quest
from server.stores import closing, quests
from server.stores.database import Row


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
    found = []
    for quest in quests.played(connection, closing.shown_around(connection, closure.area)).values():
        ways = closed_ways(quest, (closure,), closure.starts)
        if ways:
            keys = {stage for stage, _ in ways}
            wholly = closed_stages(quest, (closure,), closure.starts)
            in_order = [stage.key for stage in quest.stages]
            found.append(
                Hit(
                    quest,
                    tuple(key for key in in_order if key in keys),
                    tuple(key for key in in_order if key in wholly),
                )
            )
    return sorted(found, key=lambda hit: hit.quest.code)


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
