"""Mail: given to a mail server, or laid into a folder where none is set."""

from server.mail.sending import Bounced, MailGone, Sender

__all__ = ["Bounced", "MailGone", "Sender"]
