"""What stands on the printed notice, put together from the notice and the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from webapp import language
from webapp.answers import Body
from webapp.consultation import plain
from webapp.consultation.announced import Announced
from webapp.consultation.clock import ZONE, written
from webapp.translating import Voice
from webapp.views.consultations.common import affected, has_map, plan_of, public_address

if TYPE_CHECKING:
    from layers.drawing import Drawing
    from layers.plan import Plan

PAPERS = ("A4", "A3")
#: The map shows at least so much ground, so that a place is known by what lies around it.
_LEAST_M = 1_500.0
_MOST_PROJECTS = 30
_WORDS_MOST = 900


def sheet(one: Announced, paper: str) -> Body:
    """The sheet as PDF."""
    from webapp.consultation import poster

    say, plan = Voice(language.current()), plan_of(one)
    ids = tuple(each.id for each in affected(one.notice.projects, plan) if each.project)
    drawn = _map(plan, ids, poster.PAPERS[paper], say.lang) if ids and has_map(one) else None
    made = poster.Poster(
        lang=say.lang,
        over=say("{zone} 规划公示", zone=say.pick(plan.catalog.zone.title)),
        title=say.pick(one.title),
        under=_dates(one, say),
        words=_shortened(plain.paragraphs(say.pick(one.plain), bullet="• "), say),
        facts=tuple(_facts(one, plan, say)),
        map=drawn[0] if drawn else None,
        map_caption=drawn[1] if drawn else "",
        scan=say("扫码查看详情、发表意见"),
        address=public_address("consultations.page", notice_id=one.id),
        foot=map_word(one, say),
        made_at=one.notice.published_at or one.opens_at,
    )
    return Body.of(poster.write(made, paper), poster.MEDIA_TYPE)


def map_word(one: Announced, say: Voice) -> str:
    """The review number of the map (审图号); without one, that there is none and why."""
    notice = one.notice
    if notice.review_number:
        return say("审图号：{number}", number=notice.review_number)
    if notice.map_override:
        return say("地图未送审，没有审图号。{reason}", reason=notice.map_override)
    return say("本公示不附地图：没有审图号。")


def _dates(one: Announced, say: Voice) -> str:
    opens = f"{one.opens_at.astimezone(ZONE):%Y-%m-%d}"
    return say(
        "公示时间：{opens} 至 {end}（北京时间），共 {days} 日",
        opens=opens,
        end=written(one.closes_at),
        days=one.days,
    )


def _shortened(words: tuple[str, ...], say: Voice) -> tuple[str, ...]:
    """As many paragraphs as a sheet has room for; that there are more is said."""
    kept: list[str] = []
    for line in words:
        if sum(map(len, kept)) + len(line) > _WORDS_MOST:
            return (*kept, say("全文见公示网页。"))
        kept.append(line)
    return tuple(kept)


def _facts(one: Announced, plan: Plan, say: Voice) -> Iterator[tuple[str, str]]:
    notice, procedure = one.notice, one.procedure
    if notice.projects:
        yield say("涉及项目"), _projects(one, plan, say)
    yield say("法律依据"), f"{say.pick(procedure.basis)}{say('：')}{say.pick(procedure.article)}"
    yield say("组织单位"), notice.organiser or "—"
    yield say("决定机关"), notice.decider or say.pick(procedure.approves)
    for hearing in one.hearings:
        if hearing.cancelled_at is None:
            starts = f"{hearing.starts_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
            yield hearing.title, say("{starts}，{place}", starts=starts, place=hearing.place)
    yield say("书面意见寄至"), notice.address or "—"
    if notice.contact:
        yield say("咨询"), notice.contact


def _projects(one: Announced, plan: Plan, say: Voice) -> str:
    listed = affected(one.notice.projects, plan)
    named = [
        f"{each.id} {say.pick(each.project.name)}" if each.project else each.id
        for each in listed[:_MOST_PROJECTS]
    ]
    more = [say("等 {n} 项", n=len(listed))] if len(listed) > _MOST_PROJECTS else []
    return say("、").join([*named, *more])


def _map(plan: Plan, ids: tuple[str, ...], larger: float, lang: str) -> tuple[Drawing, str] | None:
    """The map of the projects and its caption; None where none of them has a place."""
    from layers.sheet import SheetRequest, picture
    from webapp.consultation.poster import MAP_MM

    extent = _extent(plan, ids)
    if extent is None:
        return None
    layers = {plan.project(one).layer for one in ids}
    ground = (layer.id for layer in plan.layers if not layer.is_projects and layer.visible)
    request = SheetRequest(lang=lang, layers=(*layers, *ground), projects=ids)
    found = picture(plan, request, extent, MAP_MM[0] * larger, MAP_MM[1] * larger)
    say = Voice(lang)
    return found.drawing, say("本公示涉及的项目，1:{scale}", scale=f"{found.scale:,}")


def _extent(plan: Plan, ids: tuple[str, ...]) -> tuple[float, float, float, float] | None:
    """What the projects span in the metric CRS: west, south, east, north in metres."""
    located = plan.surroundings.metric
    wanted = located[located.index.isin(ids)]
    if wanted.empty:
        return None
    west, south, east, north = (float(edge) for edge in wanted.total_bounds)
    wide, tall = max(east - west, _LEAST_M), max(north - south, _LEAST_M)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2
