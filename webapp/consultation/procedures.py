"""The procedures that a draft is announced under: legal basis, least days, how they are counted.

Sources: 城乡规划法 (2019) art. 26; 城市、镇控制性详细规划编制审批办法 (2010) art. 12;
重大行政决策程序暂行条例 (2019) art. 15; counting of days: 民法典 art. 200, 201 and 203.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from geo.types import Text
from webapp.consultation.clock import day_of, end_of

COUNTING = Text(
    zh="自公示次日起按自然日计算，公示当日不计入，末日截止到 24:00（北京时间）",
    en="Calendar days from the day after the announcement, which itself is not counted; "
    "the last day ends at 24:00, Beijing time",
)


@dataclass(frozen=True)
class Procedure:
    """A kind of announcement.

    Attributes
    ----------
    least_days
        Calendar days for which a notice of this kind is open at least; 1 where no law says more.
    article
        The rule quoted to whoever asks for fewer.
    """

    id: str
    title: Text
    basis: Text
    article: Text
    least_days: int
    approves: Text


_APPROVES = Text(zh="有审批权的人民政府", en="the people's government that may approve it")

PROCEDURES: Mapping[str, Procedure] = MappingProxyType(
    {
        one.id: one
        for one in (
            Procedure(
                "plan-draft",
                Text(zh="城乡规划草案公告", en="Announcement of a draft plan"),
                Text(
                    zh="《中华人民共和国城乡规划法》第二十六条",
                    en="Urban and Rural Planning Law, article 26",
                ),
                Text(
                    zh="城乡规划报送审批前，草案公告的时间不得少于三十日",
                    en="A draft is announced for at least 30 days before it is sent for approval",
                ),
                30,
                _APPROVES,
            ),
            Procedure(
                "detailed-plan",
                Text(zh="控制性详细规划草案公告", en="Announcement of a draft regulatory plan"),
                Text(
                    zh="《城市、镇控制性详细规划编制审批办法》第十二条",
                    en="Measures for regulatory detailed plans, article 12",
                ),
                Text(
                    zh="控制性详细规划草案公告的时间不得少于 30 日",
                    en="A draft regulatory plan is announced for at least 30 days",
                ),
                30,
                _APPROVES,
            ),
            Procedure(
                "major-decision",
                Text(zh="重大行政决策公开征求意见", en="Consultation on a major decision"),
                Text(
                    zh="《重大行政决策程序暂行条例》第十五条",
                    en="Interim Regulations on Major Administrative Decisions, article 15",
                ),
                Text(
                    zh="公开征求意见的期限一般不少于 30 日",
                    en="A consultation is generally open for at least 30 days",
                ),
                30,
                Text(zh="决策机关", en="the deciding authority"),
            ),
            Procedure(
                "voluntary",
                Text(zh="自愿征求意见", en="Voluntary consultation"),
                Text(zh="没有法定期限", en="No legal minimum"),
                Text(zh="至少公示 1 日", en="Open for at least 1 day"),
                1,
                Text(zh="组织公示的单位", en="the announcing body"),
            ),
        )
    }
)


def least_close(procedure: Procedure, opens_at: datetime) -> datetime:
    """The earliest moment at which a notice that opens then may close."""
    return close_after(opens_at, procedure.least_days)


def close_after(opens_at: datetime, days: int) -> datetime:
    """When a notice closes that is open for so many counted days."""
    return end_of(day_of(opens_at) + timedelta(days=days))


def counted_days(opens_at: datetime, closes_at: datetime) -> int:
    """Whole days that a notice is open for, the day of the announcement not counted."""
    last = day_of(closes_at - timedelta(microseconds=1))
    whole = last if end_of(last) <= closes_at else last - timedelta(days=1)
    return max(0, (whole - day_of(opens_at)).days)


def day_number(opens_at: datetime, on: date) -> int:
    """Which counted day a day is: 0 the day of the announcement, 1 the next."""
    return (on - day_of(opens_at)).days
