"""Notices and opinions in the database of a test, as those who may write them would leave them."""

from datetime import datetime, timedelta

from webapp import journal
from webapp.consultation import receipts
from webapp.consultation.clock import ZONE
from webapp.consultation.procedures import close_after
from webapp.consultation.tables import (
    Decision,
    Document,
    Extension,
    Group,
    Hearing,
    Moderation,
    Notice,
    Opinion,
)

OPENS = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
CLOSES = close_after(OPENS, 30)
#: The twelfth counted day.
DURING = datetime(2026, 3, 14, 10, 0, tzinfo=ZONE)
#: A text that would run in each of the places where text can run.
HOSTILE = "{{7*7}}${7*7}<img src=x onerror=alert(1)></textarea>\u202e\u200b👩‍🌾\n=1+1"
PLAIN = """## 要做什么

在惠山新城中央公园 **扩建绿地**，见[说明](https://plan.example.org/x)。

- 保留现有树木
- 新建步道

<script>alert(1)</script> ![图](https://foreign.example/x.png)
"""


def notice(session, id_="2026-001", **values):
    """A notice of thirty days that was published, on two projects."""
    usual = {
        "title_zh": "惠山新城中央公园与欣惠路",
        "title_en": "Central Park and Xinhui Road",
        "plain_zh": PLAIN,
        "plain_en": "A **larger** park.",
        "procedure": "plan-draft",
        "organiser": "惠山经济开发区管委会",
        "decider": "无锡市人民政府",
        "address": "无锡市惠山区政和大道 1 号规划科",
        "contact": "0510-00000000",
        "projects": ["P01", "R08"],
        "map_override": "草案阶段的示意图",
        "begun_by": "test",
        "begun_at": OPENS - timedelta(days=3),
        "published_by": "test",
        "published_at": OPENS - timedelta(days=1),
        "opens_at": OPENS,
        "closes_at": CLOSES,
    }
    made = Notice(id=id_, **{**usual, **values})
    session.add(made)
    journal.append(session, "notice-publish", actor="test", subject=id_)
    return made


def opinion(session, number, words="多种树", *, id_="2026-001", show="show", **values):
    """An opinion; ``show`` is the verdict of its moderation, a reason code, or None for none.

    What is told of it is in the log when the whole transaction is: see :func:`notice`.
    """
    usual = {
        "channel": "web",
        "received_at": OPENS + timedelta(hours=number),
        "entered_at": OPENS + timedelta(hours=number),
        "topics": [],
    }
    made = Opinion(
        notice_id=id_,
        number=number,
        receipt=receipts.make("HS", id_),
        key=f"{id_}/{number}",
        words=words,
        **{**usual, **values},
    )
    session.add(made)
    session.flush()
    if show is not None:
        moderate(session, made, show)
    journal.append(session, "opinion-received", actor="public", subject=id_)
    return made


def moderate(session, made, show, *, number=1, masks=()):
    """Show it, or withhold it for a reason."""
    is_shown = show == "show"
    session.add(
        Moderation(
            opinion_id=made.id,
            number=number,
            verdict="show" if is_shown else "withhold",
            code="" if is_shown else show,
            masks=[list(one) for one in masks],
            by="test",
            at=OPENS,
        )
    )
    journal.append(session, "opinion-moderated", actor="test", subject=made.notice_id)


def decide(session, *, of=None, group=None, verdict="adopted", id_="2026-001", **values):
    """An answer to an opinion or a group."""
    usual = {"reason": "有道理", "body": "规划科", "projects": [], "by": "test"}
    session.add(
        Decision(
            notice_id=id_,
            opinion_id=of.id if of else None,
            group_id=group.id if group else None,
            verdict=verdict,
            at=CLOSES + timedelta(days=2),
            **{**usual, **values},
        )
    )
    journal.append(session, "opinion-decided", actor="test", subject=id_)


def group(session, opinions, title="多种树", id_="2026-001"):
    """Opinions that say the same."""
    made = Group(notice_id=id_, title=title, by="test", at=OPENS)
    session.add(made)
    session.flush()
    for one in opinions:
        one.group_id = made.id
    journal.append(session, "opinion-grouped", actor="test", subject=id_)
    return made


def hearing(session, number=1, id_="2026-001", **values):
    """A hearing in the afternoon of the tenth day."""
    starts = OPENS + timedelta(days=10, hours=5)
    usual = {
        "title": "听证会",
        "place": "管委会二楼会议室",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
    }
    session.add(Hearing(notice_id=id_, number=number, **{**usual, **values}))


def extension(session, closes_at, number=1, id_="2026-001", **values):
    """A later close."""
    usual = {"kind": "lengthen", "reason": "应居民要求", "closed_at": CLOSES, "by": "test"}
    values = {**usual, "closes_at": closes_at, "at": OPENS + timedelta(days=5), **values}
    session.add(Extension(notice_id=id_, number=number, **values))
    journal.append(session, "notice-lengthen", actor="test", subject=id_)


def document(session, sha256, size, number=1, id_="2026-001", **values):
    """A file to download."""
    usual = {
        "title": "规划说明书",
        "name": "说明 书.pdf",
        "media_type": "application/pdf",
        "by": "test",
        "at": OPENS,
    }
    usual = {**usual, "sha256": sha256, "size": size, **values}
    session.add(Document(notice_id=id_, number=number, **usual))
