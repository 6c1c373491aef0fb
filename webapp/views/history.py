"""The versions of a layer on a page: when, why, from which file, and the way to each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from werkzeug import Response

from layers.plan import Plan
from webapp import differences
from webapp.answers import send_page
from webapp.differences import Entry
from webapp.plans import current_plan
from webapp.questions import written_versions

blueprint = Blueprint("history", __name__)


@blueprint.get("/compare")
def index() -> Response:
    """Every layer with the number of its publications: where a comparison begins."""
    plan = current_plan()
    rows = [
        (layer, plan.publication(layer.id), len(plan.store.publications(layer.id)))
        for layer in plan.layers
    ]
    return send_page(render_template("history/layers.html", rows=rows))


@blueprint.get("/layers/<layer_id>/history")
def page(layer_id: str) -> Response:
    """Every publication of a layer, the newest first."""
    plan = current_plan()
    return send_page(render_template("history/index.html", **words(plan, layer_id)))


def words(plan: Plan, layer_id: str) -> dict[str, Any]:
    """What the cards of a layer's history are drawn from, here and at the desk."""
    return {
        "spec": plan.catalog.layer(layer_id),
        "entries": differences.history(plan, layer_id),
        "current": plan.publication(layer_id),
        "state_of": lambda entry: state_of(plan, entry),
    }


def state_of(plan: Plan, entry: Entry) -> str:
    """The versions of all layers as readers saw them at a publication, as a parameter."""
    seen = plan.as_of(datetime.fromisoformat(entry.publication.at))
    exactly = seen.at({entry.version.layer: entry.version.id})
    return written_versions(exactly.versions)
