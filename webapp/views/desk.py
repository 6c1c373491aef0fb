"""The planners' desk (工作台): where everything that changes the plan begins."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug import Response

from geo.types import Text
from webapp import access, journal
from webapp.answers import send_page
from webapp.database import database
from webapp.journal import Wanted
from webapp.plans import current_plan

blueprint = Blueprint("desk", __name__)
#: So many of the last publications are told.
_LATEST = 12


@blueprint.get("/desk")
def home() -> Response:
    """The layers as they stand, and what was done last."""
    plan = current_plan()
    with database().reading() as session:
        latest, _count, _left = journal.entries(session, Wanted(action="publish"), limit=_LATEST)
    html = render_template(
        "desk/home.html",
        layers=[(summary, plan.publication(summary.spec.id)) for summary in plan.summaries()],
        latest=latest,
        layer_title=_title,
        person=access.person(),
    )
    return send_page(html)


def _title(layer_id: str) -> Text:
    """The title of a layer; one that the catalog no longer has is told by its id."""
    found = {layer.id: layer.title for layer in current_plan().catalog.layers}
    return found.get(layer_id, Text(zh=layer_id, en=layer_id))
