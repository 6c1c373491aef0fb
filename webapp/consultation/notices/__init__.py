"""Notices (公示): set up, announced, lengthened, withdrawn; what may not be is refused in words.

Everything here works within the transaction of a session that is passed in, locks the notice's row
and logs what it did. Where a notice stands follows from its moments
(:mod:`webapp.consultation.states`); nothing here is called to open or to close one.
"""

from webapp.consultation.notices.announcing import publish, take_back, withdraw, wrong_moments
from webapp.consultation.notices.checking import CHECKS, Check, Point, Subject, checklist, missing
from webapp.consultation.notices.content import Compared, Content, Topic
from webapp.consultation.notices.documents import (
    DOCUMENT,
    add_document,
    documents,
    remove_document,
)
from webapp.consultation.notices.drafting import Conflict, begin, edit, listed
from webapp.consultation.notices.hearings import add_hearing, cancel_hearing, hearings
from webapp.consultation.notices.lengthening import (
    days_down,
    downtime,
    extensions,
    lengthen,
    to_make_good,
)
from webapp.consultation.notices.refusals import ALLOWED, Act, may

__all__ = [
    "ALLOWED",
    "CHECKS",
    "DOCUMENT",
    "Act",
    "Check",
    "Compared",
    "Conflict",
    "Content",
    "Point",
    "Subject",
    "Topic",
    "add_document",
    "add_hearing",
    "begin",
    "cancel_hearing",
    "checklist",
    "days_down",
    "documents",
    "downtime",
    "edit",
    "extensions",
    "hearings",
    "lengthen",
    "listed",
    "may",
    "missing",
    "publish",
    "remove_document",
    "take_back",
    "to_make_good",
    "withdraw",
    "wrong_moments",
]
