"""Letters wait in a table: written with what they tell of, sent later, tried again, sent once.

A letter is claimed before it goes: its next try is put off in a transaction of its own, so that no
other process takes it. Where the program is ended between the server's yes and our note of it, the
letter goes once more, under the same Message-ID. Contact data is opened only as it goes.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from geo.errors import InputError
from webapp.consultation import contacts, reading
from webapp.consultation.clock import Clock
from webapp.consultation.contacts import Details
from webapp.consultation.letters import Subject, letter
from webapp.consultation.tables import Contact, Decision, Mail, Notice, Opinion
from webapp.database import Database
from webapp.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_TRIES = 9
#: A letter of long ago says nothing new: a server that is set up later does not send it.
_STALE = timedelta(days=7)
#: A decision may be mended for so long before its author is told.
GRACE = timedelta(minutes=10)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
_TIMEOUT_SECONDS = 20


class Refused(Exception):  # noqa: N818 - the name says it
    """The server will never take this letter."""


class Unreachable(Exception):  # noqa: N818 - the name says it
    """The server did not take it now; another try may help."""


class Post(Protocol):
    """Takes a letter, or raises :class:`Refused` or :class:`Unreachable`."""

    def __call__(self, message: EmailMessage) -> None:
        """Hand it over."""


@dataclass(frozen=True)
class Round:
    """What became of the letters that were due."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


# ---------------------------------------------------------------- written with what they tell of


def queue(session: Session, opinion_id: int, kind: str, at: datetime, subject_id: int = 0) -> None:
    """Put a letter into the table, within the transaction of what it tells; once."""
    same = select(Mail.id).where(
        Mail.opinion_id == opinion_id, Mail.kind == kind, Mail.subject_id == subject_id
    )
    if session.scalar(same) is None and _reachable(session, opinion_id):
        after = at + GRACE if kind == "decision" else at
        session.add(
            Mail(opinion_id=opinion_id, kind=kind, subject_id=subject_id, at=at, next_at=after)
        )


def queue_decision(session: Session, decision: Decision) -> None:
    """A letter for each author whom a decision answers."""
    answered = [decision.opinion_id] if decision.opinion_id is not None else _members(decision)
    for opinion_id in _ids(session, answered):
        queue(session, opinion_id, "decision", decision.at, decision.id)


def _members(decision: Decision) -> Any:
    return select(Opinion.id).where(Opinion.group_id == decision.group_id)


def _ids(session: Session, wanted: Any) -> Iterable[int]:
    return wanted if isinstance(wanted, list) else session.scalars(wanted).all()


def queue_closing(session: Session, now: datetime) -> int:
    """A letter for each author of a notice that has closed; how many were put in.

    A notice closes by the clock, and so within no transaction: this is asked for from time to time.
    """
    told = exists().where(Mail.opinion_id == Opinion.id, Mail.kind == "closing")
    wanted = (
        select(Opinion.id, Notice.closes_at)
        .join(Notice, Notice.id == Opinion.notice_id)
        .join(Contact, Contact.opinion_id == Opinion.id)
        .where(Contact.sealed.is_not(None), Notice.withdrawn_at.is_(None), ~told)
        .where(Notice.closes_at <= now, Notice.closes_at > now - _STALE)
    )
    found = session.execute(wanted).all()
    for opinion_id, closes_at in found:
        queue(session, opinion_id, "closing", closes_at or now)
    return len(found)


def _reachable(session: Session, opinion_id: int) -> bool:
    contact = session.get(Contact, opinion_id)
    return contact is not None and contact.sealed is not None


# ---------------------------------------------------------------- sent later


def post_due(database: Database, settings: Settings, post: Post, clock: Clock) -> Round:
    """Send every letter that is due."""
    with database.writing() as session:
        queue_closing(session, clock.now())
    counts = {"sent": 0, "put_off": 0, "given_up": 0}
    while (claimed := _claim(database, clock.now())) is not None:
        counts[_try(database, settings, post, clock, claimed)] += 1
    return Round(**counts)


