"""The form of a kind of case."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from psycopg import Connection

from geo.positions import Position
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.sign_in import Person

#: A sentence for a key and its facts in the first of the languages that has it, with that language.
Say = Callable[[str, Mapping[str, Any], Iterable[str]], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Voice:
    """How those whom a decision concerns are told of it. `languages`: of who decides; `home`: our own address.

    Without `home` mails lead nowhere: what a request calls us is anybody's word.
    """

    say: Say
    languages: tuple[str, ...]
    home: str = ""


#: To whom a decision says no: whose thing it is (the body, or its maker), whoever asked.
Against = Literal["body", "asker"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason`: words or a code are needed. `four_eyes`: somebody else must confirm it before it is carried out.

    `against`: who is told why, and may appeal.
    """

    key: str
    reason: bool = False
    four_eyes: bool = False
    against: frozenset[Against] = frozenset()


#: Who speaks in a text: somebody says it of the thing, or says why somebody else should look; it was the reason of the
#: decision before; the thing says it itself; nobody, it is so.
Of = Literal["said", "appeal", "decided", "own", "fact"]


@dataclass(frozen=True, slots=True)
class Text:
    """`language`: None where it is of no language."""

    of: Of
    language: str | None
    text: str


def own(texts: Iterable[tuple[str | None, str]]) -> tuple[Text, ...]:
    """What a thing says itself."""
    return tuple(Text("own", language, text) for language, text in texts)


@dataclass(frozen=True, slots=True)
class Picture:
    """`path`: of its bytes, for who may look at the case. `words`: what is to be seen in it, as its maker says; may be empty."""

    path: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """`title`: by language, or the same in all. `texts`: what must be read.

    `pictures`: what must be looked at. `link`: path in the app or the studio. `known`: keys of sentences that say what is known of it, the weightiest first.
    `at`: where it is, for who decides alone.
    """

    title: Mapping[str, str] | str
    texts: tuple[Text, ...] = ()
    link: str = ""
    known: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    at: Position | None = None


def _nothing(connection: Connection[Row], subject: str) -> None:
    """Locks nothing."""


def _everybody_may(connection: Connection[Row], case: Case) -> frozenset[str]:
    del connection, case
    return frozenset()


def _nobody_asks(connection: Connection[Row], case: Case) -> Iterable[tuple[str, str]]:
    del connection, case
    return ()


def _as_decided(case: Case, decision: Decision) -> frozenset[Against]:
    del case
    return decision.against


def _waits(connection: Connection[Row], case: Case, now: datetime) -> None:
    """Nothing changes before the second look."""


@dataclass(frozen=True, slots=True)
class CaseKind:
    """`carry_out`: in the transaction that decides, with the case locked.

    `lock`: locks the thing that the decision changes, before the case is locked: whoever changes the thing locks it
    first and then ends the case. `undo`: takes a decision back when an appeal is upheld; a kind without it has no
    appeals. `not_by`: accounts that may not decide it, beside those whom `server.policy.acts.cases` leaves out and whoever
    decided first where a second look is needed. `propose`: what is done before a second look.
    `askers`: address and language of those who wait for an answer and have no account. `against`: to whom a decision of
    this very case says no, where that does not hang on the decision alone.
    """

    name: str
    decisions: tuple[Decision, ...]
    see: Callable[[Connection[Row], Case], Card]
    carry_out: Callable[[Connection[Row], Person, Case, str, str, str, datetime], None]
    lock: Callable[[Connection[Row], str], None] = field(default=_nothing)
    undo: Callable[[Connection[Row], Person, Case, datetime], None] | None = None
    not_by: Callable[[Connection[Row], Case], frozenset[str]] = field(default=_everybody_may)
    propose: Callable[[Connection[Row], Case, datetime], None] = field(default=_waits)
    askers: Callable[[Connection[Row], Case], Iterable[tuple[str, str]]] = field(default=_nobody_asks)
    against: Callable[[Case, Decision], frozenset[Against]] = field(default=_as_decided)

    def decision(self, key: str) -> Decision | None:
        return next((one for one in self.decisions if one.key == key), None)
