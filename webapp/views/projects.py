"""The projects: the list, a page for each, and both for programs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from layers.dossier import Dossier
from layers.plan import Plan
from layers.projects import Project
from layers.query import Criteria
from webapp import language, listing
from webapp.answers import GEOJSON, Body, keep, send, send_json, send_page
from webapp.params import CRITERIA_NAMES, Reader, State, read_state, stages, strict
from webapp.plans import current_plan
from webapp.questions import OLDER_NAMES, asked_plan
from webapp.views.consultations.touching import open_for

blueprint = Blueprint("projects", __name__)

#: Features of an answer that are written at once.
_AT_ONCE = 500


@blueprint.get("/projects")
def index() -> Response:
    """The list: the map's equal, with the same filters and the same counts."""
    plan, reader = current_plan(), Reader(request.args)
    state, order = read_state(reader, plan), reader.order("sort")
    start = reader.whole("start", 0)
    if "context" in request.args:
        return redirect(_address_of_form(reader, state, str(order), plan))
    html = render_template(
        "projects/index.html",
        found=listing.listing(plan, state.criteria, order, language.current(), start),
        facets=listing.facets(plan, state.criteria),
        all_projects=plan.register,
        state=state,
        order=order,
        page=listing.PAGE,
        problems=reader.problems,
        layers=listing.ordered_layers(plan),
        context=_context_layers(plan, state),
        stages=stages(plan),
        here=_chosen(state, str(order)),
        collection={name: value for name, value in state.query().items() if name in CRITERIA_NAMES},
    )
    return send_page(html)


@blueprint.get("/projects/<project_id>")
def page(project_id: str) -> Response:
    """One project on a page of its own."""
    plan = current_plan()
    dossier = _dossier(plan, project_id)
    before, after = _beside(plan, dossier.project)
    html = render_template(
        "projects/page.html",
        dossier=dossier,
        project=dossier.project,
        before=before and plan.project(before),
        after=after and plan.project(after),
        address=url_for("projects.page", project_id=project_id, _external=True, lang=None),
        map_state=_map_state(plan, dossier),
        written_years=listing.written_years,
        notices=open_for(project_id),
    )
    return send_page(html)


@blueprint.get("/projects/<project_id>.json")
def dossier(project_id: str) -> Response:
    """Everything known of one project."""
    strict(request.args, *OLDER_NAMES).refuse()
    found = _dossier(asked_plan(request.args, current_plan()), project_id)
    return send_json({**found.to_dict(), "links": _links(project_id)})


@blueprint.get("/projects/<project_id>.geojson")
def feature(project_id: str) -> Response:
    """One project as a GeoJSON feature."""
    strict(request.args).refuse()
    return send_json(current_plan().project(project_id).feature(), GEOJSON)


@blueprint.get("/projects.json")
def collection() -> Response:
    """Every project, or those that pass the same filters as on the list, as GeoJSON."""
    plan, reader = current_plan(), strict(request.args, *CRITERIA_NAMES)
    criteria = read_state(reader, plan).criteria
    reader.refuse()
    if criteria == Criteria() and not plan.large:
        made = keep((plan.state, "projects"), lambda: Body.of(plan.projects_geojson(), GEOJSON))
        return send(made)
    return Response(_written(plan.register.features(criteria)), mimetype=GEOJSON)


def _written(features: Iterator[bytes]) -> Iterator[bytes]:
    """A collection piece by piece, so that none but the piece is in memory."""
    yield b'{"type":"FeatureCollection","features":[\n'
    between = b""
    while piece := b",\n".join(islice(features, _AT_ONCE)):
        yield between + piece
        between = b",\n"
    yield b"\n]}\n"


def _beside(plan: Plan, project: Project) -> tuple[str | None, str | None]:
    """The ids before and after a project, to leaf through its layer."""
    found = plan.register.beside(project)
    if found is not None:
        return found
    return listing.neighbours(plan.projects(Criteria(layers=(project.layer,))), project.id)


def _dossier(plan: Plan, project_id: str) -> Dossier:
    return keep((plan.state, "dossier", project_id), lambda: plan.dossier(project_id))


def _links(project_id: str) -> dict[str, str]:
    return {
        "page": url_for("projects.page", project_id=project_id),
        "json": url_for("projects.dossier", project_id=project_id),
        "geojson": url_for("projects.feature", project_id=project_id),
        "map": url_for("map.page", selected=project_id),
    }


def _map_state(plan: Plan, dossier: Dossier) -> dict[str, str]:
    """The small map: the project, its layer and whatever the base map is made of."""
    around = [layer.id for layer in plan.layers if not layer.is_projects and layer.visible]
    return {"layers": ",".join([dossier.spec.id, *around]), "selected": dossier.project.id}


def _chosen(state: State, order: str) -> dict[str, Any]:
    """The list's own address as parameters."""
    return {**state.query(), **({} if order == "layer" else {"sort": order})}


def _context_layers(plan: Plan, state: State) -> list[str]:
    """What is shown below the projects on the map, kept while the list is filtered."""
    context = [layer for layer in plan.layers if not layer.is_projects]
    if state.layers is None:
        return [layer.id for layer in context if layer.visible]
    return [layer.id for layer in context if layer.id in state.layers]


def _address_of_form(reader: Reader, state: State, order: str, plan: Plan) -> str:
    """The one address of what a form has sent in many parts."""
    context = reader.words("context", [layer.id for layer in plan.layers]) or ()
    layers = (*state.layers, *context) if state.layers else None
    query = {**_chosen(state, order), "layers": layers and ",".join(layers)}
    return url_for("projects.index", **query)
