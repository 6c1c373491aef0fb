"""The notice, and the proof that it was open for as many days as the law wants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from layers.reporting.content import Block, Grid, Paragraph
from webapp.consultation.clock import day_of
from webapp.consultation.procedures import COUNTING, counted_days
from webapp.consultation.report import telling, words
from webapp.consultation.report.asked import Asked, Row, pairs
from webapp.consultation.states import STATES
from webapp.consultation.tables import Extension


def facts(asked: Asked) -> Iterator[Block]:
    """What the notice was: who, what, by which law, with which papers."""
    found, notice, say, lang = asked.found, asked.found.notice, asked.say, asked.lang
    names = [name.in_(lang) for name in found.project_names.values()]
    documents = [f"{one.title}（SHA-256 {one.sha256[:16]}…）" for one in found.documents]
    rows = [
        (say(words.NOTICE_ID), notice.id),
        (say(words.NAME), found.title.in_(lang)),
        (say(words.PROCEDURE), found.procedure.title.in_(lang)),
        (say(words.BASIS), found.procedure.basis.in_(lang)),
        (say(words.STAND), STATES[found.state].in_(lang)),
        (say(words.ORGANISER), notice.organiser or say(words.NONE)),
        (say(words.DECIDER), asked.decider),
        (say(words.PLAN), found.plan.catalog.zone.plan.in_(lang)),
        (say(words.PROJECTS), "\n".join(names) or say(words.WHOLE_PLAN)),
        (say(words.ADDRESS), notice.address or say(words.NONE)),
        (say(words.DOCUMENTS), "\n".join(documents) or say(words.NONE)),
        (say(words.HEARINGS), "\n".join(_hearings(asked)) or say(words.NONE)),
        (say(words.REVIEW), _review(asked)),
    ]
    yield pairs(asked, words.FACTS, rows)


def _hearings(asked: Asked) -> Iterator[str]:
    for one in asked.found.hearings:
        cancelled = asked.say(words.CANCELLED) if one.cancelled_at else ""
        yield f"{telling.moment(one.starts_at)}　{one.title}，{one.place}{cancelled}"


def _review(asked: Asked) -> str:
    notice = asked.found.notice
    number = notice.review_number or asked.found.plan.catalog.zone.review_number
    if number:
        return number
    if notice.map_override:
        return asked.say(words.OVERRIDE, reason=notice.map_override)
    return asked.say(words.NO_REVIEW)


def days(asked: Asked) -> Iterator[Block]:
    """How long it was open, against the article, with every moment that counts."""
    found, notice, say = asked.found, asked.found.notice, asked.say
    if notice.opens_at is None or notice.closes_at is None:
        yield Paragraph(say(words.NOT_OPENED))
        return
    days, least = counted_days(notice.opens_at, notice.closes_at), found.procedure.least_days
    first = day_of(notice.opens_at) + timedelta(days=1)
    yield Paragraph(
        say(
            words.COUNTED,
            first=first,
            last=first + timedelta(days=max(0, days - 1)),
            days=days,
            least=least,
            verdict=say(words.ENOUGH if days >= least else words.TOO_FEW),
        )
    )
    basis = found.procedure.basis.in_(asked.lang)
    article = found.procedure.article.in_(asked.lang)
    yield Paragraph(say(words.ARTICLE, basis=basis, article=article), bullet=True)
    yield Paragraph(say(words.COUNTING, how=COUNTING.in_(asked.lang)), bullet=True)
    yield Paragraph(_downtime(asked), bullet=True)
    yield Grid(
        caption=say(words.DAYS_TABLE),
        titles=(say(words.ITEM), say(words.MOMENT), say(words.REMARK)),
        aligns=("left", "left", "left"),
        widths=(1.2, 1.3, 3.5),
        rows=tuple(_moments(asked)),
    )


def _downtime(asked: Asked) -> str:
    breaks = [
        one.until - one.since
        for one in asked.found.extensions
        if one.kind == "downtime" and one.since and one.until
    ]
    if not breaks:
        return asked.say(words.NO_DOWNTIME)
    hours = sum(breaks, timedelta()) / timedelta(hours=1)
    return asked.say(words.LOST_TIME, count=len(breaks), hours=f"{hours:.1f}")


def _moments(asked: Asked) -> Iterator[Row]:
    notice, say = asked.found.notice, asked.say
    yield say(words.PUBLISHED), telling.moment(notice.published_at), ""
    yield say(words.OPENED), telling.moment(notice.opens_at), ""
    for one in asked.found.extensions:
        title = words.DOWNTIME if one.kind == "downtime" else words.LENGTHENED
        yield say(title), telling.moment(one.at), _extension(asked, one)
    if notice.withdrawn_at:
        yield say(words.WITHDRAWN), telling.moment(notice.withdrawn_at), notice.withdrawn_reason
    yield say(words.CLOSED), telling.close(notice.closes_at), ""


def _extension(asked: Asked, one: Extension) -> str:
    before, after = telling.close(one.closed_at), telling.close(one.closes_at)
    told = asked.say(words.LATER_CLOSE, before=before, after=after, reason=one.reason)
    if one.since and one.until:
        since, until = telling.moment(one.since), telling.moment(one.until)
        return asked.say(words.BREAK, since=since, until=until) + told
    return told
