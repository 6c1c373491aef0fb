"""A consultation that was answered, made of rows: reports, mail and register are tested on it.

Its notice is open for 30 days with an hour of downtime, its opinions come through every channel,
some are grouped, withheld or masked, and some led to a version of the parks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from webapp import journal
from webapp.consultation import receipts
from webapp.consultation.clock import ZONE
from webapp.consultation.tables import (
    Attachment,
    Decision,
    Document,
    Extension,
    Group,
    Hearing,
    Moderation,
    Notice,
    Opinion,
)

NOTICE = "2026-001"
OPENS = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
CLOSES = datetime(2026, 4, 2, 0, 0, tzinfo=ZONE)
LATER = CLOSES + timedelta(days=10)
HOUR = timedelta(hours=1)
HOSTILE = (
    "=1+1",
    '＝HYPERLINK("x")',
    "<script>alert(1)</script> {{ 7*7 }} ${x} {% raw %}",
    "\u202eevil\u202c \u200bzero\u200dwidth\ufeff",
    "𠮷野家旁边的树🌳👩‍👩‍👧",
    "e" + "\u0301" * 60 + " 字",
    "一" * 2000,
    "W" * 2000,
    "\n".join(f"行{n}" for n in range(300)),
    '@SUM(A1)\t"引号",逗号;分号',
)
PLAIN = (
    "希望中央公园多种本地树种，少做硬质铺装，步道要能让轮椅通过。",
    "欣惠路北侧建议增加绿化隔离带，降低对住宅的噪声影响。",
    "支持建设公园，请尽快开工，并公布施工时间安排。",
    "公园停车位太少，周末会占用居民区道路，请增加地下停车。",
    "反对在小区门口设置公交站，影响出入安全。",
)
REASON = "已在规划修改中增加绿化带宽度，并与市政、交警等部门核对道路断面。"


def fill(session: Any, *, opinions: int = 20, change: tuple[str, str] | None = None, **more: Any):
    """Write the notice and so many opinions with what was decided on them."""
    at = OPENS.astimezone(UTC)
    notice = Notice(
        id=NOTICE,
        title_zh="惠山新城中央公园和欣惠路规划草案公示",
        title_en="Draft plan of the central park and Xinhui Road",
        plain_zh="拟在新城中心建设公园。",
        procedure="plan-draft",
        organiser="无锡惠山经济开发区规划建设局",
        decider="无锡市惠山区人民政府",
        address="惠山区政和大道 1 号规划建设局 302 室",
        projects=["P01", "R08"],
        topics=[],
        begun_by="planner",
        begun_at=at - timedelta(days=5),
        published_by="planner",
        published_at=at - timedelta(days=2),
        opens_at=OPENS,
        closes_at=CLOSES,
        **more,
    )
    session.add(notice)
    session.flush()
    journal.append(session, "notice-publish", actor="planner", subject=NOTICE)
    session.add(
        Extension(
            notice_id=NOTICE,
            number=1,
            kind="downtime",
            since=OPENS + 24 * HOUR,
            until=OPENS + 25 * HOUR,
            closed_at=CLOSES - 24 * HOUR,
            closes_at=CLOSES,
            reason="机房停电",
            by="admin",
            at=OPENS + 26 * HOUR,
        )
    )
    session.add(
        Document(
            notice_id=NOTICE,
            number=1,
            title="规划草案说明书",
            name="a.pdf",
            media_type="application/pdf",
            size=10,
            sha256="ab" * 32,
            by="planner",
            at=at,
        )
    )
    session.add(
        Hearing(
            notice_id=NOTICE,
            number=1,
            title="居民座谈会",
            place="惠山社区活动室",
            starts_at=OPENS + timedelta(days=7),
            ends_at=OPENS + timedelta(days=7, hours=2),
        )
    )
    group = Group(notice_id=NOTICE, title="增加停车位", by="moderator", at=LATER)
    session.add(group)
    session.flush()
    for number in range(1, opinions + 1):
        _opinion(session, number, group)
    session.flush()
    _decisions(session, group, change)
    return notice


def _opinion(session: Any, number: int, group: Group) -> None:
    place = number - 1
    channel = ("web", "web", "web", "paper", "meeting", "phone")[place % 6]
    hostile = place % 30 == 11
    words = HOSTILE[(place // 30) % len(HOSTILE)] if hostile else PLAIN[place % len(PLAIN)]
    received = OPENS + HOUR * (1 + place % 700)
    opinion = Opinion(
        notice_id=NOTICE,
        number=number,
        receipt=receipts.make("HS", NOTICE),
        key=f"key-{number}",
        channel=channel,
        received_at=received,
        entered_at=received if channel == "web" else received + 5 * HOUR,
        entered_by=None if channel == "web" else "moderator",
        words=words,
        stance=("support", "oppose", "neutral", None)[place % 4],
        topics=[["green"], ["traffic", "environment"], []][place % 3],
        project=("P01", "R08", None)[place % 3],
        group_id=group.id if words == PLAIN[3] else None,
    )
    session.add(opinion)
    session.flush()
    if place % 10 == 0:
        session.add(
            Attachment(
                opinion_id=opinion.id,
                number=1,
                media_type="image/jpeg",
                size=9,
                sha256="cd" * 32,
            )
        )
    hidden = place % 17 == 16
    session.add(
        Moderation(
            opinion_id=opinion.id,
            number=1,
            verdict="withhold" if hidden else "show",
            code="insult" if hidden else "",
            masks=[[0, 2]] if place % 13 == 5 else [],
            by="moderator",
            at=LATER - 24 * HOUR,
        )
    )


def _decisions(session: Any, group: Group, change: tuple[str, str] | None) -> None:
    layer, version = change or (None, None)
    base = {"notice_id": NOTICE, "by": "planner", "at": LATER, "body": "规划建设局"}
    verdicts = ("adopted", "partly", "rejected", "out-of-scope", "transferred")
    session.add(
        Decision(
            group_id=group.id, verdict="partly", reason="增加地下停车 120 个。", projects=[], **base
        )
    )
    for opinion in session.query(Opinion).filter_by(notice_id=NOTICE).order_by(Opinion.number):
        if opinion.group_id is None:
            verdict = verdicts[opinion.number % 5]
            led = verdict == "adopted"
            session.add(
                Decision(
                    opinion_id=opinion.id,
                    verdict=verdict,
                    reason=REASON,
                    projects=["P01"],
                    layer=layer if led else None,
                    version=version if led else None,
                    **base,
                )
            )
    session.flush()
