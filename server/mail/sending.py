"""One mail at a time, by SMTP; what a mail server says no to for good is told from what may work later."""

import smtplib
import ssl
import uuid
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20
FOR_GOOD = 500


class MailGone(Exception):
    """The mail server cannot be reached or takes nothing now: to be tried again."""


class Bounced(Exception):
    """There is nobody at that address."""


@dataclass(frozen=True, slots=True)
class Sender:
    """`url`: smtp:// or smtps://; None: mails are laid into `folder`."""

    url: str | None = field(repr=False)
    sender: str
    folder: Path

    def send(self, to: str, subject: str, body: str) -> None:
        """Raises MailGone, Bounced."""
        message = _message(self.sender, to, subject, body)
        if self.url is None:
            self._lay(message)
            return
        try:
            with _connected(self.url) as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= FOR_GOOD for code, _ in error.recipients.values()):
                raise Bounced(to) from None
            raise MailGone(str(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailGone(str(error)) from None

    def _lay(self, message: EmailMessage) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{message['Date'].datetime:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}.eml"
        unfinished = self.folder / f".{name}"
        unfinished.write_bytes(message.as_bytes())
        unfinished.rename(self.folder / name)


def _message(sender: str, to: str, subject: str, body: str) -> EmailMessage:
    """Plain text, so that nothing is fetched and nobody is told that it was read."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Rotfäste", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_S)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif parts.username:
            server.quit()
            raise MailGone("the mail server has no STARTTLS: the password would be readable on its way")
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
