"""What was decided, told to whom it concerns, each in their own language."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from psycopg import Connection

from server.policy.acts.cases import KINDS as LOOKS
from server.stores import accounts, bodies
from server.stores.cases import Case
from server.stores.database import Row
from server.use_cases.cases import KINDS
from server.use_cases.cases.kinds import Card, Decision, Say, Voice
from server.use_cases.cases.reasons import REASONS
from server.use_cases.sign_in import post


def tell(
    connection: Connection[Row], case: Case, decision: Decision, card: Card, voice: Voice, now: datetime
) -> None:
    """Mails whoever asked, and whose thing it was decided against, each in their own language.

    An address at which nobody is any more bounces quietly: what was decided stands all the same.
    """
    told = {case.asked_by} if case.asked_by is not None else set()
    if "body" in KINDS[case.kind].against(case, decision):
        told |= whose(connection, case)
    for asker, language in KINDS[case.kind].askers(connection, case):
        subject, body = told_in(case, decision, card, voice.say, (language,), against="asker")
        post(connection, asker, subject, body, now)
    for account_id, address, language in written_to(connection, told):
        against = "asker" if account_id == case.asked_by else "body"
        subject, body = told_in(case, decision, card, voice.say, (language,), against=against)
        if voice.home:
            link = f"{voice.home}/studio/inbox/{case.id}"
            body = f"{body}\n\n{voice.say('mail.case.link', {'link': link}, (language,))[0]}"
        post(connection, address, subject, body, now)


def written_to(connection: Connection[Row], people: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Account, address and language of each of these who can be written to."""
    for account_id in sorted(people):
        account = accounts.find(connection, account_id)
        address = accounts.address_of(connection, account_id)
        if account is not None and address is not None:
            yield account_id, address, account.language or "sv"


def whose(connection: Connection[Row], case: Case) -> frozenset[str]:
    """Accounts of those whose thing it is about: owners of its body, its maker."""
    owners = () if case.body_id is None else bodies.owners(connection, case.body_id)
    return frozenset(owners) | ({case.maker} if case.maker is not None else frozenset())


def told_in(
    case: Case,
    decision: Decision,
    card: Card,
    say: Say,
    languages: tuple[str, ...],
    *,
    against: str,
) -> tuple[str, str]:
    """Subject and body of the mail that says what was decided and why: a statement of reasons (DSA art. 17)."""

    def said(key: str, **facts: str) -> str:
        return say(key, facts, languages)[0]

    title = in_languages(card.title, languages)
    what = said(f"case.decided.{case.kind}.{decision.key}")
    lines = [said("mail.case.body", title=title, decision=what)]
    if case.reason_code:
        reason = said(f"case.reason.{case.reason_code}")
        lines.append(
            said(
                "mail.case.reason",
                reason=reason,
                ground=said(f"case.ground.{REASONS[case.reason_code].ground}"),
            )
        )
    if case.words:
        lines.append(case.words)
    lines.append(said("mail.case.person"))
    if against in decision.against and LOOKS[case.kind].appeal:
        lines.append(said("mail.case.appeal"))
    return said("mail.case.subject", title=title), "\n\n".join(lines)


def in_languages(title: object, languages: Iterable[str]) -> str:
    """A card's title in the first of the languages that it has."""
    if not isinstance(title, dict):
        return str(title)
    by_tag = {str(tag): str(words) for tag, words in title.items()}
    for tag in (*languages, "sv", "en"):
        if tag in by_tag:
            return by_tag[tag]
    return next((by_tag[tag] for tag in sorted(by_tag)), "")
