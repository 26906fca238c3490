"""The duty calendar: who looks into the inbox on which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from quests.region import SWEDEN
from server.policy.rights import DUTIES, Who
from server.stores import accounts, cases, duties
from server.stores.cases import OnDuty
from server.stores.database import Database
from server.use_cases.problem import Problem
from server.use_cases.sign_in import Person

SHOWN_DAYS = 60
SAID_DAYS = 400
#: Duties in which somebody looks into the inbox.
LOOKS = frozenset({*DUTIES, Who.LANGUAGE_HELPER})


@dataclass(frozen=True, slots=True)
class Calendar:
    """`mine`: the person's own days from today on."""

    on_duty: tuple[OnDuty, ...]
    mine: tuple[date, ...]


def calendar(database: Database, person: Person, now: datetime) -> Calendar:
    """For the next sixty days. Empty for whoever has no duty."""
    today = now.astimezone(SWEDEN).date()
    with database.transaction() as connection:
        if not duties.of_account(connection, person.id):
            return Calendar((), ())
        everybody = cases.calendar(connection, today, today + timedelta(days=SHOWN_DAYS))
        return Calendar(
            tuple(one for one in everybody if one.duty.duty in LOOKS),
            tuple(cases.days_of(connection, person.id, today)),
        )


def set_days(database: Database, person: Person, days: Iterable[date], now: datetime) -> Calendar:
    """In place of the own days from today on. Raises Problem: not-yours, bad-day."""
    today = now.astimezone(SWEDEN).date()
    wanted = sorted(set(days))
    if wanted and not today <= wanted[0] <= wanted[-1] <= today + timedelta(days=SAID_DAYS):
        raise Problem("bad-day", pointer="/days")
    with database.transaction() as connection:
        accounts.find(connection, person.id, lock=True)
        if not any(duty.duty in LOOKS for duty in duties.of_account(connection, person.id)):
            raise Problem("not-yours")
        cases.set_days(connection, person.id, wanted, today)
    return calendar(database, person, now)
