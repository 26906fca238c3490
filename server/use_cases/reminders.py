"""A mail to whoever looks after stages that wait: one list, and never more than one in a week."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from psycopg import Connection

from quests.languages import best
from server.policy.rights import EDITORS
from server.stores import accounts, bodies, jobs, mails, reminders, stewards
from server.stores.database import Database, Row
from server.use_cases import stages
from server.use_cases.stages import Stage

WAITED = timedelta(days=3)
EVERY = timedelta(days=7)
LISTED_MOST = 20
INBOX = "/studio/inbox"

#: A sentence for a key and its facts in the first of the languages that has it.
Say = Callable[[str, Mapping[str, object], Iterable[str]], tuple[str, str]]


def remind(database: Database, say: Say, home: str, now: datetime) -> int:
    """Writes to everybody who has waited for; how many. `home`: the address that people find this at, may be empty."""
    with database.transaction() as connection:
        waiting = _waiting(connection, now)
    return sum(_remind(database, account, found, say, home, now) for account, found in waiting.items())


def _waiting(connection: Connection[Row], now: datetime) -> dict[str, list[Stage]]:
    """By account, the stages that somebody should have looked at by now, those that waited longest first."""
    found: dict[str, list[Stage]] = defaultdict(list)
    for subject in reminders.waiting(connection, stages.CASE, now - WAITED):
        quest_id, _, key = subject.partition("/")
        stage = stages.find(connection, quest_id, key)
        if stage is not None:
            for account in _look_after(connection, stage):
                found[account].append(stage)
    return found


def _look_after(connection: Connection[Row], stage: Stage) -> set[str]:
    """Its stewards, and who answers for it in its body."""
    found = {one.account for one in stewards.of_stage(connection, stage.quest.id, stage.key)}
    body = None if stage.body is None else bodies.find(connection, stage.body)
    if body is not None and body.state == "active":
        leading = bodies.members(connection, body.id)
        found |= {one.account for one in leading if one.role in EDITORS}
    return found


def _remind(
    database: Database, account_id: str, waiting: list[Stage], say: Say, home: str, now: datetime
) -> bool:
    """The mail and the day of it in one transaction: whatever is done twice at once, one mail is written."""
    with database.transaction() as connection:
        account = accounts.find(connection, account_id)
        if account is None or account.leaves_at is not None:
            return False
        if not reminders.take_turn(connection, account_id, now, now - EVERY):
            return False
        address = reminders.address(connection, account_id)
        if address is None:
            return False
        languages = (account.language or "sv",)
        lines = "\n".join(f"– {_named(stage, languages)}" for stage in waiting[:LISTED_MOST])
        facts = {"list": lines, "link": home.rstrip("/") + INBOX}
        subject, _ = say("mail.reminder.subject", {}, languages)
        body, _ = say("mail.reminder.body", facts, languages)
        mail = mails.put(connection, address, subject, body, now)
        jobs.put(connection, jobs.SEND_MAIL, {"mail": mail})
        return True


def _named(stage: Stage, languages: tuple[str, ...]) -> str:
    texts = stage.quest.texts[best(stage.quest.texts, languages)]
    own = texts.stages.get(stage.key)
    return f"{texts.title}: {stage.key if own is None else own.title}"
