"""Imports (导入): a file on its way to a published version, a page for each step."""

from __future__ import annotations

import time

from flask import Blueprint, redirect, request, url_for
from werkzeug import Response

from geo.errors import HuituError, InputError, ProblemKind
from geo.types import Text
from webapp import access
from webapp.answers import send_json
from webapp.database import database
from webapp.desk import Folder, Import, Task, imports, worker
from webapp.errors import status_of
from webapp.forms import Form
from webapp.plans import current_plan
from webapp.views.imports.answering import ANSWERS
from webapp.views.imports.common import (
    STATE_TITLES,
    STEPS,
    for_program,
    opened,
    page_of,
    settings_of,
    to_step,
)
from webapp.views.imports.showing import SHOWN, common_words

blueprint = Blueprint("imports", __name__)

#: A process that was started needs so long before its lock tells that it works.
_STARTING_SECONDS = 20


_LAYER = Text(zh="图层", en="Layer")

NO_FILE = ProblemKind(
    "upload-missing",
    "error",
    Text(zh="没有选择文件", en="No file was chosen"),
    Text(zh="选择或拖入一个文件", en="Choose a file, or drop one"),
)

# ---------------------------------------------------------------- the list, and a new one


@blueprint.route("/desk/imports", methods=["GET", "POST"])
def index() -> Response:
    """The imports, and a form that begins one."""
    if request.method == "GET":
        return _index(Form(request.args))
    form = Form(request.form)
    try:
        import_id = _received(form)
    except HuituError as error:
        form.problems = list(error.problems)
        return _index(form, status_of(error))
    address = url_for("imports.page", import_id=import_id)
    if for_program():
        answer = send_json({"id": import_id, "href": address})
        answer.status_code = 202
        answer.headers["Location"] = address
        return answer
    return redirect(address, 303)


def _received(form: Form) -> str:
    layer = form.choice("layer", _LAYER, [one.id for one in current_plan().catalog.layers])
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        form.add([NO_FILE.at(field="file")])
        raise InputError(form.problems)
    form.refuse()
    import_id = imports.new_id()
    folder = Folder(settings_of().data, import_id)
    most = settings_of().upload_mb * 1_000_000
    received = folder.receive(sent.stream, sent.filename or "", most)
    with database().writing() as session:
        imports.begin(session, import_id, layer, access.person().name, received)
    worker.start(settings_of(), import_id, "look")
    return import_id


def _index(form: Form, status: int = 200) -> Response:
    with database().reading() as session:
        open_ones, ended = imports.listed(session)
    page = page_of(
        "imports/index.html",
        form=form,
        layers=current_plan().catalog.layers,
        most_mb=settings_of().upload_mb,
        open_ones=open_ones,
        ended=ended,
        states=STATE_TITLES,
        titles={layer.id: layer.title for layer in current_plan().catalog.layers},
    )
    page.status_code = status
    return page


# ---------------------------------------------------------------- one import


@blueprint.get("/desk/imports/<import_id>")
def page(import_id: str) -> Response:
    """How far the work is, or the way to the next step; JSON for a program."""
    folder = opened(import_id)[1]
    task = folder.task
    # The row is read after the task: what is over stands in it.
    one = opened(import_id)[0]
    going = task is not None and not task.over and not one.ended
    if going:
        _take_up(folder, import_id)
    if for_program():
        return _told(one, task, going)
    failed = task is not None and bool(task.problem) and not one.ended
    if not (going or failed or one.ended):
        return redirect(to_step(one, _wanted() or _next(one, folder)), 303)
    if one.state == "published":
        return redirect(url_for("desk.layer", layer_id=one.layer), 303)
    words = {"task": task, "going": going, "failed": failed, "look": folder.found("look")}
    return page_of("imports/page.html", **common_words(one, ""), **words)


def _wanted() -> str:
    """The step that is to be shown once the work is done, where the address names one."""
    step = request.args.get("then", "")
    return step if step in STEPS else ""


def _take_up(folder: Folder, import_id: str) -> None:
    """Begin again what was broken off; a process that was just started is waited for."""
    age = time.time() - (folder.path / "task.json").stat().st_mtime
    if age > _STARTING_SECONDS:
        worker.resume(settings_of(), import_id)


def _told(one: Import, task: Task | None, going: bool) -> Response:
    return send_json(
        {
            "id": one.id,
            "layer": one.layer,
            "file": one.file,
            "state": one.state,
            "works": going,
            "percent": task.percent if task else 0,
            "problem": dict(task.problem) if task else {},
            "version": one.version or None,
        }
    )


def _next(one: Import, folder: Folder) -> str:
    """The first step that wants an answer."""
    told, look = one.told, folder.found("look") or {}
    asks = look.get("previews") or len(look.get("layers") or ()) > 1
    if told.where is None:
        return "reading" if asks and told.encoding is None and told.layer is None else "position"
    if told.mapping is None:
        return "fields"
    return "difference" if one.state == "ready" else "problems"


@blueprint.route("/desk/imports/<import_id>/discard", methods=["GET", "POST"])
def discard(import_id: str) -> Response:
    """Give an import up; nothing of it is published, its file stays."""
    if request.method == "GET":
        return redirect(url_for("imports.page", import_id=import_id), 303)
    _one, folder = opened(import_id)
    folder.stop()
    with database().writing() as session:
        imports.discard(session, import_id, access.person().name)
    return redirect(url_for("imports.index"), 303)


@blueprint.route(
    "/desk/imports/<import_id>/<any(" + ",".join(STEPS) + "):step>", methods=["GET", "POST"]
)
def step(import_id: str, step: str) -> Response:
    """A step: what was found, and what a person answers."""
    one, folder = opened(import_id)
    if one.ended or folder.unfinished or folder.found("look") is None:
        return redirect(url_for("imports.page", import_id=import_id), 303)
    form = Form(request.form)
    if request.method == "GET":
        return _step(one, folder, step, form)
    try:
        return redirect(ANSWERS[step](one, folder, form), 303)
    except HuituError as error:
        form.problems = list(error.problems)
        shown = _step(opened(import_id)[0], folder, step, form)
        shown.status_code = status_of(error)
        return shown


def _step(one: Import, folder: Folder, step: str, form: Form) -> Response:
    words = SHOWN[step](one, folder)
    return page_of(f"imports/{step}.html", form=form, **common_words(one, step), **words)
