"""The form of a kind of public thing, of which anybody may give notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection

from server.stores.database import Row
from server.use_cases.cases.kinds import Picture


@dataclass(frozen=True, slots=True)
class PublicThing:
    """`id`: as it is kept in a case's subject. `body_id`: whose it is; `maker`: the account of whose own it is. `title`: by language, or the same in all.

    `texts`: what it says, with the language. `pictures`: what it shows. `link`: path where it is seen. `meets`: people are led to meet there.
    """

    id: str
    body_id: str | None
    municipality: str
    title: Mapping[str, str] | str
    texts: tuple[tuple[str | None, str], ...]
    link: str
    meets: bool = False
    maker: str | None = None
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicKind:
    """`find`: by what people know it by; None where it is not public, so that nothing is learnt of what is not.

    `see`: by its id, public or not. `lock`: against every other change of it. `hide`, `unhide`: nobody sees it until it
    is unhidden, whatever its own state is and becomes meanwhile. `remove`: for good, into quarantine; `restore`: out of
    it again; False where it is not there any more. The last arguments are the id of the case and the moment.
    """

    name: str
    find: Callable[[Connection[Row], str], PublicThing | None]
    see: Callable[[Connection[Row], str], PublicThing | None]
    lock: Callable[[Connection[Row], str], None]
    hide: Callable[[Connection[Row], str, str, datetime, bool], None]
    unhide: Callable[[Connection[Row], str, str, datetime], None]
    remove: Callable[[Connection[Row], str, str, datetime], None]
    restore: Callable[[Connection[Row], str, str, datetime], bool]
