"""Taking an opinion in: a number without a gap, a receipt, and the entry in the log, or nothing."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, Problem, ProblemKind
from geo.types import Text, listing
from webapp import journal
from webapp.consultation import contacts, fields, mailing, receipts
from webapp.consultation.attachments import MOST_FILES, Cleaned, Files
from webapp.consultation.contacts import Details
from webapp.consultation.reading import NOTICE
from webapp.consultation.states import TAKES_OPINIONS, State, state_of
from webapp.consultation.tables import Attachment, Contact, Notice, Opinion
from webapp.consultation.words import STANCES, TOPICS, Channel, Stance
from webapp.settings import Settings

MOST_CHARACTERS = 2000
#: Who acts in the log where a resident does.
PUBLIC = "public"
_FIELD = "words"
#: Blanks, control and format characters. What is newer than this Python's tables may be seen.
_NOT_SEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})

EMPTY = ProblemKind(
    "opinion-empty",
    "error",
    Text(zh="还没有写意见", en="There is no opinion yet"),
    Text(zh="写几句话再继续", en="Write some words and go on"),
)
TOO_LONG = ProblemKind(
    "opinion-too-long",
    "error",
    Text(
        zh="意见有 {count} 个字，最多 {most} 个",
        en="The opinion has {count} characters; {most} are allowed",
    ),
    Text(
        zh="删去一些，或把细节放进附件；写下的文字都还在",
        en="Shorten it or put the details in a file; nothing you wrote is lost",
    ),
)
UNFIT = ProblemKind(
    "opinion-unfit",
    "error",
    Text(
        zh="意见里有看不见、也不能保存的控制字符：{which}",
        en="There are control characters that cannot be seen or kept: {which}",
    ),
    Text(
        zh="多半是从别处粘贴带来的。请删去；其余文字一字未动",
        en="They mostly come with a paste. Take them out; nothing else was changed",
    ),
)
UNKNOWN = ProblemKind(
    "opinion-choice",
    "error",
    Text(zh="“{title}”里没有“{value}”", en="“{title}” does not offer “{value}”"),
    Text(zh="重新选择", en="Choose again"),
)
TOO_MANY_FILES = ProblemKind(
    "opinion-files",
    "error",
    Text(zh="附件最多 {most} 个", en="There may be {most} files at most"),
    Text(zh="去掉几个再试", en="Take some off"),
)
CLOSED = ProblemKind(
    "opinion-closed",
    "error",
    Text(zh="这份公示现在不收意见：{state}", en="This notice takes no opinions now: {state}"),
    Text(
        zh="可以寄到：{address}；写下的文字还在，可以复制",
        en="You may write to {address}; what you wrote is still here to copy",
    ),
)
KINDS = (EMPTY, TOO_LONG, UNFIT, UNKNOWN, TOO_MANY_FILES, CLOSED)

#: Said of a notice that takes no opinions.
_WHY: dict[State, Text] = {
    "draft": Text(zh="还没有公示", en="it is not announced"),
    "scheduled": Text(zh="还没有开始", en="it has not begun"),
    "closed": Text(zh="已经截止", en="it has closed"),
    "answered": Text(zh="已经答复", en="it has been answered"),
    "withdrawn": Text(zh="已经撤回", en="it was withdrawn"),
}
_NO_ADDRESS = Text(zh="公示单位（地址见公示页）", en="the announcing body (see the notice)")


class Closed(InputError):  # noqa: N818 - the name says it
    """An opinion came before a notice began or after it ended."""


@dataclass(frozen=True)
class Sent:
    """What somebody sends, with everything that is wrong told at once by :meth:`problems`.

    Attributes
    ----------
    key
        Made with the form; the same key twice is one opinion.
    words
        As they were written; a new line is one line feed.
    topics
        Ids of the notice's topics.
    project
        Id of a project of the notice; None for the whole plan.
    """

    key: str
    words: str
    stance: Stance | None = None
    topics: tuple[str, ...] = ()
    project: str | None = None
    files: tuple[Cleaned, ...] = ()
    contact: Details | None = None

    def problems(self, notice: Notice) -> list[Problem]:
        """What is wrong with it for a notice."""
        found = [*problems_of_words(self.words), *_choices(self, notice)]
        if len(self.files) > MOST_FILES:
            found.append(TOO_MANY_FILES.at(field="files", most=MOST_FILES))
        return [*found, *(self.contact.problems() if self.contact else ())]


def problems_of_words(words: str) -> list[Problem]:
    """What is wrong with a text: nothing to be read, too much, or what cannot be kept."""
    found = []
    if all(unicodedata.category(one) in _NOT_SEEN for one in words):
        found.append(EMPTY.at(field=_FIELD))
    if len(words) > MOST_CHARACTERS:
        found.append(TOO_LONG.at(field=_FIELD, count=len(words), most=MOST_CHARACTERS))
    if unfit := Counter(one for one in words if is_unfit(one)):
        told = listing(f"U+{ord(one):04X} × {count}" for one, count in unfit.items())
        found.append(UNFIT.at(field=_FIELD, which=told))
    return found


def is_unfit(character: str) -> bool:
    """Whether a character can stand in no page, table or document: told, never dropped.

    Control characters but the tab and the line feed, halves of a pair, and what Unicode reserves.
    """
    code = ord(character)
    return (
        (unicodedata.category(character) == "Cc" and character not in "\t\n")
        or 0xD800 <= code <= 0xDFFF
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )


def topics_of(notice: Notice) -> Sequence[dict[str, str]]:
    """What an opinion on a notice may be about: its own topics, else those that are usual."""
    return notice.topics or [dict(one) for one in TOPICS]


def receive(
    session: Session,
    files: Files,
    settings: Settings,
    notice: Notice,
    sent: Sent,
    *,
    at: datetime,
    channel: Channel = "web",
    by: str | None = None,
    entered_at: datetime | None = None,
) -> Opinion:
    """Take in an opinion: whole, with its receipt and its entry in the log, or not at all.

    Parameters
    ----------
    session
        A writing one. The notice is locked until it ends: numbers follow each other.
    at
        When it reached the zone. One that arrived in time counts, however long it waited here.
    by, entered_at
        Who of the staff writes it down, and when, where it did not come by the web.

    Returns
    -------
    Opinion
        The one of the same key, where it was received before.

    Raises
    ------
    Closed
        The notice took no opinions at that moment.
    InputError
        With everything that is wrong.
    """
    locked = _locked(session, notice.id)
    known = session.scalar(select(Opinion).where(Opinion.key == sent.key))
    if known is not None:
        return known
    refuse_closed(locked, at)
    if problems := sent.problems(locked):
        raise InputError(problems)
    opinion = Opinion(
        notice_id=locked.id,
        number=_next_number(session, locked.id),
        receipt=_new_receipt(session, settings.receipt_prefix, locked.id),
        key=sent.key,
        channel=channel,
        received_at=at,
        entered_at=entered_at or at,
        entered_by=by,
        words=sent.words,
        stance=sent.stance,
        topics=list(sent.topics),
        project=sent.project,
    )
    session.add(opinion)
    session.flush()
    attachments = _attach(session, files, opinion, sent.files, is_scan=by is not None)
    _seal(session, settings, opinion, sent.contact)
    _log(session, opinion, attachments)
    return opinion


def refuse_closed(notice: Notice, at: datetime) -> None:
    """Raise :class:`Closed` where a notice takes no opinions at a moment."""
    state = state_of(notice, at)
    if state not in TAKES_OPINIONS:
        address = notice.address or _NO_ADDRESS
        raise Closed(CLOSED.at(state=_WHY[state], address=address))


def _locked(session: Session, notice_id: str) -> Notice:
    found = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(NOTICE, notice_id)
    return found


def _choices(sent: Sent, notice: Notice) -> list[Problem]:
    offered: list[tuple[str, Text, Sequence[str | None], Collection[str | None]]] = [
        ("stance", Text(zh="态度", en="Stance"), [sent.stance], [None, *STANCES]),
        (
            "topics",
            Text(zh="主题", en="Topics"),
            sent.topics,
            [one["id"] for one in topics_of(notice)],
        ),
        ("project", Text(zh="项目", en="Project"), [sent.project], [None, *notice.projects]),
    ]
    return [
        UNKNOWN.at(field=field, title=title, value=value)
        for field, title, chosen, allowed in offered
        for value in chosen
        if value not in allowed
    ]


def _next_number(session: Session, notice_id: str) -> int:
    last = session.scalar(select(func.max(Opinion.number)).where(Opinion.notice_id == notice_id))
    return (last or 0) + 1


def _new_receipt(session: Session, prefix: str, notice_id: str) -> str:
    while True:
        receipt = receipts.make(prefix, notice_id)
        if session.scalar(select(Opinion.id).where(Opinion.receipt == receipt)) is None:
            return receipt


def _attach(
    session: Session, files: Files, opinion: Opinion, sent: Sequence[Cleaned], *, is_scan: bool
) -> list[Attachment]:
    rows = [
        Attachment(
            opinion_id=opinion.id,
            number=number,
            media_type=one.media_type,
            size=len(one.content),
            sha256=files.put(one.content),
            is_scan=is_scan,
        )
        for number, one in enumerate(sent, start=1)
    ]
    session.add_all(rows)
    return rows


def _seal(session: Session, settings: Settings, opinion: Opinion, contact: Details | None) -> None:
    """Keep contact data where there is a key to seal it with, else nowhere."""
    key = settings.contact_key.get_secret_value()
    if key and contact and contact.given:
        sealed = contacts.seal(key, contact.given)
        session.add(Contact(opinion_id=opinion.id, sealed=sealed))
        if contact.email and settings.mail_server:
            session.flush()
            mailing.queue(session, opinion.id, "receipt", opinion.received_at)


def _log(session: Session, opinion: Opinion, attachments: Sequence[Attachment]) -> None:
    """Last of all: the log's head is locked until the transaction ends."""
    session.flush()
    journal.append(
        session,
        "opinion-entered" if opinion.entered_by else "opinion-received",
        actor=opinion.entered_by or PUBLIC,
        subject=opinion.notice_id,
        **fields.receipt_fields(opinion, attachments),
    )
