"""Cases, what was read for those who do not read it, and the duty calendar."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from server.stores.database import Row
from server.stores.duties import HOLDS, Duty
from server.tables.notes import KEPT_DAYS, TWO_YEARS

_CASE = (
    "id::text, kind, subject, body_id::text, municipality, urgency, language, facts, asked_by::text, opened_at, times,"
    " read_on, state, first_by::text, decided_by::text, decided_at, outcome, reason_code, words, maker::text"
)
#: So many are looked through for one inbox.
LOOKED_THROUGH_MOST = 2_000
_WITHIN = (
    "(%(everywhere)s OR c.maker = %(account)s OR c.municipality = ANY(%(municipalities)s)"
    " OR c.body_id = ANY(%(bodies)s::uuid[])"
    " OR c.subject = ANY(%(stages)s) OR split_part(c.subject, '/', 1) || '/' = ANY(%(stages)s))"
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where there may be something for a person to look at; the table of rights says of each case whether there is.

    `account`: the person's, whose own things some are about. `stages`: as `<quest>/<key>`, and `<quest>/` for all of one.
    """

    account: str
    everywhere: bool
    municipalities: frozenset[str]
    bodies: frozenset[str]
    stages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """`state`: unread (its words wait for somebody who reads the language), open, second-look or decided.

    `outcome`: the decision, or in `second-look` the one that was proposed. `read_on`: the day that whoever asked was
    told. A case that ended by itself is decided by nobody. `maker`: the account of the person whose own thing it is.
    """

    id: str
    kind: str
    subject: str
    body_id: str | None
    municipality: str
    urgency: int
    language: str | None
    facts: Mapping[str, Any]
    asked_by: str | None
    opened_at: datetime
    times: int
    read_on: date | None
    state: str
    first_by: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: str = ""
    reason_code: str = ""
    words: str = ""
    maker: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    language: str
    words: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a case's history."""

    at: datetime
    name: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class OnDuty:
    day: date
    account: str
    name: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Times:
    """Of one kind: how many are open and since when, and from opening to decision. [s]"""

    kind: str
    open_now: int
    oldest: datetime | None
    decided: int
    median_s: float | None
    most_s: float | None


def add(connection: Connection[Row], case: Case) -> str:
    """The id of the open case of this kind and subject: this one, or the one that it joins."""
    row = connection.execute(
        "INSERT INTO people.cases AS c (id, kind, subject, body_id, municipality, urgency, language, facts, asked_by,"
        " opened_at, times, read_on, state, outcome, reason_code, words, maker)"
        " VALUES (%(id)s, %(kind)s, %(subject)s, %(body)s, %(in)s, %(urgency)s, %(language)s, %(facts)s, %(by)s,"
        " %(at)s, 1, %(read_on)s, %(state)s, '', '', '', %(maker)s)"
        " ON CONFLICT (kind, subject) WHERE state <> 'decided' DO UPDATE SET times = c.times + 1,"
        " urgency = least(c.urgency, EXCLUDED.urgency), facts = c.facts || EXCLUDED.facts,"
        " language = coalesce(EXCLUDED.language, c.language), asked_by = coalesce(c.asked_by, EXCLUDED.asked_by),"
        " state = CASE WHEN c.state = 'unread' AND EXCLUDED.urgency = 0 THEN 'open' ELSE c.state END"
        " RETURNING id::text",
        {
            "id": case.id,
            "kind": case.kind,
            "subject": case.subject,
            "body": case.body_id,
            "in": case.municipality,
            "urgency": case.urgency,
            "language": case.language,
            "facts": Jsonb(dict(case.facts)),
            "by": case.asked_by,
            "at": case.opened_at,
            "read_on": case.read_on,
            "state": case.state,
            "maker": case.maker,
        },
    ).fetchone()
    if row is None:
        raise LookupError(case.id)  # an upsert always gives a row
    return str(row[0])


def find(connection: Connection[Row], case_id: str, *, lock: bool = False) -> Case | None:
    query = f"SELECT {_CASE} FROM people.cases WHERE id = %(id)s"  # noqa: S608  our own columns
    row = connection.execute(query + " FOR UPDATE" if lock else query, {"id": case_id}).fetchone()
    return None if row is None else Case(*row)


