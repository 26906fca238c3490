"""Mail, by a real SMTP server; what comes back, what waits, and what is laid into a folder."""

import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from server.config import SettingError, read_settings
from server.mail import Bounced, MailGone, Sender
from server.stores import accounts
from server.stores import mails as outgoing
from server.stores.database import Database
from server.use_cases import mails
from tests.server.seaweed import free_ports

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Postman:
    """Takes what comes, but for whom it does not know."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], EmailMessage]] = []
        self.unknown: dict[str, str] = {}
        self.lock = threading.Lock()

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self.lock:
            self.got.append((list(envelope.rcpt_tos), message))
        return "250 OK"


@contextmanager
def server(postman: Postman) -> Iterator[str]:
    (port,) = free_ports(1)
    controller = Controller(postman, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def url(postman: Postman, socket_enabled: None) -> Iterator[str]:
    with server(postman) as found:
        yield found


def put(database: Database, address: str, body: str = "Hej.", made: datetime = NOON) -> int:
    with database.transaction() as connection:
        return outgoing.put(connection, address, "Din kod: 123 456", body, made)


def waiting(database: Database) -> int:
    rows = database.private.read("SELECT count(*) FROM people.mails")
    number: int = rows[0][0]
    return number


def test_a_mail_arrives_whole_and_is_forgotten(
    opened: Database, postman: Postman, url: str, tmp_path: Path
) -> None:
    sender = Sender(url, "rotfaste@example.se", tmp_path)
    mail = put(opened, "asa@example.se", "Hej Åsa.\nДякую.\nشكرا")

    assert mails.send(opened, sender, mail, NOON) == "sent"

    ((to, message),) = postman.got
    assert to == ["asa@example.se"]
    assert message["Subject"] == "Din kod: 123 456"
    assert message["From"] == "Rotfäste <rotfaste@example.se>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().split() == ["Hej", "Åsa.", "Дякую.", "شكرا"]
    assert message.get_content_type() == "text/plain"
    assert waiting(opened) == 0
    assert mails.send(opened, sender, mail, NOON) == "gone"


def test_one_that_comes_back_is_written_down_and_not_sent_again(
    opened: Database, postman: Postman, url: str, tmp_path: Path
) -> None:
    postman.unknown["nobody@example.se"] = "550 No such user"
    with opened.transaction() as connection:
        account = accounts.Account(
            "0a1b2c3d-0000-4000-8000-000000000000", "", None, is_adult=True, created_at=NOON
        )
        accounts.add_account(connection, account)
        accounts.set_address(connection, account.id, "nobody@example.se", NOON)
    mail = put(opened, "nobody@example.se")

    assert mails.send(opened, Sender(url, "r@example.se", tmp_path), mail, NOON) == "bounced"

    assert waiting(opened) == 0
    assert opened.private.read("SELECT bounced_at FROM people.addresses") == [(NOON,)]
    with opened.transaction() as connection:  # a code that arrives again makes it good
        assert accounts.set_address(connection, account.id, "nobody@example.se", NOON)
    assert opened.private.read("SELECT bounced_at FROM people.addresses") == [(None,)]


def test_what_cannot_be_sent_now_waits_and_is_sent_later(
    opened: Database, postman: Postman, socket_enabled: None, tmp_path: Path
) -> None:
    gone = Sender("smtp://127.0.0.1:9", "r@example.se", tmp_path)
    mail = put(opened, "asa@example.se")
    assert mails.send(opened, gone, mail, NOON) == "waits"
    postman.unknown["olle@example.se"] = "451 Try again later"
    put(opened, "olle@example.se")

    with server(postman) as url:
        later = NOON + timedelta(minutes=5)
        done = mails.send_waiting(opened, Sender(url, "r@example.se", tmp_path), later)

    assert done == {"sent": 1, "waits": 1}
    assert waiting(opened) == 1
    mails.forget(opened, NOON + timedelta(days=1, seconds=1))
    assert waiting(opened) == 0


def test_two_workers_send_it_once(opened: Database, postman: Postman, url: str, tmp_path: Path) -> None:
    sender = Sender(url, "r@example.se", tmp_path)
    numbers = [put(opened, f"{number}@example.se") for number in range(10)]
    said: list[str] = []

    def work() -> None:
        said.extend(mails.send(opened, sender, number, NOON) for number in numbers)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert said.count("sent") == 10
    assert sorted(to for (to,), _ in postman.got) == sorted(f"{number}@example.se" for number in range(10))


def test_no_password_goes_out_in_the_clear(url: str, tmp_path: Path) -> None:
    with_password = url.replace("smtp://", "smtp://user:secret@")

    with pytest.raises(MailGone, match="STARTTLS"):
        Sender(with_password, "r@example.se", tmp_path).send("a@example.se", "x", "x")
    assert "secret" not in repr(Sender(with_password, "r@example.se", tmp_path))


def test_nobody_writes_headers_by_a_name(url: str, postman: Postman, tmp_path: Path) -> None:
    Sender(url, "r@example.se", tmp_path).send("a@example.se", "x\nBcc: all@example.se", "x")

    ((to, message),) = postman.got
    assert to == ["a@example.se"]
    assert message["Bcc"] is None


def test_without_a_server_mails_lie_where_the_operator_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    Sender(None, "rotfaste@localhost", folder).send("asa@example.se", "Kod", "Åäö")

    (file,) = folder.iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"] == "asa@example.se"
    assert folder.stat().st_mode & 0o077 == 0


def test_an_address_that_is_refused_for_good_is_told_apart(
    url: str, postman: Postman, tmp_path: Path
) -> None:
    postman.unknown |= {"a@example.se": "550 No", "b@example.se": "450 Later"}
    sender = Sender(url, "r@example.se", tmp_path)

    with pytest.raises(Bounced):
        sender.send("a@example.se", "x", "x")
    with pytest.raises(MailGone):
        sender.send("b@example.se", "x", "x")


@pytest.mark.parametrize("text", ["mail.example.se", "http://mail.example.se", "smtp://", "smtp://h:0"])
def test_a_setting_that_cannot_be_is_told(text: str) -> None:
    with pytest.raises(SettingError, match="ROTFASTE_SMTP_URL"):
        read_settings({"ROTFASTE_SMTP_URL": text})
