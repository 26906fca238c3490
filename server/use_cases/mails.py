"""Mails on their way out, and what of people is kept for a day only."""

from collections import Counter
from datetime import datetime, timedelta

from server.mail import Bounced, MailGone, Sender
from server.stores import accounts, cases, looks, mails, notices, proposals
from server.stores.database import Database

WAITED = timedelta(minutes=2)


def send(database: Database, sender: Sender, mail_id: int, now: datetime) -> str:
    """Sends a mail and forgets it: sent, gone (somebody else sent it), bounced, or waits for another try."""
    try:
        with database.transaction() as connection:
            mail = mails.take(connection, mail_id)
            if mail is None:
                return "gone"
            try:
                sender.send(*mail)
            except Bounced:
                accounts.bounced(connection, mail[0], now)
                return "bounced"
    except MailGone:
        return "waits"
    return "sent"


def send_waiting(database: Database, sender: Sender, now: datetime) -> dict[str, int]:
    """What could not be sent when it was made; by what became of it. The first that still waits ends it."""
    with database.transaction() as connection:
        waiting = mails.waiting(connection, now - WAITED)
    done: Counter[str] = Counter()
    for mail_id in waiting:
        state = send(database, sender, mail_id, now)
        done[state] += 1
        if state == "waits":
            break
    return dict(done)


def forget(database: Database, now: datetime) -> int:
    """What of people is kept for a while only, and that while is over. [rows]"""
    with database.transaction() as connection:
        return sum(store.forget(connection, now) for store in (accounts, notices, cases, looks, proposals))
