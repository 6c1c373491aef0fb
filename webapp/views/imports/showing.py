"""What each step of an import shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from flask import request

from geo.placement import DATUMS, Placement
from geo.types import Text
from layers.mapping import FieldMapping
from layers.problemnames import name_of
from layers.publishing import Source, is_current
from webapp.desk import Folder, Import
from webapp.desk.picture import WIDTH, Picture
from webapp.plans import current_plan
from webapp.views.imports.common import CONTROL_ROWS, STATE_TITLES, STEPS

SEVERITIES: Mapping[str, Text] = MappingProxyType(
    {
        "error": Text(zh="错误", en="Error"),
        "warning": Text(zh="提醒", en="Warning"),
        "note": Text(zh="说明", en="Note"),
    }
)
#: What a person may choose, beside what the evidence proposes.
SYSTEMS = ("EPSG:4326", "EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:4479", "EPSG:32651")
#: So many problems stand on a page.
LISTED = 300

Shown = Callable[[Import, Folder], dict[str, Any]]


def common_words(one: Import, step: str) -> dict[str, Any]:
    """What the page of every step shows."""
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
    chosen = one.told.where
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
    kinds = Counter(problem["zh"]["code"] for problem in found)
    picture = Picture.of(current_plan().catalog.zone.bounds)
    marked = [problem["place"] for problem in shown[:LISTED] if problem["place"]]
    return {
        "report": report,
        "shown": shown[:LISTED],
        "more": max(len(shown) - LISTED, 0),
        "kinds": {code: (name_of(code), count) for code, count in kinds.items()},
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
        "overtaken": _overtaken(one, folder, seen),
    }


def _overtaken(one: Import, folder: Folder, seen: Mapping[str, Any] | None) -> bool:
    """Whether somebody else has published since the difference was made."""
    store, spec = current_plan().store, current_plan().catalog.layer(one.layer)
    publications = store.publications(one.layer)
    now = publications[0].version if publications else ""
    if seen is None or seen["base"] == now:
        return False
    return not is_current(store, spec, Source(folder.original, one.told))


def _show_publish(one: Import, folder: Folder) -> dict[str, Any]:
    return _show_difference(one, folder)


SHOWN: Mapping[str, Shown] = MappingProxyType(
    {
        "reading": _show_reading,
        "position": _show_position,
        "fields": _show_fields,
        "problems": _show_problems,
        "difference": _show_difference,
        "publish": _show_publish,
    }
)
