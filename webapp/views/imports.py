"""Imports (导入): a file on its way to a published version, a page for each step."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug import Response

from geo.errors import CrsError, HuituError, InputError, ProblemKind
from geo.placement import DATUMS, ControlPoint, Placement
from geo.types import Text
from layers.mapping import FieldMapping
from layers.spec import LayerSpec
from webapp import access
from webapp.answers import JSON, send_json, send_page
from webapp.database import database
from webapp.desk import Folder, Import, imports, worker
from webapp.desk.picture import WIDTH, Picture
from webapp.desk.tables import STATES
from webapp.errors import status_of
from webapp.forms import Form
from webapp.plans import current_plan
from webapp.settings import Settings
from webapp.views.desk import MOST_OF_A_REASON, REASON

blueprint = Blueprint("imports", __name__)

STEPS: Mapping[str, Text] = MappingProxyType(
    {
        "reading": Text(zh="读取", en="Reading"),
        "position": Text(zh="位置", en="Position"),
        "fields": Text(zh="字段", en="Fields"),
        "problems": Text(zh="问题", en="Problems"),
        "difference": Text(zh="差异", en="Difference"),
        "publish": Text(zh="发布", en="Publish"),
    }
)
SEVERITIES: Mapping[str, Text] = MappingProxyType(
    {
        "error": Text(zh="错误", en="Error"),
        "warning": Text(zh="提醒", en="Warning"),
        "note": Text(zh="说明", en="Note"),
    }
)
STATE_TITLES: Mapping[str, Text] = MappingProxyType(
    dict(
        zip(
            STATES,
            (
                Text(zh="已接收", en="Received"),
                Text(zh="不能读取", en="Refused"),
                Text(zh="等待回答", en="To be answered"),
                Text(zh="可以发布", en="Ready"),
                Text(zh="已发布", en="Published"),
                Text(zh="已放弃", en="Given up"),
            ),
            strict=True,
        )
    )
)
#: What a person may choose, beside what the evidence proposes.
SYSTEMS = ("EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:4479", "EPSG:32651")
CONTROL_ROWS = 4
#: So many problems stand on a page.
LISTED = 300
#: A process that was started needs so long before its lock tells that it works.
_STARTING_SECONDS = 20

_LAYER, _FILE = Text(zh="图层", en="Layer"), Text(zh="文件", en="File")
_ENCODING = Text(zh="文字编码", en="Encoding")
_PART = Text(zh="文件中的图层或工作表", en="Layer or sheet of the file")
_COLUMN = Text(zh="坐标列", en="Column of coordinates")
_PLACE = Text(zh="位置", en="Position")

NO_FILE = ProblemKind(
    "upload-missing",
    "error",
    Text(zh="没有选择文件", en="No file was chosen"),
    Text(zh="选择或拖入一个文件", en="Choose a file, or drop one"),
)
BAD_PLACE = ProblemKind(
    "import-place",
    "error",
    Text(zh="控制点或坐标系写得不完整", en="The control points or the CRS are not complete"),
    Text(
        zh="每个控制点写四个数：文件中的两个数、经度、纬度；至少两个点",
        en="Each control point is four numbers: two of the file, longitude, latitude; two at least",
    ),
)
NO_ROWS = ProblemKind(
    "import-no-rows",
    "error",
    Text(zh="没有选中任何一行", en="No row was chosen"),
    Text(zh="勾选要处理的行，或选一类问题", en="Tick rows, or choose a kind of problem"),
)
NOT_SEEN = ProblemKind(
    "import-warnings",
    "error",
    Text(zh="还有 {count} 条提醒没有确认", en="{count} warnings were not confirmed"),
    Text(zh="看过后勾选确认", en="Look at them and tick the box"),
)
NOT_READY = ProblemKind(
    "import-not-ready",
    "error",
    Text(zh="还不能发布", en="It cannot be published yet"),
    Text(zh="先走完前面的步骤", en="Go through the steps before"),
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
    if _for_program():
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
    folder = Folder(_settings().data, import_id)
    most = _settings().upload_mb * 1_000_000
    received = folder.receive(sent.stream, sent.filename or "", most)
    with database().writing() as session:
        imports.begin(session, import_id, layer, access.person().name, received)
    worker.start(_settings(), import_id, "look")
    return import_id


def _index(form: Form, status: int = 200) -> Response:
    with database().reading() as session:
        open_ones, ended = imports.listed(session)
    page = _page(
        "imports/index.html",
        form=form,
        layers=current_plan().catalog.layers,
        most_mb=_settings().upload_mb,
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
    one, folder = _opened(import_id)
    if folder.unfinished and not one.ended:
        _take_up(folder, import_id)
    if _for_program():
        return _told(one, folder)
    task = folder.task
    going = folder.unfinished and not one.ended
    failed = task is not None and bool(task.problem) and not one.ended
    if not (going or failed or one.ended):
        return redirect(url_for("imports.step", import_id=import_id, step=_next(one, folder)), 303)
    if one.state == "published":
        return redirect(url_for("desk.layer", layer_id=one.layer), 303)
    words = {"task": task, "going": going, "failed": failed, "look": folder.found("look")}
    return _page("imports/page.html", **_common(one, ""), **words)


def _take_up(folder: Folder, import_id: str) -> None:
    """Begin again what was broken off; a process that was just started is waited for."""
    age = time.time() - (folder.path / "task.json").stat().st_mtime
    if age > _STARTING_SECONDS:
        worker.resume(_settings(), import_id)


def _told(one: Import, folder: Folder) -> Response:
    task = folder.task
    return send_json(
        {
            "id": one.id,
            "layer": one.layer,
            "file": one.file,
            "state": one.state,
            "works": folder.unfinished and not one.ended,
            "percent": task.percent if task else 0,
            "problem": dict(task.problem) if task else {},
            "version": one.version or None,
        }
    )


def _next(one: Import, folder: Folder) -> str:
    """The first step that wants an answer."""
    told, look = one.told, folder.found("look") or {}
    asks = look.get("previews") or len(look.get("layers") or ()) > 1
    if told.placement is None:
        return "reading" if asks and told.encoding is None and told.layer is None else "position"
    if told.mapping is None:
        return "fields"
    return "difference" if one.state == "ready" else "problems"


@blueprint.route("/desk/imports/<import_id>/discard", methods=["GET", "POST"])
def discard(import_id: str) -> Response:
    """Give an import up; nothing of it is published, its file stays."""
    if request.method == "GET":
        return redirect(url_for("imports.page", import_id=import_id), 303)
    _one, folder = _opened(import_id)
    folder.stop()
    with database().writing() as session:
        imports.discard(session, import_id, access.person().name)
    return redirect(url_for("imports.index"), 303)


@blueprint.route(
    "/desk/imports/<import_id>/<any(" + ",".join(STEPS) + "):step>", methods=["GET", "POST"]
)
def step(import_id: str, step: str) -> Response:
    """A step: what was found, and what a person answers."""
    one, folder = _opened(import_id)
    if one.ended or folder.unfinished or folder.found("look") is None:
        return redirect(url_for("imports.page", import_id=import_id), 303)
    form = Form(request.form)
    if request.method == "GET":
        return _step(one, folder, step, form)
    try:
        return redirect(_ANSWERS[step](one, folder, form), 303)
    except HuituError as error:
        form.problems = list(error.problems)
        shown = _step(_opened(import_id)[0], folder, step, form)
        shown.status_code = status_of(error)
        return shown


def _step(one: Import, folder: Folder, step: str, form: Form) -> Response:
    words = _SHOWN[step](one, folder)
    return _page(f"imports/{step}.html", form=form, **_common(one, step), **words)


# ---------------------------------------------------------------- what is shown


def _common(one: Import, step: str) -> dict[str, Any]:
    return {
        "one": one,
        "told": one.told,
        "spec": current_plan().catalog.layer(one.layer),
        "step": step,
        "steps": STEPS,
        "states": STATE_TITLES,
    }


def _show_reading(_one: Import, folder: Folder) -> dict[str, Any]:
    return {"look": folder.found("look")}


def _show_position(one: Import, folder: Folder) -> dict[str, Any]:
    picture = Picture.of(current_plan().catalog.zone.bounds)
    weighing = folder.found("weighing") or {"hypotheses": [], "decided": False, "verdict": None}
    chosen = one.told.placement
    places = [Placement.from_dict(found["placement"]) for found in weighing["hypotheses"]]
    known = places.index(chosen) if chosen in places else None
    proposed = 0 if weighing["decided"] and chosen is None else None
    return {
        "look": folder.found("look"),
        "weighing": weighing,
        "paths": [picture.dots(found["where"]) for found in weighing["hypotheses"]],
        "chosen": known if chosen is not None else proposed,
        "placement": chosen,
        "systems": SYSTEMS,
        "datums": DATUMS,
        "control_rows": CONTROL_ROWS,
        **_ground(one, picture),
    }


def _ground(one: Import, picture: Picture) -> dict[str, Any]:
    """What lies below: districts, stations, the layer as it is published."""
    plan = current_plan()
    zone = plan.catalog.zone
    named = {"districts": zone.districts, "stations": zone.stations, "published": one.layer}
    drawn = {
        name: picture.shapes(plan.frame(layer)) if layer in plan.versions else ""
        for name, layer in named.items()
    }
    return {"picture": picture, "width": WIDTH, "ground": drawn}


def _show_fields(one: Import, folder: Folder) -> dict[str, Any]:
    proposed = folder.found("mapping") or {}
    mapping = one.told.mapping or FieldMapping.from_dict(proposed)
    return {
        "look": folder.found("look"),
        "mapping": mapping,
        "because": proposed.get("because", {}),
    }


def _show_problems(one: Import, folder: Folder) -> dict[str, Any]:
    report = folder.found("report")
    severity, kind = request.args.get("severity", ""), request.args.get("kind", "")
    found = [] if report is None else report["problems"]
    shown = [
        problem
        for problem in found
        if severity in {"", problem["zh"]["severity"]} and kind in {"", problem["zh"]["code"]}
    ]
    kinds: dict[str, int] = {}
    for problem in found:
        kinds[problem["zh"]["code"]] = kinds.get(problem["zh"]["code"], 0) + 1
    picture = Picture.of(current_plan().catalog.zone.bounds)
    marked = [problem["place"] for problem in shown[:LISTED] if problem["place"]]
    return {
        "report": report,
        "shown": shown[:LISTED],
        "more": max(len(shown) - LISTED, 0),
        "kinds": kinds,
        "kind": kind,
        "severity": severity,
        "severities": SEVERITIES,
        "marks": [(*picture.at(*place),) for place in marked if picture.holds(*place)],
        "spot": _spot(picture),
        "repairs": [] if report is None else [_repair(found) for found in report["repairs"]],
        **_ground(one, picture),
    }


def _spot(picture: Picture) -> tuple[float, float] | None:
    """The one place that was asked for."""
    try:
        lon, lat = (float(part) for part in request.args.get("at", "").split(","))
    except ValueError:
        return None
    return picture.at(lon, lat) if picture.holds(lon, lat) else None


def _repair(found: Mapping[str, Any]) -> dict[str, Any]:
    picture = Picture.around([*found["before"], *found["after"]])
    return {
        **found,
        "height": picture.height,
        "before": picture.lines(found["before"]),
        "after": picture.lines(found["after"]),
    }


def _show_difference(one: Import, folder: Folder) -> dict[str, Any]:
    from layers.diff import CLASSES

    seen = folder.found("difference")
    return {
        "report": folder.found("report"),
        "seen": seen,
        "classes": CLASSES,
        "overtaken": _overtaken(one, seen),
    }


def _overtaken(one: Import, seen: Mapping[str, Any] | None) -> bool:
    """Whether somebody has published since the difference was made."""
    publications = current_plan().store.publications(one.layer)
    now = publications[0].version if publications else ""
    return seen is not None and seen["base"] != now


def _show_publish(one: Import, folder: Folder) -> dict[str, Any]:
    return _show_difference(one, folder)


# ---------------------------------------------------------------- what is answered


def _answer_reading(one: Import, folder: Folder, form: Form) -> str:
    look = folder.found("look") or {}
    encodings = [found["encoding"] for found in look["previews"]]
    answers: dict[str, Any] = {}
    if encodings:
        answers["encoding"] = form.choice("encoding", _ENCODING, encodings)
    if len(look["layers"]) > 1:
        names = [found["name"] for found in look["layers"]]
        answers["layer"] = form.choice("layer", _PART, names)
    if look["columns"]:
        names = [*(field["name"] for field in look["fields"]), *look["columns"]]
        wanted = [form.value(f"column-{n}") for n in range(len(look["columns"]))]
        for n, name in enumerate(wanted):
            if name not in names:
                form.choice(f"column-{n}", _COLUMN, names)
        answers["columns"] = tuple(wanted)
    form.refuse()
    with database().writing() as session:
        imports.answer(session, one.id, **answers)
    folder.forget("report", "difference")
    again = (answers.get("encoding"), answers.get("layer"), answers.get("columns"))
    before = (one.told.encoding, one.told.layer, one.told.columns)
    if again != before:
        worker.start(_settings(), one.id, "look")
        return url_for("imports.page", import_id=one.id)
    return _to(one, "position")


def _answer_position(one: Import, folder: Folder, form: Form) -> str:
    weighing = folder.found("weighing") or {"hypotheses": []}
    choices = [str(n) for n in range(len(weighing["hypotheses"]))]
    chosen = form.choice("place", _PLACE, [*choices, "other", "control"])
    form.refuse()
    if chosen in choices:
        placement = Placement.from_dict(weighing["hypotheses"][int(chosen)]["placement"])
    else:
        placement = _written_placement(form, control=chosen == "control")
    with database().writing() as session:
        changed = imports.answer(session, one.id, placement=placement)
        mapped = changed.told.mapping is not None
    return _prepared(one) if mapped else _to(one, "fields")


def _written_placement(form: Form, *, control: bool) -> Placement:
    """A CRS that was named, or control points that were typed."""
    try:
        if control:
            points = tuple(_control_points(form))
            if len(points) < 2:
                raise InputError(BAD_PLACE.at(field="place"))
            crs = current_plan().catalog.zone.metric_crs
            return Placement(crs, control=points, swapped=form.is_on("control-swapped"))
        datum: Any = form.value("datum") or "wgs84"
        return Placement(form.value("crs").strip(), datum, form.is_on("swapped"))
    except (ValueError, CrsError) as error:
        problems = error.problems if isinstance(error, CrsError) else [BAD_PLACE.at(field="place")]
        raise InputError(problems) from error


def _control_points(form: Form) -> list[ControlPoint]:
    rows = [
        [form.value(f"control-{n}-{part}").strip() for part in ("x", "y", "lon", "lat")]
        for n in range(CONTROL_ROWS)
    ]
    return [ControlPoint(*map(float, row)) for row in rows if any(row)]


def _answer_fields(one: Import, folder: Folder, form: Form) -> str:
    spec = current_plan().catalog.layer(one.layer)
    mapping = _mapping(
        form, spec, [field["name"] for field in (folder.found("look") or {})["fields"]]
    )
    by = access.person().name
    with database().writing() as session:
        changed = imports.answer(session, one.id, mapping=mapping)
        imports.remember(session, changed, mapping, by)
    return _prepared(one)


def _mapping(form: Form, spec: LayerSpec, names: list[str]) -> FieldMapping:
    fields, constants, values = {}, {}, {}
    for name, field in spec.fields.items():
        if source := form.value(f"field-{name}"):
            fields[name] = form.choice(f"field-{name}", field.title, names) or source
        if constant := form.text(f"constant-{name}", field.title, most=300, required=False):
            constants[name] = constant
        written = form.text(f"values-{name}", field.title, most=5000, required=False)
        values[name] = _pairs(written)
    form.refuse()
    return FieldMapping(fields, constants, values, make_ids=form.is_on("make_ids"))


def _pairs(written: str) -> dict[str, str]:
    """``word of the file = value of the catalog``, one a line."""
    lines = (line.rpartition("=") for line in written.replace("＝", "=").splitlines())
    return {left.strip(): right.strip() for left, sign, right in lines if sign and left.strip()}


def _prepared(one: Import) -> str:
    """Prepare the rows anew as they were answered; what was found before holds no more."""
    folder = Folder(_settings().data, one.id)
    folder.forget("report", "difference")
    worker.start(_settings(), one.id, "prepare")
    return url_for("imports.page", import_id=one.id)


def _answer_problems(one: Import, folder: Folder, form: Form) -> str:
    what = form.value("do")
    if what in {"repair", "as-it-is"}:
        with database().writing() as session:
            imports.answer(session, one.id, repair=what == "repair")
        return _prepared(one)
    rows = _chosen_rows(folder, form)
    reason = "" if what == "take" else form.text("reason", REASON, most=MOST_OF_A_REASON)
    if not rows:
        form.add([NO_ROWS.at(field="row")])
    form.refuse()
    with database().writing() as session:
        if what == "take":
            imports.take_in(session, one.id, rows)
        else:
            imports.leave_out(session, one.id, rows, reason)
    return _prepared(one)


def _chosen_rows(folder: Folder, form: Form) -> set[int]:
    if form.value("do") == "leave-kind":
        found = (folder.found("report") or {"problems": []})["problems"]
        kind = form.value("kind")
        return {row for one in found if one["zh"]["code"] == kind for row in one["rows"]}
    return {int(row) for row in request.form.getlist("row") if row.isdecimal()}


def _answer_difference(one: Import, _folder: Folder, form: Form) -> str:
    if form.value("do") == "again":
        return _prepared(one)
    return _to(one, "publish")


def _answer_publish(one: Import, folder: Folder, form: Form) -> str:
    report = folder.found("report") or {"ok": False, "counts": {"warning": 0}}
    if one.state != "ready" or not report["ok"]:
        raise InputError(NOT_READY.at())
    reason = form.text("reason", REASON, most=MOST_OF_A_REASON)
    if (count := report["counts"]["warning"]) and not form.is_on("seen"):
        form.add([NOT_SEEN.at(field="seen", count=count)])
    form.refuse()
    by = access.person().name
    worker.start(_settings(), one.id, "publish", by=by, reason=reason)
    return url_for("imports.page", import_id=one.id)


Shown = Callable[[Import, Folder], dict[str, Any]]
Answered = Callable[[Import, Folder, Form], str]
_SHOWN: Mapping[str, Shown] = MappingProxyType(
    {
        "reading": _show_reading,
        "position": _show_position,
        "fields": _show_fields,
        "problems": _show_problems,
        "difference": _show_difference,
        "publish": _show_publish,
    }
)
_ANSWERS: Mapping[str, Answered] = MappingProxyType(
    {
        "reading": _answer_reading,
        "position": _answer_position,
        "fields": _answer_fields,
        "problems": _answer_problems,
        "difference": _answer_difference,
        "publish": _answer_publish,
    }
)


# ---------------------------------------------------------------- shared


def _opened(import_id: str) -> tuple[Import, Folder]:
    with database().reading() as session:
        one = imports.named(session, import_id)
    return one, Folder(_settings().data, one.id)


def _to(one: Import, step: str) -> str:
    return url_for("imports.step", import_id=one.id, step=step)


def _settings() -> Settings:
    found: Settings = current_app.config["HUITU_SETTINGS"]
    return found


def _for_program() -> bool:
    return request.accept_mimetypes.best_match(["text/html", JSON], "text/html") == JSON


def _page(template: str, **words: Any) -> Response:
    return send_page(render_template(template, **words))
