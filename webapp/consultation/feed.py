"""News of the notices as an Atom feed (RFC 4287)."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from geo.types import Text
from webapp.consultation import plain
from webapp.consultation.announced import Announced
from webapp.consultation.clock import ZONE, written
from webapp.translating import Voice

MEDIA_TYPE = "application/atom+xml"
MOST_ENTRIES = 100
#: A feed without news is older than any: its bytes depend on no clock.
_BEFORE_ALL = datetime(2008, 1, 1, tzinfo=ZONE)

Kind = Literal["opened", "lengthened", "closed", "answered", "withdrawn"]
KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        "opened": Text(zh="公示开始", en="Opened"),
        "lengthened": Text(zh="公示延长", en="Lengthened"),
        "closed": Text(zh="意见征询截止", en="Closed"),
        "answered": Text(zh="意见已答复", en="Answered"),
        "withdrawn": Text(zh="公示撤回", en="Withdrawn"),
    }
)


@dataclass(frozen=True)
class News:
    """One thing that happened to a notice."""

    notice: Announced
    kind: Kind
    at: datetime
    number: int = 0

    @property
    def name(self) -> str:
        """What it is called within the feed, for ever."""
        return f"{self.notice.id}/{self.kind}" + (f"/{self.number}" if self.number else "")


@dataclass(frozen=True)
class Site:
    """Where the feed and the pages are, and who speaks."""

    title: str
    address: str
    feed_address: str
    host: str
    page_of: Callable[[str], str]


def news(found: Iterable[Announced]) -> list[News]:
    """What happened, the newest first."""
    return sorted(
        (each for one in found for each in _of(one)), key=lambda each: (each.at, each.name)
    )[::-1]


def feed(found: Iterable[Announced], site: Site, say: Voice) -> bytes:
    """Write the feed; the same notices on the same day give the same bytes."""
    from feedgenerator import Atom1Feed

    latest = news(found)[:MOST_ENTRIES]
    made = _fixed(Atom1Feed)(
        title=site.title,
        link=site.address,
        feed_url=site.feed_address,
        description=say("规划公示与意见征询"),
        language={"zh": "zh-CN", "en": "en"}[say.lang],
        author_name=site.title,
    )
    for each in latest:
        made.add_item(
            title=f"{say.pick(KINDS[each.kind])}{say('：')}{say.pick(each.notice.title)}",
            link=site.page_of(each.notice.id),
            description=html.escape(_told(each, say)),
            unique_id=f"tag:{site.host},2026:consultations/{each.name}",
            pubdate=each.at.astimezone(ZONE),
            updateddate=each.at.astimezone(ZONE),
        )
    written: str = made.writeString("utf-8")
    return written.encode()


def _of(one: Announced) -> Iterable[News]:
    yield News(one, "opened", one.opens_at)
    for each in one.extensions:
        yield News(one, "lengthened", each.at, each.number)
    notice = one.notice
    if notice.withdrawn_at is not None:
        yield News(one, "withdrawn", notice.withdrawn_at)
        return
    if not one.takes_opinions:
        yield News(one, "closed", one.closes_at)
    if notice.answered_at is not None:
        yield News(one, "answered", notice.answered_at)


def _told(each: News, say: Voice) -> str:
    notice = each.notice.notice
    if each.kind == "withdrawn":
        return notice.withdrawn_reason
    if each.kind == "lengthened":
        reason = next(x.reason for x in each.notice.extensions if x.number == each.number)
        end = written(each.notice.closes_at)
        return say("现在的截止时间：{end}（北京时间）。{reason}", end=end, reason=reason)
    return plain.summary(say.pick(each.notice.plain))


def _fixed(base: type) -> type:
    """The feed without the machine's clock: without news it is older than any."""

    class Fixed(base):  # type: ignore[misc]
        def latest_post_date(self) -> datetime:
            """When the last thing happened."""
            moments = [item["pubdate"] for item in self.items]
            return max(moments, default=_BEFORE_ALL)

    return Fixed
