"""What every page of a notice stands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from flask import current_app, redirect, render_template, request, url_for
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from geo.errors import InputError, LimitError
from geo.types import Text
from layers.projects import Project
from webapp import access, accounts, security
from webapp.answers import send_page
from webapp.clocks import clock
from webapp.consultation import notices, reading
from webapp.consultation.clock import day_of, written
from webapp.consultation.procedures import COUNTING, PROCEDURES, counted_days, day_number
from webapp.consultation.states import STATES, State, state_of
from webapp.consultation.tables import Document, Extension, Hearing, Notice
from webapp.database import database
from webapp.desk import drafts
from webapp.errors import status_of
from webapp.plans import current_plan
from webapp.settings import Settings
from webapp.views.notices.forms import NoticeForm

T = TypeVar("T")


@dataclass(frozen=True)
class Shown:
    """A notice with all that belongs to it, as it stands now."""

    notice: Notice
    state: State
    now: datetime
    documents: list[Document]
    hearings: list[Hearing]
    extensions: list[Extension]
    draft: drafts.Draft | None
    tally: reading.Tally

    @property
    def days(self) -> tuple[int, int] | None:
        """Which of its days today is, and how many there are; None before it is published."""
        if self.notice.opens_at is None or self.notice.closes_at is None:
            return None
        whole = counted_days(self.notice.opens_at, self.notice.closes_at)
        return min(max(day_number(self.notice.opens_at, day_of(self.now)), 0), whole), whole

    @property
    def points(self) -> list[notices.Point]:
        """What it needs before it is published."""
        return notices.checklist(notices.Subject(self.notice, self.documents, self.draft))

    def may(self, act: notices.Act) -> bool:
        """Whether something may be done to it now."""
        return notices.may(act, self.notice, self.now)


def affected(one: Shown) -> list[tuple[str, Project | None]]:
    """The projects that a notice names; None for one that the plan has no more."""
    known = {project.id: project for project in current_plan().projects()}
    return [(id_, known.get(id_)) for id_ in one.notice.projects]


def shown(notice_id: str) -> Shown:
    """A notice by its id; :class:`geo.errors.NotFound` where there is none."""
    now = clock().now()
    with database().reading() as session:
        notice = reading.notice_of(session, notice_id)
        return Shown(
            notice,
            state_of(notice, now),
            now,
            notices.documents(session, notice_id),
            notices.hearings(session, notice_id),
            notices.extensions(session, notice_id),
            session.get(drafts.Draft, notice.draft) if notice.draft else None,
            reading.tally(reading.voices(session, notice_id)),
        )


def page_of(template: str, *, status: int = 200, **words: Any) -> Response:
    """A page of notices."""
    catalog = current_plan().catalog
    html = render_template(
        f"notices/{template}.html",
        layer_titles={layer.id: layer.title for layer in catalog.layers},
        states=STATES,
        procedures=PROCEDURES,
        counting=COUNTING,
        written=written,
        **words,
    )
    response = send_page(html)
    response.status_code = status
    return response


def of_notice(template: str, notice_id: str, form: NoticeForm, status: int = 200) -> Response:
    """A page with a form about one notice."""
    return page_of(template, status=status, one=shown(notice_id), form=form)


def do(act: Callable[..., T], *args: Any, **words: Any) -> T:
    """Do something in a transaction of its own, as whoever asks, now."""
    with database().writing() as session:
        return act(session, *args, by=access.person(), clock=clock(), **words)


def answered(
    template: str,
    notice_id: str,
    act: Callable[[NoticeForm], object],
    *,
    back: str = "notices.page",
) -> Response:
    """The page on GET; on POST the act, and the way back, or the page with what is wrong."""
    form = NoticeForm(request.form)
    if request.method == "GET":
        return of_notice(template, notice_id, form)
    try:
        act(form)
    except (InputError, LimitError) as error:
        form.problems = list(error.problems)
        return of_notice(template, notice_id, form, status_of(error))
    return redirect(url_for(back, notice_id=notice_id), 303)


def settings_of() -> Settings:
    """The settings of this deployment."""
    found: Settings = current_app.config["HUITU_SETTINGS"]
    return found


@dataclass(frozen=True)
class Link:
    """Where a work on a notice's opinions is done."""

    title: Text
    href: str


_WORK = (
    ("queue", Text(zh="审核意见", en="Moderate opinions")),
    ("groups", Text(zh="归组", en="Group opinions")),
    ("board", Text(zh="答复进度", en="Answers due")),
    (
        "enter",
        Text(zh="录入书面、会议、电话意见", en="Enter opinions on paper, of meetings, by phone"),
    ),
    ("report", Text(zh="意见采纳情况报告", en="Report on how opinions were adopted")),
)


def links(notice_id: str) -> list[Link]:
    """The pages about a notice's opinions that are there for whoever asks."""
    home = url_for("notices.page", notice_id=notice_id, lang=None)
    return [
        Link(title, f"{home}/{part}{_language()}")
        for part, title in _WORK
        if _is_open_to_asker(f"/desk/consultations/{notice_id}/{part}")
    ]


def public_page(found: Shown) -> str | None:
    """The address of the page that everybody sees; None where there is none yet."""
    path = f"/consultations/{found.notice.id}"
    if found.state in {"draft", "scheduled"} or not _is_open_to_asker(path):
        return None
    return f"{request.script_root}{path}{_language()}"


def _language() -> str:
    chosen = request.args.get("lang")
    return f"?lang={chosen}" if chosen in {"zh", "en"} else ""


def _is_open_to_asker(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    asking = access.account()
    if adapter is None or asking is None:
        return False
    try:
        endpoint, _values = adapter.match(path, method="GET")
    except HTTPException:
        return False
    route = security.ROUTES.get(endpoint)
    return route is not None and accounts.admits(route.role, asking.role)
