"""What was removed for good and comes again, under another id: known by its words, of which only a hash is kept."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256

from psycopg import Connection

from server.stores import bodies, cases, notices
from server.stores.database import Row
from server.use_cases.cases.opening import NewCase, open_case

#: Among the facts of a case: the one in which the same words were removed.
FACT = "removed_before"
NOTICE, NOTHING_WRONG = "notice", "dismiss"
URGENCY = 1
#: Shorter texts are said by many: "We live here."
LEAST_LETTERS = 40


def digests(texts: Iterable[str]) -> list[bytes]:
    """Of each text: however it is spaced, punctuated and capitalised. Those too short to be anybody's are left out."""
    letters = ("".join(_letters(text)) for text in texts)
    return [sha256(one.encode()).digest() for one in letters if len(one) >= LEAST_LETTERS]


def _letters(text: str) -> Iterator[str]:
    return (sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def removed_in(connection: Connection[Row], kind: str, texts: Iterable[str]) -> str | None:
    """The case in which the same words were removed for good; None where they were not."""
    return notices.removed_in(connection, kind, digests(texts))


def known(facts: Mapping[str, object]) -> tuple[str, ...]:
    """Of a card: what is known of it, as keys of sentences."""
    return ("case.known.removed-before",) if FACT in facts else ()


def hold_back(
    connection: Connection[Row],
    kind: str,
    thing_id: str,
    body_id: str,
    municipality: str,
    texts: Iterable[str],
    now: datetime,
) -> bool:
    """Nobody sees it until somebody has looked, where its words were removed before and nobody has let it through.

    False where it is shown. `kind`: as `server.use_cases.cases.public` has it.
    """
    case_id = removed_in(connection, kind, texts)
    subject = f"{kind} {thing_id}"
    if case_id is None or cases.let_through(connection, NOTICE, subject, NOTHING_WRONG, FACT):
        return False
    new = NewCase(NOTICE, subject, body_id, municipality, URGENCY, facts={FACT: case_id})
    opened = open_case(connection, new, now)
    notices.hide(connection, kind, thing_id, opened, now, decided=False)
    bodies.write_down(connection, now, None, body_id, "hold-back", f"case {opened}")
    return True
