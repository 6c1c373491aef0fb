"""The letters to authors who left an e-mail address: Chinese, and below it English; plain text.

No word of an opinion stands in a letter: e-mail is read on its way. A link leads to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from types import MappingProxyType

from geo.types import Text
from webapp.consultation.clock import written
from webapp.consultation.tables import Decision, Mail, Notice, Opinion
from webapp.consultation.words import VERDICTS

KINDS = ("receipt", "closing", "decision")

_SUBJECTS: Mapping[str, Text] = MappingProxyType(
    {
        "receipt": Text(zh="已收到您的意见", en="Your opinion was received"),
        "closing": Text(zh="公示已截止", en="The consultation has closed"),
        "decision": Text(zh="您的意见已答复", en="Your opinion was answered"),
    }
)
_BODIES: Mapping[str, Text] = MappingProxyType(
    {
        "receipt": Text(
            zh="您对《{title}》的意见已于 {at} 收到。\n\n回执号：{receipt}\n办理情况：{address}\n\n"
            "回执号是查看办理情况的凭证，请妥善保存，不要转给他人。",
            en="Your opinion on “{title}” was received at {at} (Beijing time).\n\n"
            "Receipt: {receipt}\nIts status: {address}\n\n"
            "Whoever has the receipt can read your opinion: keep it to yourself.",
        ),
        "closing": Text(
            zh="《{title}》的公示已于 {at} 截止，您的意见正在办理。\n\n回执号：{receipt}\n"
            "办理情况：{address}",
            en="The consultation “{title}” closed at {at} (Beijing time). Your opinion is being "
            "considered.\n\nReceipt: {receipt}\nIts status: {address}",
        ),
        "decision": Text(
            zh="您对《{title}》的意见已于 {at} 答复。\n\n采纳情况：{verdict}\n理由：{reason}\n"
            "责任单位：{body}\n\n回执号：{receipt}\n办理情况：{address}",
            en="Your opinion on “{title}” was answered at {at} (Beijing time).\n\n"
            "Decision: {verdict}\nReason (in Chinese): {reason}\nResponsible: {body}\n\n"
            "Receipt: {receipt}\nIts status: {address}",
        ),
    }
)
_FOOT = Text(
    zh="此邮件由系统发出，请勿回复。您的联系方式只用于通知，答复后按公布的期限清除。",
    en="This was sent by a program; please do not reply. Your contact data serves for such letters "
    "only and is deleted on the date that was announced.",
)
_RULE = "\n\n--------\n\n"


@dataclass(frozen=True)
class Subject:
    """What a letter tells of."""

    notice: Notice
    opinion: Opinion
    decision: Decision | None = None


def letter(
    mail: Mail, subject: Subject, *, to: str, sender: str, site: str, at: datetime
) -> EmailMessage:
    """Write a letter.

    Parameters
    ----------
    to
        The address of the author.
    site
        Where readers find the site, without a slash at its end.
    at
        When it is sent.

    Raises
    ------
    ValueError
        The address cannot stand in a header.
    """
    message = EmailMessage(policy=SMTP)
    told = _SUBJECTS[mail.kind]
    title = _one_line(subject.notice.title_zh)
    message["Subject"] = f"{told.zh} {told.en}：{title}"
    message["From"] = Address(addr_spec=sender)
    # Parsed as one address: a second one or another header cannot be in it.
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(at)
    # The same for every try, so that a letter that came twice is seen as one.
    message["Message-ID"] = f"<huitu-{mail.id}-{mail.kind}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_RULE.join(_text(mail, subject, site, lang) for lang in ("zh", "en")))
    return message


def _text(mail: Mail, subject: Subject, site: str, lang: str) -> str:
    notice, opinion, decision = subject.notice, subject.opinion, subject.decision
    title = notice.title_zh if lang == "zh" else notice.title_en or notice.title_zh
    at = {
        "receipt": opinion.received_at,
        "closing": notice.closes_at or mail.at,
        "decision": decision.at if decision else mail.at,
    }[mail.kind]
    verdict = _verdict(decision.verdict, lang) if decision else ""
    told = (
        _BODIES[mail.kind]
        .in_(lang)
        .format(
            title=_one_line(title),
            at=written(at),
            receipt=opinion.receipt,
            address=f"{site}/receipts/{opinion.receipt}",
            verdict=verdict,
            reason=decision.reason if decision else "",
            body=decision.body if decision else "",
        )
    )
    return f"{told}\n\n{_FOOT.in_(lang)}\n"


def _verdict(name: str, lang: str) -> str:
    return next((title.in_(lang) for key, title in VERDICTS.items() if key == name), name)


def _one_line(text: str) -> str:
    """A text on one line, for a header takes no other."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