def open_of(connection: Connection[Row], kind: str, subject: str, *, lock: bool = False) -> Case | None:
    """The one that is not decided."""
    query = (
        f"SELECT {_CASE} FROM people.cases"  # noqa: S608  our own columns
        " WHERE kind = %(kind)s AND subject = %(subject)s AND state <> 'decided'"
    )
    row = connection.execute(
        query + " FOR UPDATE" if lock else query, {"kind": kind, "subject": subject}
    ).fetchone()
    return None if row is None else Case(*row)


def open_about(connection: Connection[Row], kind: str, like: str) -> list[Case]:
    """Those that are not decided, whose subject is like that (SQL's LIKE)."""
    query = (
        f"SELECT {_CASE} FROM people.cases"  # noqa: S608  our own columns
        " WHERE kind = %(kind)s AND subject LIKE %(like)s AND state <> 'decided'"
    )
    return [Case(*row) for row in connection.execute(query, {"kind": kind, "like": like})]


def any_of(connection: Connection[Row], kind: str, subject: str) -> bool:
    """Whether there is or was one."""
    row = connection.execute(
        "SELECT FROM people.cases WHERE kind = %(kind)s AND subject = %(subject)s LIMIT 1",
        {"kind": kind, "subject": subject},
    ).fetchone()
    return row is not None


def decided_last(
    connection: Connection[Row], kind: str, subject: str, outcomes: Collection[str]
) -> str | None:
    """The id of the one that a person decided so last; None where nobody did."""
    row = connection.execute(
        "SELECT id::text FROM people.cases WHERE kind = %(kind)s AND subject = %(subject)s AND state = 'decided'"
        " AND outcome = ANY(%(outcomes)s) AND reason_code <> 'by-itself' ORDER BY decided_at DESC, id LIMIT 1",
        {"kind": kind, "subject": subject, "outcomes": sorted(outcomes)},
    ).fetchone()
    return None if row is None else str(row[0])


def let_through(connection: Connection[Row], kind: str, subject: str, outcome: str, fact: str) -> bool:
    """Whether a person decided so of it, in a case that had this fact."""
    row = connection.execute(
        "SELECT FROM people.cases WHERE kind = %(kind)s AND subject = %(subject)s AND state = 'decided'"
        " AND outcome = %(outcome)s AND reason_code <> 'by-itself' AND facts ? %(fact)s LIMIT 1",
        {"kind": kind, "subject": subject, "outcome": outcome, "fact": fact},
    ).fetchone()
    return row is not None


def found_right(
    connection: Connection[Row], kind: str, subjects: Collection[str], outcome: str, since: datetime
) -> bool:
    """Whether somebody decided so since then in a case that could not wait, or took another decision back."""
    row = connection.execute(
        "SELECT FROM people.cases c WHERE c.kind = %(kind)s AND c.subject = ANY(%(subjects)s) AND c.state = 'decided'"
        " AND c.urgency = 0 AND (c.outcome = %(outcome)s AND c.decided_at > %(since)s"
        "  OR c.outcome <> %(outcome)s AND EXISTS (SELECT FROM people.cases a WHERE a.kind = 'appeal'"
        "   AND split_part(a.subject, '/', 1) = c.id::text AND a.outcome = 'change' AND a.decided_at > %(since)s)) LIMIT 1",
        {"kind": kind, "subjects": sorted(subjects), "outcome": outcome, "since": since},
    ).fetchone()
    return row is not None


def open_within(connection: Connection[Row], reach: Reach) -> list[Case]:
    """The most urgent first, of those the oldest."""
    query = (
        f"SELECT {_CASE} FROM people.cases c WHERE state <> 'decided' AND {_WITHIN}"  # noqa: S608  our own columns
        " ORDER BY urgency, opened_at, id LIMIT %(most)s"
    )
    return [Case(*row) for row in connection.execute(query, _asked_within(reach))]


