"""The description of the addresses for programs, made from the tables that the addresses use.

Nothing is described twice: paths and methods come from the routes, words from the docstrings of
their views, choices from the registries and the plan.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from geo.types import Text
from layers.export import FORMATS, for_kind
from layers.export.figures import names
from layers.export.formats import Kind
from layers.plan import Plan, software
from layers.statistics import ANALYSES
from webapp.differences import COMPARE_NAMES
from webapp.downloads import FEATURES, REPORT
from webapp.findings import FINDINGS
from webapp.jobs import ANSWER
from webapp.parameters import PARAMETERS, Schema, one_of_these
from webapp.params import CRITERIA_NAMES, PART_NAMES, ROWS_NAMES
from webapp.questions import OLDER_NAMES, QUESTION_NAMES, TABLE_NAMES
from webapp.schemas import responses, schemas
from webapp.security import ROUTES
from webapp.tiles import MVT, PMTILES
from webapp.translating import LANGS
from webapp.views import exports, sheet
from webapp.views.consultations import opinion_list

#: The parameters of each endpoint beside ``lang``, which every one has.
_OF_ENDPOINT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "projects.collection": CRITERIA_NAMES,
        "projects.dossier": OLDER_NAMES,
        "layers.index": OLDER_NAMES,
        "search.index": OLDER_NAMES,
        "layers.features": PART_NAMES,
        "rows.index": ROWS_NAMES,
        "diff.table_json": COMPARE_NAMES,
        "diff.features": COMPARE_NAMES,
        "statistics.table_json": (*TABLE_NAMES, "unit"),
        "statistics.overlaps_json": QUESTION_NAMES,
        "statistics.stated_json": QUESTION_NAMES,
        "statistics.analysis_json": QUESTION_NAMES,
        "statistics.analysis_geojson": QUESTION_NAMES,
        "statistics.origin": (*TABLE_NAMES, "row"),
        "exports.file": exports.PARAMETERS,
        "sheet.file": sheet.PARAMETERS,
        "consultations.index_json": ("project",),
        "consultations.opinions_json": opinion_list.NAMES,
    }
)
#: Files that programs take too, and the jobs that make them.
_FILES = ("exports.file", "sheet.file")
_JOBS = ("jobs.ask", "jobs.page", "jobs.cancel", "jobs.file")
#: Answered by a job above a size.
_AS_JOBS = frozenset(
    {
        "statistics.table_json",
        "statistics.overlaps_json",
        "statistics.stated_json",
        "statistics.analysis_json",
        "statistics.analysis_geojson",
        "statistics.origin",
    }
)
_GEOJSON = frozenset(
    {
        "projects.feature",
        "projects.collection",
        "layers.features",
        "diff.features",
        "statistics.analysis_geojson",
        "consultations.draft",
        "consultations.changes",
    }
)
#: A value for each part of a path: one that is there in any plan.
PATH_EXAMPLES: Mapping[str, Callable[[Plan], str]] = MappingProxyType(
    {
        "project_id": lambda plan: next(iter(plan.register)),
        "layer_id": lambda plan: plan.project_layer_ids[0],
        "version": lambda plan: plan.versions[plan.project_layer_ids[0]],
        "analysis": lambda _plan: next(iter(ANALYSES)),
        "lang": lambda _plan: "en",
        "what": lambda _plan: "statistics",
        "format_id": lambda _plan: "csv",
        "job_id": lambda _plan: "0" * 32,
        "notice_id": lambda _plan: "2026-001",
        "receipt": lambda _plan: "HS-2026-014-7F3K9-2QXM1",
        "zoom": lambda _plan: "0",
        "column": lambda _plan: "0",
        "row": lambda _plan: "0",
    }
)
_PATH_ENUMS: Mapping[str, Callable[[], Iterable[str]]] = MappingProxyType(
    {
        "analysis": lambda: ANALYSES,
        "lang": lambda: LANGS,
        "what": lambda: (*names(), FEATURES, REPORT),
        "format_id": lambda: FORMATS,
    }
)
_PART = re.compile(r"<(?:[^:<>]+:)?(\w+)>")


def documented(app: Flask) -> dict[str, Rule]:
    """The rules that are described: every public one for programs, by endpoint."""
    return {
        rule.endpoint: rule
        for rule in app.url_map.iter_rules()
        if (route := ROUTES.get(rule.endpoint)) is not None
        and route.role == "public"
        and (route.kind == "json" or rule.endpoint in (*_FILES, *_JOBS))
    }


def document(app: Flask, plan: Plan, lang: str) -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    zone = plan.catalog.zone
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Huitu 惠图: {zone.title.in_(lang)}",
            "version": software().rpartition(" ")[2],
            "description": _ABOUT.in_(lang),
        },
        "paths": {
            _PART.sub(r"{\1}", rule.rule): _path(app, rule, plan, lang)
            for rule in sorted(documented(app).values(), key=lambda rule: rule.rule)
        },
        "components": {"schemas": schemas(lang), "responses": responses(lang)},
    }


_ABOUT = Text(
    zh="规划统计，非测绘成果。长度以米、面积以平方米计；未知为 null，不写 0；"
    "未知的参数拒绝（400）。",
    en="Planning statistics, not survey results. Lengths in metres, areas in square metres; what "
    "is not known is null, never 0; unknown parameters are refused with 400.",
)


def _path(app: Flask, rule: Rule, plan: Plan, lang: str) -> dict[str, Any]:
    names_of = ("lang", *_OF_ENDPOINT.get(rule.endpoint, ()))
    operation = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": (inspect.getdoc(app.view_functions[rule.endpoint]) or "").splitlines()[0],
        "parameters": [
            *(_part(name, rule, plan) for name in _PART.findall(rule.rule)),
            *(PARAMETERS[name].to_dict(plan, lang) for name in names_of),
        ],
        "responses": {
            **({} if ROUTES[rule.endpoint].writes else _given(rule.endpoint)),
            **{
                status: {"$ref": f"#/components/responses/{status}"}
                for status in _statuses(rule.endpoint)
            },
        },
    }
    if ROUTES[rule.endpoint].writes:
        return {"post": {**operation, **_WRITTEN.get(rule.endpoint, {})}}
    if not ROUTES[rule.endpoint].posted:
        return {"get": operation}
    posted = {**operation, "operationId": f"{operation['operationId']}_posted"}
    return {"get": operation, "post": {**posted, "requestBody": _body(names_of)}}


def _given(endpoint: str) -> dict[str, Any]:
    given: dict[str, Any] = {"200": {"description": "OK", "content": _content(endpoint)}}
    if endpoint == "tiles.tile":
        given["204"] = {"description": "No feature"}
    if endpoint == "tiles.archive":
        given["206"] = {"description": "A part of it", "content": _content(endpoint)}
    return given


def _statuses(endpoint: str) -> tuple[str, ...]:
    """How an address may answer beside 200."""
    if ROUTES[endpoint].writes:
        begins = endpoint in _WRITTEN
        return ("303", "400", "403", "404", "429") if begins else ("303", "403", "404")
    if endpoint in _AS_JOBS:
        return ("202", "400", "404", "409", "429")
    if endpoint == "exports.file":
        return ("400", "404", "409")
    if endpoint == "tiles.archive":
        return ("400", "404", "416", "503")
    if endpoint == "layers.features":
        return ("400", "404", "503")
    return ("404",) if endpoint in _JOBS else ("400", "404")


_SCHEMA_OF: Mapping[str, str] = MappingProxyType(
    {"statistics.table_json": "Table", "jobs.page": "Job"}
)


def _part(name: str, rule: Rule, plan: Plan) -> dict[str, Any]:
    choices = _PATH_ENUMS.get(name)
    if rule.endpoint == "sheet.file":
        return {
            "name": name,
            "in": "path",
            "required": True,
            "schema": one_of_these(sheet.MEDIA_TYPES),
            "example": "svg",
        }
    return {
        "name": name,
        "in": "path",
        "required": True,
        "schema": one_of_these(choices()) if choices else {"type": "string"},
        "example": PATH_EXAMPLES[name](plan),
    }


def _body(names_of: Iterable[str], **more: Schema) -> dict[str, Any]:
    """The same parameters as fields of a form: for a boundary too long for an address."""
    fields = {**more, **{name: {"type": "string"} for name in names_of if name != "lang"}}
    schema = {
        "type": "object",
        "required": list(more),
        "properties": fields,
        "additionalProperties": False,
    }
    return {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}


def _wishes() -> Schema:
    """Everything that a job can make."""
    kinds: tuple[tuple[Iterable[str], Kind], ...] = (
        (names(), "table"),
        ([FEATURES], "features"),
        ([REPORT], "report"),
    )
    files = [
        f"{what}.{one.id}" for whats, kind in kinds for what in whats for one in for_kind(kind)
    ]
    return one_of_these([*files, *(f"{name}.{ANSWER}" for name in FINDINGS)])


#: What is sent to the addresses that begin something.
_WRITTEN: Mapping[str, dict[str, Any]] = MappingProxyType(
    {"jobs.ask": {"requestBody": _body(exports.PARAMETERS, file=_wishes())}}
)


def _content(endpoint: str) -> dict[str, Any]:
    if endpoint == "jobs.file":
        return {one.media_type: {} for one in FORMATS.values()}
    if endpoint == "exports.file":
        return {one.media_type: {} for one in FORMATS.values()}
    if endpoint == "sheet.file":
        return {media: {} for media in sheet.MEDIA_TYPES.values()}
    if endpoint == "tiles.tile":
        return {MVT: {}}
    if endpoint == "tiles.archive":
        return {PMTILES: {}}
    if endpoint in _GEOJSON:
        return {"application/geo+json": {"schema": {"type": "object"}}}
    name = _SCHEMA_OF.get(endpoint)
    schema: Schema = {"$ref": f"#/components/schemas/{name}"} if name else {}
    return {"application/json": {"schema": schema}}