def _claim(database: Database, now: datetime) -> int | None:
    """The next letter that is due, which from now on is nobody else's; None where none is."""
    with database.writing() as session:
        wanted = select(Mail).where(Mail.sent_at.is_(None), Mail.next_at <= now)
        mail = session.scalar(
            wanted.order_by(Mail.next_at, Mail.id).limit(1).with_for_update(skip_locked=True)
        )
        if mail is None:
            return None
        mail.tries += 1
        mail.next_at = now + pause(mail.tries)
        return mail.id


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries: a minute, then four times as long each time."""
    longer: int = 4 ** (tries - 1)
    return min(_FIRST_PAUSE * longer, _LONGEST_PAUSE)


def _try(database: Database, settings: Settings, post: Post, clock: Clock, mail_id: int) -> str:
    with database.reading() as session:
        message = _written(session, settings, session.get_one(Mail, mail_id), clock.now())
    if message is None:
        return _end(database, mail_id, lambda _mail: "given_up")
    try:
        post(message)
    except Refused:
        return _end(database, mail_id, lambda _mail: "given_up")
    except Unreachable:
        return _end(database, mail_id, _again)
    return _end(database, mail_id, lambda mail: _sent(mail, clock.now()))


def _sent(mail: Mail, at: datetime) -> str:
    mail.sent_at = at
    return "sent"


def _again(mail: Mail) -> str:
    return "put_off" if mail.tries < MOST_TRIES else "given_up"


def _end(database: Database, mail_id: int, ending: Callable[[Mail], str]) -> str:
    """Keep how a try ended; a letter that was sent or given up is not looked at again."""
    with database.writing() as session:
        mail = session.get_one(Mail, mail_id)
        how = ending(mail)
        if how != "put_off":
            mail.next_at = None
        return how


def _written(
    session: Session, settings: Settings, mail: Mail, now: datetime
) -> EmailMessage | None:
    """The letter; None where there is nobody to send it to, or nothing to tell any more."""
    if mail.at < now - _STALE:
        return None
    opinion = session.get_one(Opinion, mail.opinion_id)
    notice = session.get_one(Notice, opinion.notice_id)
    decision = None
    if mail.kind == "decision":
        voice = reading.voice_of(session, opinion.receipt)
        decision = voice.decision if voice else None
        if decision is None or decision.id != mail.subject_id:
            return None
    to = _address(session, settings, opinion)
    if not to:
        return None
    try:
        return letter(
            mail,
            Subject(notice, opinion, decision),
            to=to,
            sender=settings.mail_from,
            site=settings.public_url.rstrip("/"),
            at=now,
        )
    except (ValueError, MessageError):
        return None


def _address(session: Session, settings: Settings, opinion: Opinion) -> str:
    contact = session.get(Contact, opinion.id)
    if contact is None or contact.sealed is None:
        return ""
    try:
        opened = contacts.open_sealed(settings.contact_key.get_secret_value(), contact.sealed)
    except InputError:
        return ""
    address = opened.get("email", "")
    return "" if Details(email=address).problems() else address


# ---------------------------------------------------------------- the server


def enabled(settings: Settings) -> bool:
    """Whether letters are sent at all: there is a server, a sender and a site to lead to."""
    return bool(settings.mail_server and settings.mail_from and settings.public_url)


class Server:
    """The mail server of the settings; a connection for each letter."""

    def __init__(self, settings: Settings) -> None:
        host, _, port = settings.mail_server.rpartition(":")
        self._host, self._port = host.strip("[]"), int(port)
        self._settings = settings

    def __call__(self, message: EmailMessage) -> None:
        """Hand a letter over.

        Raises
        ------
        Refused
            The address is refused for good.
        Unreachable
            The server is not there, refuses us, or asks for another try.
        """
        try:
            with self._opened() as connection:
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refusal(code for code, _words in error.recipients.values()) from None
        except smtplib.SMTPNotSupportedError:
            raise Refused from None
        except (OSError, smtplib.SMTPException):
            # What the server said may hold the address: it is not kept.
            raise Unreachable from None

    @staticmethod
    def _refusal(codes: Iterable[int]) -> Exception:
        return Refused() if all(code >= 500 for code in codes) else Unreachable()

    @contextmanager
    def _opened(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        options: dict[str, Any] = {"timeout": _TIMEOUT_SECONDS}
        if self._settings.mail_tls == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, context=context, **options
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, **options)
        with connection:
            if self._settings.mail_tls == "starttls":
                connection.starttls(context=context)
            if self._settings.mail_user:
                password = self._settings.mail_password.get_secret_value()
                connection.login(self._settings.mail_user, password)
            yield connection
