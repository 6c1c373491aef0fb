"""The list of notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from flask import render_template, url_for
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from geo.types import Text
from webapp import journal
from webapp.answers import Body, keep, send_json
from webapp.clocks import clock
from webapp.consultation import plain, reading
from webapp.consultation.announced import Announced, all_announced
from webapp.consultation.reading import Tally
from webapp.consultation.showing import WHOLE
from webapp.consultation.states import STATES, State
from webapp.database import database
from webapp.params import strict
from webapp.views.consultations.common import kept

#: The sections of the page in their order, each with the states that stand in it.
SECTIONS: Mapping[str, tuple[Text, tuple[State, ...]]] = MappingProxyType(
    {
        "open": (Text(zh="正在征求意见", en="Taking opinions"), ("closing", "open")),
        "closed": (Text(zh="已截止，意见办理中", en="Closed, being answered"), ("closed",)),
        "answered": (Text(zh="已答复", en="Answered"), ("answered",)),
        "withdrawn": (Text(zh="已撤回", en="Withdrawn"), ("withdrawn",)),
    }
)


@dataclass(frozen=True)
class Row:
    """A notice and the counts of its opinions."""

    one: Announced
    tally: Tally


def page() -> Body:
    """The page; made again when something is in the log or a notice has come to stand elsewhere."""
    with database().reading() as session:
        head = journal.head(session)
        found = all_announced(session, clock().now())
        stamp = (head, tuple((one.id, one.state) for one in found), _day(found))
        rows = [Row(one, _tally(session, head, one.id)) for one in found]
    return kept("consultations", stamp, lambda: _render(rows))


def for_programs(args: MultiDict[str, str]) -> Response:
    """The same as JSON; ``project`` for those that name it, or name none."""
    reader = strict(args, "project")
    project = reader.text("project")
    reader.refuse()
    with database().reading() as session:
        head = journal.head(session)
        found = all_announced(session, clock().now())
        rows = [Row(one, _tally(session, head, one.id)) for one in found if _names(one, project)]
    return send_json({"consultations": [told(row) for row in rows]})


def told(row: Row) -> dict[str, Any]:
    """A notice for programs."""
    one, notice = row.one, row.one.notice
    return {
        "id": one.id,
        "title": {"zh": one.title.zh, "en": one.title.en},
        "state": one.state,
        "procedure": notice.procedure,
        "opens_at": one.opens_at.isoformat(),
        "closes_at": one.closes_at.isoformat(),
        "days": one.days,
        "organiser": notice.organiser,
        "decider": notice.decider,
        "projects": list(notice.projects),
        "compared": [dict(each) for each in notice.compared],
        "review_number": notice.review_number or None,
        "receipts": row.tally.receipts,
        "links": {
            "page": url_for("consultations.page", notice_id=one.id),
            "opinions": url_for("consultations.opinions_json", notice_id=one.id),
        },
    }


def _render(rows: list[Row]) -> Body:
    sections = {
        name: (title, [row for row in rows if row.one.state in states])
        for name, (title, states) in SECTIONS.items()
    }
    html = render_template(
        "consultations/index.html",
        sections={name: each for name, each in sections.items() if each[1]},
        states=STATES,
        summary=plain.summary,
        receipts_address=url_for("receipts.look_up"),
    )
    return Body.of(html.encode(), "text/html")


def _tally(session: Session, head: tuple[int, str], notice_id: str) -> Tally:
    def make() -> Tally:
        return reading.tally(reading.voices(session, notice_id))

    return keep(("consultation", "tally", notice_id, head), make)


def _names(one: Announced, project: str) -> bool:
    named = one.notice.projects or [WHOLE]
    return not project or project in named


def _day(found: Iterable[Announced]) -> date | None:
    return next((one.today for one in found), None)
