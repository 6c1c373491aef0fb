"""What a person answers at each step of an import; each gives the address that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import request, url_for

from geo.errors import CrsError, InputError, ProblemKind
from geo.placement import ControlPoint, Placement
from geo.types import Text
from layers.mapping import FieldMapping
from layers.spec import LayerSpec
from webapp import access
from webapp.database import database
from webapp.desk import Folder, Import, imports, worker
from webapp.forms import Form
from webapp.plans import current_plan
from webapp.views.desk import MOST_OF_A_REASON, REASON
from webapp.views.imports.common import CONTROL_ROWS, settings_of, to_step

_LAYER, _FILE = Text(zh="图层", en="Layer"), Text(zh="文件", en="File")
_ENCODING = Text(zh="文字编码", en="Encoding")
_PART = Text(zh="文件中的图层或工作表", en="Layer or sheet of the file")
_COLUMN = Text(zh="坐标列", en="Column of coordinates")
_PLACE = Text(zh="位置", en="Position")

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

Answered = Callable[[Import, Folder, Form], str]


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
        worker.start(settings_of(), one.id, "look")
        return url_for("imports.page", import_id=one.id)
    return to_step(one, "position")


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
    return _prepared(one) if mapped else to_step(one, "fields")


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


def _prepared(one: Import, then: str | None = None) -> str:
    """Prepare the rows anew as they were answered; what was found before holds no more.

    ``then``: the step that shows what came of it; without it the first that wants an answer.
    """
    folder = Folder(settings_of().data, one.id)
    folder.forget("report", "difference")
    worker.start(settings_of(), one.id, "prepare")
    return url_for("imports.page", import_id=one.id, then=then)


def _answer_problems(one: Import, folder: Folder, form: Form) -> str:
    what = form.value("do")
    if what in {"repair", "as-it-is"}:
        with database().writing() as session:
            imports.answer(session, one.id, repair=what == "repair")
        return _prepared(one, then="problems")
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
    return _prepared(one, then="problems")


def _chosen_rows(folder: Folder, form: Form) -> set[int]:
    if form.value("do") == "leave-kind":
        found = (folder.found("report") or {"problems": []})["problems"]
        kind = form.value("kind")
        return {row for one in found if one["zh"]["code"] == kind for row in one["rows"]}
    return {int(row) for row in request.form.getlist("row") if row.isdecimal()}


def _answer_difference(one: Import, _folder: Folder, form: Form) -> str:
    if form.value("do") == "again":
        return _prepared(one)
    return to_step(one, "publish")


def _answer_publish(one: Import, folder: Folder, form: Form) -> str:
    report = folder.found("report") or {"ok": False, "counts": {"warning": 0}}
    if one.state != "ready" or not report["ok"]:
        raise InputError(NOT_READY.at())
    reason = form.text("reason", REASON, most=MOST_OF_A_REASON)
    if (count := report["counts"]["warning"]) and not form.is_on("seen"):
        form.add([NOT_SEEN.at(field="seen", count=count)])
    form.refuse()
    by = access.person().name
    worker.start(settings_of(), one.id, "publish", by=by, reason=reason)
    return url_for("imports.page", import_id=one.id)


ANSWERS: Mapping[str, Answered] = MappingProxyType(
    {
        "reading": _answer_reading,
        "position": _answer_position,
        "fields": _answer_fields,
        "problems": _answer_problems,
        "difference": _answer_difference,
        "publish": _answer_publish,
    }
)
