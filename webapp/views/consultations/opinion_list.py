"""The opinions on a notice: the list, its map, and the same for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from flask import render_template, url_for
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from geo.types import Text
from webapp.answers import send_json, send_page
from webapp.consultation import reading
from webapp.consultation.reading import Tally, Voice
from webapp.consultation.showing import (
    STATUSES,
    UNDECIDED,
    WHOLE,
    Said,
    Wanted,
    entries,
    shown,
)
from webapp.consultation.states import STATES
from webapp.consultation.words import CHANNELS, STANCES, STANDINGS, VERDICTS, WITHHELD_FOR
from webapp.params import Reader, strict
from webapp.plans import current_plan
from webapp.views.consultations.common import (
    Board,
    affected,
    board,
    has_map,
    map_query,
    plan_of,
)

_STATUS_TITLES: Mapping[str, Text] = MappingProxyType(
    {
        **{str(name): title for name, title in VERDICTS.items()},
        UNDECIDED: Text(zh="待答复", en="Not decided yet"),
        "pending": STANDINGS["pending"],
        "withheld": STANDINGS["withheld"],
    }
)
NAMES = ("project", "topic", "status")
ON_A_PAGE = 20


@dataclass(frozen=True)
class Page:
    """Which part of the list stands on the page."""

    number: int
    last: int

    @classmethod
    def of(cls, wanted: int, entries_: int) -> Page:
        """The page that is wanted, or the last one that there is."""
        last = max(1, -(-entries_ // ON_A_PAGE))
        return cls(min(wanted, last), last)

    @property
    def part(self) -> slice:
        """The entries on it."""
        return slice((self.number - 1) * ON_A_PAGE, self.number * ON_A_PAGE)


def page(notice_id: str, args: MultiDict[str, str]) -> Response:
    """The list of what was said, a page at a time."""
    found, reader = board(notice_id), Reader(args)
    wanted = _wanted(reader, found)
    passing = [one for one in found.voices if wanted.admits(one)]
    listed = entries(passing)
    turned = Page.of(reader.limit("page") or 1, len(listed))
    html = render_template(
        "consultations/opinions.html",
        one=found.one,
        tally=reading.tally(passing),
        whole=found.tally,
        entries=listed[turned.part],
        listed=len(listed),
        turned=turned,
        wanted=wanted,
        own=_query(wanted),
        problems=reader.problems,
        **_choices(found),
        **_map(found, passing),
    )
    return send_page(html)


def for_programs(notice_id: str, args: MultiDict[str, str]) -> Response:
    """Every opinion that is shown and wanted; what is not shown is counted."""
    found, reader = board(notice_id), strict(args, *NAMES)
    wanted = _wanted(reader, found)
    reader.refuse()
    passing = [one for one in found.voices if wanted.admits(one)]
    return send_json(
        {
            "notice": notice_id,
            "state": found.one.state,
            "wanted": _query(wanted),
            "counts": counts(reading.tally(passing)),
            "opinions": [_told(one) for one in shown(passing)],
        }
    )


def counts(tally: Tally) -> dict[str, Any]:
    """The counts for programs; ``whole`` is the whole plan, ``undecided`` without a decision."""
    return {
        "receipts": tally.receipts,
        "texts": tally.texts,
        "subjects": tally.subjects,
        "by_channel": dict(tally.by_channel),
        "by_project": {name or WHOLE: n for name, n in tally.by_project.items()},
        "by_stance": {name or "none": n for name, n in tally.by_stance.items()},
        "by_standing": dict(tally.by_standing),
        "by_decision": {name or UNDECIDED: n for name, n in tally.by_verdict.items()},
        "by_topic": dict(tally.by_topic),
        "withheld_for": dict(tally.by_code),
    }


def _told(one: Said) -> dict[str, Any]:
    answer = one.answer
    return {
        "number": one.number,
        "channel": one.channel,
        "received_on": one.received_on.isoformat(),
        "project": one.project,
        "topics": list(one.topics),
        "stance": one.stance,
        "words": one.words,
        "files": one.files,
        "group": one.group and {"id": one.group[0], "title": one.group[1]},
        "decision": answer and {**asdict(answer), "on": answer.on.isoformat()},
    }


def _wanted(reader: Reader, found: Board) -> Wanted:
    projects = [*found.one.notice.projects, WHOLE, *filter(None, found.tally.by_project)]
    return Wanted(
        project=reader.word("project", dict.fromkeys(projects)) or "",
        topic=reader.word("topic", found.one.topics) or "",
        status=reader.word("status", STATUSES) or "",
    )


def _query(wanted: Wanted) -> dict[str, str]:
    return {name: value for name, value in asdict(wanted).items() if value}


def _choices(found: Board) -> dict[str, Any]:
    """What can be chosen, and the words for everything that is shown."""
    plan = plan_of(found.one)
    ids = dict.fromkeys([*found.one.notice.projects, *filter(None, found.tally.by_project)])
    known = {id_: plan.register.find(id_) for id_ in ids}
    return {
        "projects": {
            id_: Text(zh=id_, en=id_) if one is None else one.name for id_, one in known.items()
        },
        "topics": found.one.topics,
        "statuses": _STATUS_TITLES,
        "channels": CHANNELS,
        "stances": STANCES,
        "verdicts": VERDICTS,
        "codes": WITHHELD_FOR,
        "states": STATES,
        "opinion_address": url_for("opinions.give", notice_id=found.one.id),
        "receipts_address": url_for("receipts.look_up"),
        "layers": {layer.id: layer.title for layer in current_plan().catalog.layers},
    }


def _map(found: Board, passing: list[Voice]) -> dict[str, Any]:
    """The same set on the map: each project with how many of them are about it."""
    plan = plan_of(found.one)
    about = reading.tally(passing).by_project
    projects = affected(filter(None, about), plan)
    return {
        "about": about,
        "map_query": map_query(plan, projects) if has_map(found.one) else None,
        "drawn": {one.id for one in projects if one.project and one.project.located},
    }
