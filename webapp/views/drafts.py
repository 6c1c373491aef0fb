"""Editing a layer on the map (草稿编辑): for planners, until it is published as a version."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from geo.errors import InputError, Problem
from geo.types import Text
from layers.diff import CLASSES, sentence
from layers.spec import FieldSpec, LayerSpec
from webapp import access, errors, journal, language
from webapp.answers import send_json, send_page
from webapp.assets import asset_path
from webapp.database import database
from webapp.desk import drafts as rules
from webapp.desk.drafts import Conflict, Draft, Edit, Prepared
from webapp.desk.drafts.content import Content
from webapp.desk.drafts.features import base_features, by_key, merged
from webapp.errors import status_of
from webapp.forms import Form
from webapp.params import strict
from webapp.plans import current_plan

blueprint = Blueprint("drafts", __name__)

_LAYER = Text(zh="图层", en="Layer")
_TITLE = Text(zh="草稿名称", en="Name of the draft")
_REASON = Text(zh="发布原因", en="Reason")
_SEEN = Text(zh="已看到的编辑", en="Edits seen")
_TITLE_MOST, _REASON_MOST = 80, 300
_KINDS = ("edit", "note", "undo", "redo")


@blueprint.route("/desk/drafts", methods=["GET", "POST"])
def index() -> AnyResponse:
    """All drafts; a new one is begun on the current version of a layer."""
    form = Form(request.form)
    if request.method == "GET":
        return _index(form)
    try:
        layer = form.choice("layer", _LAYER, [one.id for one in current_plan().layers])
        title = form.text("title", _TITLE, most=_TITLE_MOST)
        form.refuse()
        base = current_plan().publication(layer).version
        with database().writing() as session:
            made = rules.begin(session, layer, base, title, by=access.person())
    except InputError as error:
        form.problems = list(error.problems)
        return _index(form, status=400)
    return redirect(url_for("drafts.page", draft_id=made.id), 303)


@blueprint.get("/desk/drafts/<draft_id>")
def page(draft_id: str) -> AnyResponse:
    """The editor: the layer on the map, its features as a list, a form for each."""
    draft = _named(draft_id)
    spec, plan = current_plan().catalog.layer(draft.layer), current_plan()
    html = render_template(
        "drafts/page.html",
        draft=draft,
        spec=spec,
        is_old=plan.publication(draft.layer).version != draft.base,
        leaflet=[asset_path("leaflet", "leaflet.css"), asset_path("leaflet", "leaflet.js")],
        proj4=asset_path("proj4", "proj4.js"),
    )
    return send_page(html)


@blueprint.get("/desk/drafts/<draft_id>/state.json")
def state(draft_id: str) -> AnyResponse:
    """The features as the draft has them; those edited beyond a number with ``after``."""
    reader = strict(request.args, "after")
    written = reader.text("after")
    reader.refuse()
    after = int(written) if written.isdecimal() else None
    with database().reading() as session:
        draft = rules.named(session, draft_id)
        found = rules.edits(session, draft_id)
    return send_json(_state(draft, found, after))


@blueprint.route("/desk/drafts/<draft_id>/edits.json", methods=["GET", "POST"])
def edits(draft_id: str) -> AnyResponse:
    """Every edit in its order; a posted one is saved, a conflict is told with both states."""
    if request.method == "GET":
        with database().reading() as session:
            rules.named(session, draft_id)
            found = rules.edits(session, draft_id)
        return send_json([edit.to_dict() for edit in found])
    try:
        asked = _Asked(request.get_data())
        with database().writing() as session:
            made = asked.carry_out(session, draft_id)
    except Conflict as error:
        return _conflict(error)
    return send_json(_edited(_named(draft_id), made))


@blueprint.get("/desk/drafts/<draft_id>/check.json")
def check(draft_id: str) -> AnyResponse:
    """What publishing would tell: the problems of each feature, and what differs."""
    _draft, prepared = _prepared(draft_id)
    lang = language.current()
    return send_json(
        {
            "seen": prepared.seen,
            "ok": prepared.report.ok,
            "problems": [_problem(prepared, one, lang) for one in prepared.report.ordered()],
            "changes": _changes(prepared, lang),
        }
    )


@blueprint.route("/desk/drafts/<draft_id>/publish", methods=["GET", "POST"])
def publish(draft_id: str) -> AnyResponse:
    """Problems and difference once more, and the reason; then it is a version."""
    form, plan = Form(request.form), current_plan()
    if request.method == "GET":
        return _publish_page(draft_id, form)
    try:
        reason = form.text("reason", _REASON, most=_REASON_MOST)
        seen = form.text("seen", _SEEN, most=9)
        form.refuse()
        with database().writing() as session:
            rules.publish(
                session,
                plan.catalog,
                plan.store,
                draft_id,
                by=access.person(),
                reason=reason,
                seen=int(seen) if seen.isdecimal() else -1,
                accepted=form.is_on("accepted"),
            )
    except InputError as error:
        form.problems = list(error.problems)
        return _publish_page(draft_id, form, status=status_of(error))
    journal.catch_up(database(), plan.catalog, plan.store)
    return redirect(url_for("drafts.index", published=draft_id), 303)


@blueprint.route("/desk/drafts/<draft_id>/carry", methods=["GET", "POST"])
def carry(draft_id: str) -> AnyResponse:
    """Carry the draft over to the current version; what both changed is decided one by one."""
    plan = current_plan()
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        decided = {
            name.removeprefix("feature:"): value
            for name, value in request.form.items()
            if name.startswith("feature:")
        }
        try:
            with database().writing() as session:
                draft = rules.named(session, draft_id)
                current = plan.publication(draft.layer).version
                rules.carry(session, plan.store, draft_id, current, decided, by=access.person())
            return redirect(url_for("drafts.page", draft_id=draft_id), 303)
        except InputError as error:
            problems = error.problems
    with database().reading() as session:
        draft = rules.named(session, draft_id)
        found = rules.edits(session, draft_id)
    current = plan.publication(draft.layer).version
    spec = plan.catalog.layer(draft.layer)
    listed = [
        (one, _differing(spec, one.newer, one.draft))
        for one in rules.conflicts(plan.store, draft, found, current)
    ]
    html = render_template(
        "drafts/carry.html", draft=draft, spec=spec, listed=listed, problems=problems
    )
    answer = send_page(html)
    answer.status_code = 400 if problems else 200
    return answer


@blueprint.route("/desk/drafts/<draft_id>/discard", methods=["GET", "POST"])
def discard(draft_id: str) -> AnyResponse:
    """Give the draft up; its edits stay readable."""
    if request.method == "POST":
        with database().writing() as session:
            rules.discard(session, draft_id, by=access.person())
    return redirect(url_for("drafts.index"), 303)


class _Asked:
    """What the editor asks for, parsed."""

    def __init__(self, body: bytes) -> None:
        try:
            sent = orjson.loads(body)
            self._kind = sent["kind"]
            self._feature = str(sent.get("feature", ""))[:200]
            self._based_on = int(sent.get("revision", 0))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(errors.BAD_REQUEST.at()) from None
        if self._kind not in _KINDS:
            raise InputError(errors.BAD_REQUEST.at())
        wanted = sent.get("content")
        needed = self._kind == "note" or wanted is not None
        self._content = Content.of(wanted) if needed and self._kind in {"edit", "note"} else None

    def carry_out(self, session: Session, draft_id: str) -> Edit:
        """Do it within a transaction."""
        by = access.person()
        if self._kind == "undo":
            return rules.undo(session, draft_id, by=by)
        if self._kind == "redo":
            return rules.redo(session, draft_id, by=by)
        if self._kind == "note" and self._content is not None:
            return rules.note(session, draft_id, self._feature, self._content, by=by)
        return rules.save(
            session, draft_id, self._feature, self._content, based_on=self._based_on, by=by
        )


def _named(draft_id: str) -> Draft:
    with database().reading() as session:
        return rules.named(session, draft_id)


def _prepared(draft_id: str) -> tuple[Draft, Prepared]:
    plan = current_plan()
    with database().reading() as session:
        draft = rules.named(session, draft_id)
        found = rules.edits(session, draft_id)
    return draft, rules.prepare(plan.catalog, plan.store, draft, found)


def _state(draft: Draft, found: list[Edit], after: int | None) -> dict[str, Any]:
    """All features, or only those edited beyond a number, each with its revision."""
    frame = current_plan().store.frame(draft.layer, draft.base)
    base, last = by_key(base_features(frame)), rules.latest(found)
    features = by_key(merged(base_features(frame), found))
    keys = [*base, *(key for key in last if key not in base)]
    if after is not None:
        keys = [key for key in last if last[key].number > after]
    return {
        "state": draft.state,
        "base": draft.base,
        "last": draft.last,
        "required": _required(draft.layer),
        "features": [_feature(key, features.get(key), last.get(key)) for key in keys],
        "notes": [edit.to_dict() for edit in rules.notes(found)],
    }


def _required(layer_id: str) -> list[str]:
    fields = current_plan().catalog.layer(layer_id).fields
    return [name for name, field in fields.items() if field.required]


def _feature(key: str, content: dict[str, Any] | None, edit: Edit | None) -> dict[str, Any]:
    return {
        "key": key,
        "content": content,
        "revision": edit.revision if edit else 0,
        "by": edit.by if edit else None,
        "edited": edit is not None and edit.holds != "base",
    }


def _edited(draft: Draft, edit: Edit) -> dict[str, Any]:
    """What holds for the feature after an edit, and the number of the edit."""
    found = _state(draft, _edits(draft.id), None)
    one = next((one for one in found["features"] if one["key"] == edit.feature), None)
    return {"number": edit.number, "feature": one}


def _edits(draft_id: str) -> list[Edit]:
    with database().reading() as session:
        return rules.edits(session, draft_id)


def _conflict(error: Conflict) -> Response:
    """409 with the state that another person has saved; one's own stands on one's page."""
    told = orjson.loads(errors.body(error, language.current()))
    theirs = {**error.theirs.to_dict(), "kind": "theirs"}
    answer = Response(orjson.dumps({**told, "theirs": theirs}), mimetype="application/json")
    answer.status_code = 409
    return answer


def _problem(prepared: Prepared, problem: Problem, lang: str) -> dict[str, Any]:
    place = prepared.report.place_of(problem)
    return {
        **problem.to_dict(lang),
        "key": prepared.key_of(problem.row),
        "place": None if place is None else list(place),
    }


def _changes(prepared: Prepared, lang: str) -> list[dict[str, str]] | None:
    if prepared.difference is None:
        return None
    return [
        {"class": CLASSES[one.kind].title.in_(lang), "words": sentence(one).in_(lang)}
        for one in prepared.difference.changes
    ]


def _publish_page(draft_id: str, form: Form, status: int = 200) -> AnyResponse:
    draft, prepared = _prepared(draft_id)
    plan = current_plan()
    html = render_template(
        "drafts/publish.html",
        draft=draft,
        spec=plan.catalog.layer(draft.layer),
        prepared=prepared,
        report=prepared.report,
        is_old=plan.publication(draft.layer).version != draft.base,
        form=form,
        classes=CLASSES,
        sentence=sentence,
    )
    answer = send_page(html)
    answer.status_code = status
    return answer


def _index(form: Form, status: int = 200) -> AnyResponse:
    with database().reading() as session:
        found = rules.drafts(session)
    plan = current_plan()
    html = render_template(
        "drafts/index.html",
        form=form,
        drafts=found,
        layers=plan.layers,
        titles={layer.id: layer.title for layer in plan.catalog.layers},
        published=request.args.get("published", ""),
    )
    answer = send_page(html)
    answer.status_code = status
    return answer


def _differing(
    spec: LayerSpec, newer: dict[str, Any] | None, draft: dict[str, Any] | None
) -> list[tuple[FieldSpec, Any, Any]]:
    """The fields in which both states differ, with both values."""
    if newer is None or draft is None:
        return []
    pairs = [
        (field, newer["properties"].get(name), draft["properties"].get(name))
        for name, field in spec.fields.items()
    ]
    return [(field, one, other) for field, one, other in pairs if one != other]
