"""The form of a notice: begun, edited by several people, looked at as the public will read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug import Response

from geo.errors import InputError
from webapp.answers import send, send_page
from webapp.clocks import clock
from webapp.consultation import notices, plain
from webapp.consultation.announced import Announced
from webapp.consultation.clock import day_of
from webapp.consultation.notices import Conflict, Content
from webapp.consultation.procedures import PROCEDURES, least_close
from webapp.consultation.tables import Notice
from webapp.consultation.words import TOPICS
from webapp.database import database
from webapp.desk import drafts
from webapp.errors import status_of
from webapp.plans import current_plan
from webapp.views.consultations.common import Board, pairs_of
from webapp.views.consultations.notice import words_of
from webapp.views.consultations.planned import required
from webapp.views.notices.common import Shown, do, page_of, shown
from webapp.views.notices.forms import (
    MOST,
    OWN_TOPICS,
    TITLES,
    NoticeForm,
    compared_layers,
    content_of,
    differing,
    fields_of,
    offered,
    versions_of,
)

_CONFLICT = 409
_ENDS, _LANGS = ("before", "after"), ("zh", "en")


def begin() -> Response:
    """The empty form; what is sent begins a notice."""
    form = NoticeForm(request.form or fields_of(Content(""), 0))
    if request.method == "GET" or _asks_preview():
        return _form(form, None)
    try:
        content = content_of(form, current_plan(), _open_drafts())
        form.refuse()
        made = do(notices.begin, content)
    except InputError as error:
        form.problems = list(error.problems)
        return _form(form, None, status=status_of(error))
    return redirect(url_for("notices.page", notice_id=made.id), 303)


def edit(notice_id: str) -> Response:
    """The form with what the notice says; of one that was announced, why it stands."""
    one = shown(notice_id)
    if request.method == "GET":
        if not one.may("edit"):
            return page_of("fixed", one=one)
        fields = fields_of(Content.of(one.notice), one.notice.revision)
        return _form(NoticeForm(fields), one)
    form = NoticeForm(request.form)
    if _asks_preview():
        return _form(form, one)
    return _save(notice_id, form, one)


def preview(notice_id: str) -> Response:
    """The page that the public will read, as if it were announced now for the fewest days."""
    one = shown(notice_id)
    announced = _as_announced(one)
    pairs = pairs_of(announced)
    board = Board(announced, (), one.tally, stamp=None)
    words = words_of(board, pairs, next(iter(pairs), None))
    if announced.notice.draft and not pairs:
        _at_desk(words, notice_id)
    return send_page(render_template("notices/preview.html", real=one, **words))


def _at_desk(words: dict[str, Any], notice_id: str) -> None:
    """Let the map of before and after ask at the desk for what nobody else may see yet."""
    if words["comparison"] is not None:
        words["comparison"]["geojson_address"] = url_for("notices.changes", notice_id=notice_id)
        words["comparison"]["after_address"] = url_for("notices.drafted", notice_id=notice_id)


def changes(notice_id: str) -> Response:
    """What the draft of a notice changes, as the public will see it."""
    return send(required(_as_announced(shown(notice_id))).changes())


def drafted(notice_id: str) -> Response:
    """The layer as the draft of a notice would have it."""
    return send(required(_as_announced(shown(notice_id))).features())


def _as_announced(one: Shown) -> Announced:
    """A copy in no session, so that nothing of it is kept."""
    columns = {column.key: getattr(one.notice, column.key) for column in Notice.__table__.columns}
    notice, state = Notice(**columns), one.state
    if state in {"draft", "scheduled"}:
        state = "open"
        notice.opens_at = notice.opens_at or one.now
        least = least_close(PROCEDURES[notice.procedure], notice.opens_at)
        notice.closes_at = notice.closes_at or least
    if one.draft is not None and notice.draft_edit is None:
        notice.draft_edit = one.draft.last
    parts = (tuple(one.documents), tuple(one.hearings), tuple(one.extensions))
    return Announced(notice, state, day_of(one.now), *parts)


def _save(notice_id: str, form: NoticeForm, one: Shown) -> Response:
    content = content_of(form, current_plan(), _open_drafts())
    try:
        form.refuse()
        do(notices.edit, notice_id, content, _revision(form))
    except Conflict as conflict:
        form.problems = list(conflict.problems)
        told = differing(content, conflict.theirs)
        return _form(form, one, status=_CONFLICT, differing=told, revision=conflict.revision)
    except InputError as error:
        form.problems = list(error.problems)
        return _form(form, one, status=status_of(error))
    return redirect(url_for("notices.page", notice_id=notice_id), 303)


def _form(form: NoticeForm, one: Shown | None, *, status: int = 200, **words: Any) -> Response:
    plan = current_plan()
    now = clock().now()
    with database().reading() as session:
        found = drafts.drafts(session)
    layers = [(layer, versions_of(plan, layer.id)) for layer in compared_layers(plan)]
    own = range(1, OWN_TOPICS + 1)
    words = {"differing": (), "revision": form.value("revision"), **words}
    return page_of(
        "form",
        status=status,
        form=form,
        one=one,
        titles=TITLES,
        most=MOST,
        layers=layers,
        compares=_is_filled(form, (f"{end}-{one.id}" for one, _ in layers for end in _ENDS)),
        has_own_topics=_is_filled(form, (f"topic_{lang}_{n}" for lang in _LANGS for n in own)),
        projects=(known := offered(plan, form)),
        has_large=bool(plan.large),
        unknown=", ".join(sorted(form.ticked("projects") - {one.id for one in known})),
        drafts=[draft for draft in found if draft.state == "open"],
        topics=TOPICS,
        own_topics=own,
        least={one.id: least_close(one, now) for one in PROCEDURES.values()},
        looked=_looked(form) if _asks_preview() else None,
        **words,
    )


def _looked(form: NoticeForm) -> list[tuple[str, Markup]]:
    """The texts as they will be read."""
    return [
        (name, _rendered(form.value(name)))
        for name in ("plain_zh", "plain_en")
        if form.value(name).strip()
    ]


def _is_filled(form: NoticeForm, names: Iterable[str]) -> bool:
    """Whether one of these fields has a word, or a problem: then they are shown."""
    return any(form.value(name) or form.wrong(name) for name in names)


def _rendered(words: str) -> Markup:
    return Markup(plain.to_html(words))  # noqa: S704 - cleaned by nh3


def _asks_preview() -> bool:
    return request.form.get("do") == "preview"


def _revision(form: NoticeForm) -> int:
    sent = form.value("revision")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


def _open_drafts() -> list[str]:
    with database().reading() as session:
        return [one.id for one in drafts.drafts(session) if one.state == "open"]
