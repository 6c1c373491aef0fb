"""What the public pages of a consultation stand on: the notice, its opinions, its plan."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from sqlalchemy.orm import Session

from geo.errors import NotFound
from layers.plan import Plan
from layers.projects import Project
from webapp import journal, language
from webapp.answers import Body, keep, keep_heavy
from webapp.clocks import clock
from webapp.consultation import reading
from webapp.consultation.announced import Announced, announced
from webapp.consultation.reading import Tally, Voice
from webapp.database import database
from webapp.differences import Pair, pair
from webapp.plans import current_plan
from webapp.settings import Settings


@dataclass(frozen=True)
class Board:
    """A notice with its opinions, and the counts of them all.

    Attributes
    ----------
    stamp
        Everything that is told of it depends on this: the log's head, which every change moves,
        where the notice stands, and the day.
    """

    one: Announced
    voices: tuple[Voice, ...]
    tally: Tally
    stamp: Hashable


@dataclass(frozen=True)
class Affected:
    """A project that a notice names; ``project`` is None where the plan does not have it."""

    id: str
    project: Project | None


def board(notice_id: str) -> Board:
    """A notice that the public may see; :class:`NotFound` for all else."""
    with database().reading() as session:
        head = journal.head(session)
        one = announced(session, notice_id, clock().now())
        voices, tally = keep_heavy(
            ("consultation", notice_id, head), lambda: _opinions(session, notice_id)
        )
    return Board(one, voices, tally, (head, one.state, one.today))


def _opinions(session: Session, notice_id: str) -> tuple[tuple[Voice, ...], Tally]:
    found = reading.voices(session, notice_id)
    return tuple(found), reading.tally(found)


def kept(name: str, stamp: Hashable, make: Callable[[], Body], *more: Hashable) -> Body:
    """A page or file that depends on the stamp, the plan, the language and the site's address."""
    plan, lang = current_plan(), language.current()
    return keep((name, stamp, plan.state, lang, request.url_root, *more), make)


def settings() -> Settings:
    """The settings of this deployment."""
    found: Settings = current_app.config["HUITU_SETTINGS"]
    return found


def public_address(endpoint: str, **values: Any) -> str:
    """The whole address under which readers find a page."""
    base = settings().public_url.rstrip("/")
    if not base:
        return url_for(endpoint, _external=True, **values)
    return f"{base}{url_for(endpoint, **values).removeprefix(request.script_root)}"


def public_host() -> str:
    """The site's name, without a port."""
    return urlsplit(public_address("consultations.index")).hostname or "localhost"


def plan_of(one: Announced) -> Plan:
    """The plan as it is announced: on the newer of the versions that the notice compares."""
    present = current_plan()
    try:
        found = present.at({row["layer"]: row["after"] for row in one.notice.compared})
    except NotFound:
        return present
    if found.state == present.state:
        return present
    return keep_heavy((found.state, "plan"), lambda: found)


def pairs_of(one: Announced) -> list[Pair]:
    """The versions of layers that the notice compares, where both were published."""
    found = []
    for row in one.notice.compared:
        try:
            if row.get("before"):
                found.append(pair(current_plan(), row["layer"], row["before"], row["after"]))
        except NotFound:
            continue
    return found


def affected(ids: Iterable[str], plan: Plan) -> list[Affected]:
    """Projects in the order in which they are named, those too that the plan does not have."""
    return [Affected(id_, plan.register.find(id_)) for id_ in ids]


def map_query(plan: Plan, projects: list[Affected]) -> dict[str, str] | None:
    """The map of these projects as parameters; None where none of them can be drawn."""
    drawn = [one.project for one in projects if one.project and one.project.located]
    if not drawn:
        return None
    around = [layer.id for layer in plan.layers if not layer.is_projects and layer.visible]
    layers = dict.fromkeys([*(project.layer for project in drawn), *around])
    present = current_plan().versions
    other = [f"{name}:{is_}" for name, is_ in plan.versions.items() if present.get(name) != is_]
    versions = {"versions": ",".join(other)} if other else {}
    return {
        "layers": ",".join(layers),
        "ids": ",".join(project.id for project in drawn),
        **versions,
    }


def has_map(one: Announced) -> bool:
    """Whether its map may be shown: with its review number, or with a reason given for none."""
    return bool(one.notice.review_number or one.notice.map_override)
