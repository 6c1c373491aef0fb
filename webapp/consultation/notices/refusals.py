"""In which states each thing may be done to a notice, and how the rest is refused.

The content of a notice that was announced stands: opinions are given on what was announced, so that
a substantial change is announced anew and its days begin anew (公示内容有实质性修改的，重新公示).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from sqlalchemy.orm import Session

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text
from webapp.consultation.clock import Clock
from webapp.consultation.reading import NOTICE
from webapp.consultation.states import STATES, State, state_of
from webapp.consultation.tables import Notice

Act = Literal[
    "edit",
    "publish",
    "take-back",
    "withdraw",
    "lengthen",
    "downtime",
    "add-document",
    "remove-document",
    "add-hearing",
    "cancel-hearing",
]
#: Nobody has seen it yet, or opinions are taken on it.
_BEFORE_CLOSE: frozenset[State] = frozenset({"draft", "scheduled", "open", "closing"})
ALLOWED: Mapping[Act, frozenset[State]] = MappingProxyType(
    {
        "edit": frozenset({"draft"}),
        "publish": frozenset({"draft"}),
        "take-back": frozenset({"scheduled"}),
        "withdraw": frozenset({"open", "closing"}),
        "lengthen": frozenset({"open", "closing"}),
        # It is told often only after the close that the service was down before it.
        "downtime": frozenset({"open", "closing", "closed"}),
        "add-document": _BEFORE_CLOSE,
        "remove-document": frozenset({"draft"}),
        "add-hearing": _BEFORE_CLOSE,
        "cancel-hearing": _BEFORE_CLOSE,
    }
)
ACTS: Mapping[Act, Text] = MappingProxyType(
    {
        "edit": Text(zh="修改内容", en="be edited"),
        "publish": Text(zh="发布", en="be published"),
        "take-back": Text(zh="收回", en="be taken back"),
        "withdraw": Text(zh="撤回", en="be withdrawn"),
        "lengthen": Text(zh="延长", en="be lengthened"),
        "downtime": Text(zh="登记中断", en="have a downtime recorded"),
        "add-document": Text(zh="补充文件", en="get another document"),
        "remove-document": Text(zh="删除文件", en="lose a document"),
        "add-hearing": Text(zh="增加听证会", en="get another hearing"),
        "cancel-hearing": Text(zh="取消听证会", en="have a hearing cancelled"),
    }
)

NOT_NOW = ProblemKind(
    "notice-state",
    "error",
    Text(
        zh="公示 {id} 现在是“{state}”，不能{act}",
        en="The notice {id} is “{state}” and cannot {act}",
    ),
    Text(
        zh="已公示的内容不再改动；内容有实质性修改的，撤回后重新公示",
        en="What was announced stays as it is; announce a substantial change anew",
    ),
)
NO_REASON = ProblemKind(
    "notice-reason",
    "error",
    Text(zh="没有写明理由", en="There is no reason given"),
    Text(zh="公众会读到理由，请写明", en="The public reads the reason; give it"),
)


def may(act: Act, notice: Notice, now: datetime) -> bool:
    """Whether something may be done to a notice where it stands."""
    return state_of(notice, now) in ALLOWED[act]


def locked(session: Session, notice_id: str, act: Act, clock: Clock) -> Notice:
    """A notice to which this may be done, and that nobody else changes until the transaction ends.

    Raises
    ------
    NotFound
        There is no such notice.
    InputError
        Where it stands this may not be done.
    """
    found = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(NOTICE, notice_id)
    state = state_of(found, clock.now())
    if state not in ALLOWED[act]:
        raise InputError(NOT_NOW.at(id=notice_id, state=STATES[state], act=ACTS[act]))
    return found


def needed(reason: str) -> str:
    """A reason without blanks at its ends; refused where there is none."""
    if not reason.strip():
        raise InputError(NO_REASON.at(field="reason"))
    return reason.strip()