def decided_since(connection: Connection[Row], reach: Reach, since: datetime, by_itself: str) -> list[Case]:
    """Those that people decided since then, the newest first. `by_itself`: the reason that says that nobody did."""
    query = (
        f"SELECT {_CASE} FROM people.cases c WHERE state = 'decided' AND decided_at >= %(since)s"  # noqa: S608  our own columns
        f" AND reason_code <> %(itself)s AND {_WITHIN} ORDER BY decided_at DESC, id LIMIT %(most)s"
    )
    at = _asked_within(reach) | {"since": since, "itself": by_itself}
    return [Case(*row) for row in connection.execute(query, at)]


def _asked_within(reach: Reach) -> dict[str, object]:
    return {
        "account": reach.account,
        "everywhere": reach.everywhere,
        "municipalities": list(reach.municipalities),
        "bodies": list(reach.bodies),
        "stages": list(reach.stages),
        "most": LOOKED_THROUGH_MOST,
    }


def change(connection: Connection[Row], case: Case) -> None:
    connection.execute(
        "UPDATE people.cases SET state = %(state)s, first_by = %(first)s, decided_by = %(by)s, decided_at = %(at)s,"
        " outcome = %(outcome)s, reason_code = %(code)s, words = %(words)s WHERE id = %(id)s",
        {
            "id": case.id,
            "state": case.state,
            "first": case.first_by,
            "by": case.decided_by,
            "at": case.decided_at,
            "outcome": case.outcome,
            "code": case.reason_code,
            "words": case.words,
        },
    )


def go_along(connection: Connection[Row], quest_id: str, body_id: str) -> None:
    """What is open about a quest, its stages and what is proposed for it is the business of the body that has it now."""
    connection.execute(
        "UPDATE people.cases c SET body_id = %(body)s WHERE c.state <> 'decided'"
        " AND (c.subject IN (%(id)s, 'quest ' || %(id)s) OR starts_with(c.subject, %(id)s || '/')"
        "  OR starts_with(c.subject, 'stage ' || %(id)s || '/')"
        "  OR c.kind = 'proposal' AND c.subject IN (SELECT id::text FROM people.proposals WHERE quest_id = %(id)s::uuid)"
        "  OR c.kind = 'appeal' AND split_part(c.subject, '/', 1) IN (SELECT n.id::text FROM people.cases n WHERE n.subject IN"
        "   (%(id)s, 'quest ' || %(id)s) OR starts_with(n.subject, 'stage ' || %(id)s || '/')))",
        {"id": quest_id, "body": body_id},
    )


def end_by_itself(
    connection: Connection[Row], kind: str, subject: str, outcome: str, reason_code: str, now: datetime
) -> str | None:
    """The id of the open case that ended so; None where there was none."""
    row = connection.execute(
        "UPDATE people.cases SET state = 'decided', outcome = %(outcome)s, decided_at = %(now)s, decided_by = NULL,"
        " reason_code = %(code)s, words = '' WHERE kind = %(kind)s AND subject = %(subject)s AND state <> 'decided'"
        " RETURNING id::text",
        {"kind": kind, "subject": subject, "outcome": outcome, "code": reason_code, "now": now},
    ).fetchone()
    return None if row is None else str(row[0])


def appealed(connection: Connection[Row], kind: str, subject: str, facts: Mapping[str, Any]) -> bool:
    """Whether an appeal is open against what was decided so, in a case with these facts."""
    row = connection.execute(
        "SELECT FROM people.cases c JOIN people.cases a ON a.kind = 'appeal' AND a.state <> 'decided'"
        " AND a.subject = c.id::text WHERE c.kind = %(kind)s AND c.subject = %(subject)s AND c.facts @> %(facts)s LIMIT 1",
        {"kind": kind, "subject": subject, "facts": Jsonb(dict(facts))},
    ).fetchone()
    return row is not None


def appeal_was_right(connection: Connection[Row], case_id: str) -> bool:
    """Whether an appeal changed what was decided in this case."""
    row = connection.execute(
        "SELECT FROM people.cases WHERE kind = 'appeal' AND outcome = 'change' AND state = 'decided'"
        " AND (subject = %(id)s OR starts_with(subject, %(id)s || '/')) LIMIT 1",
        {"id": case_id},
    ).fetchone()
    return row is not None


def end_about(connection: Connection[Row], kind: str, subject: str, outcome: str, now: datetime) -> None:
    """The open case of this kind and subject, and every appeal against one that was decided, end by themselves."""
    connection.execute(
        "UPDATE people.cases SET state = 'decided', outcome = %(outcome)s, decided_at = %(now)s, decided_by = NULL,"
        " reason_code = 'by-itself', words = '' WHERE state <> 'decided' AND (kind = %(kind)s AND subject = %(subject)s"
        "  OR kind = 'appeal' AND split_part(subject, '/', 1) IN (SELECT c.id::text FROM people.cases c"
        "   WHERE c.kind = %(kind)s AND c.subject = %(subject)s))",
        {"kind": kind, "subject": subject, "outcome": outcome, "now": now},
    )


def end_appeals(connection: Connection[Row], case_id: str, but: str, now: datetime) -> None:
    """Of what was changed anyway nobody needs to look at the appeals any more. `but`: the one that changed it."""
    connection.execute(
        "UPDATE people.cases SET state = 'decided', outcome = 'changed', decided_at = %(now)s, decided_by = NULL,"
        " reason_code = 'by-itself', words = '' WHERE kind = 'appeal' AND state <> 'decided' AND id <> %(but)s"
        " AND (subject = %(id)s OR starts_with(subject, %(id)s || '/'))",
        {"id": case_id, "but": but, "now": now},
    )


def steps(connection: Connection[Row], case_id: str) -> list[Step]:
    """The oldest first."""
    rows = connection.execute(
        "SELECT d.at, coalesce(a.name, ''), d.what, d.reason FROM people.deeds d"
        " LEFT JOIN people.accounts a ON a.id = d.account_id WHERE d.subject = %(subject)s ORDER BY d.id LIMIT 200",
        {"subject": f"case {case_id}"},
    )
    return [Step(*row) for row in rows]


def open_waiting_to_be_read(connection: Connection[Row], before: datetime) -> int:
    """Cases that nobody has read a word of since then go on without; how many."""
    return connection.execute(
        "UPDATE people.cases SET state = 'open' WHERE state = 'unread' AND opened_at < %(before)s",
        {"before": before},
    ).rowcount


def times(connection: Connection[Row], since: datetime) -> list[Times]:
    """By kind: of those that people decided since then; what nobody waited for, since it was opened by who decided, is left out."""
    rows = connection.execute(
        "SELECT kind, count(*) FILTER (WHERE state <> 'decided'), min(opened_at) FILTER (WHERE state <> 'decided'),"
        " count(waited_s), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited_s),"
        " percentile_cont(0.9) WITHIN GROUP (ORDER BY waited_s)"
        " FROM (SELECT kind, state, opened_at, CASE WHEN state = 'decided' AND reason_code <> 'by-itself'"
        "   AND decided_at > opened_at AND decided_at >= %(since)s THEN extract(epoch FROM decided_at - opened_at)::float8 END AS waited_s"
        "   FROM people.cases WHERE state <> 'decided' OR decided_at >= %(since)s) AS c"
        " GROUP BY kind ORDER BY kind",
        {"since": since},
    )
    return [Times(*row) for row in rows]


# Readings.


def add_reading(
    connection: Connection[Row],
    kind: str,
    subject: str,
    language: str,
    words: str,
    account_id: str,
    now: datetime,
) -> None:
    connection.execute(
        "INSERT INTO people.readings (kind, subject, language, words, read_by, read_at)"
        " VALUES (%(kind)s, %(subject)s, %(language)s, %(words)s, %(by)s, %(now)s)",
        {
            "kind": kind,
            "subject": subject,
            "language": language,
            "words": words,
            "by": account_id,
            "now": now,
        },
    )


def readings(connection: Connection[Row], kind: str, subject: str) -> list[Reading]:
    rows = connection.execute(
        "SELECT r.language, r.words, coalesce(a.name, ''), r.read_at FROM people.readings r"
        " LEFT JOIN people.accounts a ON a.id = r.read_by"
        " WHERE r.kind = %(kind)s AND r.subject = %(subject)s ORDER BY r.id LIMIT 100",
        {"kind": kind, "subject": subject},
    )
    return [Reading(*row) for row in rows]


# The duty calendar.


def readers(
    connection: Connection[Row], duties: Iterable[str], municipality: str, day: date | None = None
) -> list[str]:
    """Languages that somebody in these duties reads there; with `day`: somebody on duty that day."""
    rows = connection.execute(
        "SELECT DISTINCT unnest(d.languages) FROM people.duties d"  # noqa: S608  our own words
        f" JOIN people.accounts a ON a.id = d.account_id AND {HOLDS} WHERE d.duty = ANY(%(duties)s) AND d.municipality IN ('', %(in)s) AND a.leaves_at IS NULL"
        " AND (%(day)s::date IS NULL OR EXISTS (SELECT FROM people.duty_days o"
        "   WHERE o.account_id = d.account_id AND o.day = %(day)s::date)) ORDER BY 1",
        {"duties": list(duties), "in": municipality, "day": day},
    )
    return [row[0] for row in rows]


def next_day(
    connection: Connection[Row], duties: Iterable[str], municipality: str, today: date
) -> date | None:
    """The first day, not before today, on which somebody in one of these duties is on duty there."""
    row = connection.execute(
        "SELECT min(o.day) FROM people.duty_days o JOIN people.duties d ON d.account_id = o.account_id"  # noqa: S608  ours
        f" AND {HOLDS} JOIN people.accounts a ON a.id = o.account_id"
        " WHERE o.day >= %(today)s AND d.duty = ANY(%(duties)s) AND d.municipality IN ('', %(in)s)"
        " AND a.leaves_at IS NULL",
        {"today": today, "duties": list(duties), "in": municipality},
    ).fetchone()
    return None if row is None else row[0]


def calendar(connection: Connection[Row], since: date, until: date) -> list[OnDuty]:
    rows = connection.execute(
        "SELECT o.day, o.account_id::text, a.name, d.duty, d.municipality, d.languages FROM people.duty_days o"  # noqa: S608  ours
        f" JOIN people.accounts a ON a.id = o.account_id JOIN people.duties d ON d.account_id = o.account_id AND {HOLDS}"
        " WHERE o.day BETWEEN %(since)s AND %(until)s AND a.leaves_at IS NULL ORDER BY o.day, a.name, d.duty, d.municipality",
        {"since": since, "until": until},
    )
    return [
        OnDuty(day, account, name, Duty(duty, where, tuple(languages)))
        for day, account, name, duty, where, languages in rows
    ]


def days_of(connection: Connection[Row], account_id: str, since: date) -> list[date]:
    rows = connection.execute(
        "SELECT day FROM people.duty_days WHERE account_id = %(id)s AND day >= %(since)s ORDER BY day",
        {"id": account_id, "since": since},
    )
    return [row[0] for row in rows]


def set_days(connection: Connection[Row], account_id: str, days: Iterable[date], since: date) -> None:
    """In place of all that stood there from `since` on."""
    connection.execute(
        "DELETE FROM people.duty_days WHERE account_id = %(id)s AND day >= %(since)s",
        {"id": account_id, "since": since},
    )
    connection.execute(
        "INSERT INTO people.duty_days (account_id, day) SELECT %(id)s, unnest(%(days)s::date[])",
        {"id": account_id, "days": sorted(set(days))},
    )


def forget(connection: Connection[Row], now: datetime) -> int:
    """Cases decided and words read more than two years ago, and duty days that are long past. [rows]"""
    before = now - timedelta(days=KEPT_DAYS[TWO_YEARS])
    return sum(
        connection.execute(statement, {"before": before}).rowcount
        for statement in (
            "DELETE FROM people.cases WHERE decided_at < %(before)s",
            "DELETE FROM people.readings WHERE read_at < %(before)s",
            "DELETE FROM people.duty_days WHERE day < %(before)s::date",
        )
    )
