"""The planners' desk (工作台): where everything that changes the plan begins."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from geo.errors import HuituError, InputError
from geo.types import Text
from layers import publishing
from webapp import access, journal
from webapp.answers import send_page
from webapp.database import database
from webapp.errors import status_of
from webapp.forms import Form
from webapp.journal import Wanted
from webapp.plans import current_plan
from webapp.views import history

blueprint = Blueprint("desk", __name__)
#: So many of the last publications are told.
_LATEST = 12
REASON, MOST_OF_A_REASON = Text(zh="理由", en="Reason"), 300


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


@blueprint.get("/desk/layers/<layer_id>")
def layer(layer_id: str) -> Response:
    """Every publication of a layer: who, when, why, from which file; each may be brought back."""
    return _layer(layer_id, Form(request.args))


@blueprint.route("/desk/layers/<layer_id>/back", methods=["GET", "POST"])
def republish(layer_id: str) -> Response:
    """Publish an older version again, with a reason; only the pointer moves."""
    if request.method == "GET":
        return redirect(url_for("desk.layer", layer_id=layer_id), 303)
    form, plan = Form(request.form), current_plan()
    spec = plan.catalog.layer(layer_id)
    try:
        reason = form.text("reason", REASON, most=MOST_OF_A_REASON)
        form.refuse()
        publishing.republish(
            plan.catalog,
            plan.store,
            spec,
            form.value("version"),
            by=access.person().name,
            reason=reason,
        )
    except InputError as error:
        return _layer(layer_id, form, error)
    journal.catch_up(database(), plan.catalog, plan.store)
    return redirect(url_for("desk.layer", layer_id=layer_id), 303)


def _layer(layer_id: str, form: Form, error: HuituError | None = None) -> Response:
    plan = current_plan()
    html = render_template(
        "desk/layer.html",
        **history.words(plan, layer_id),
        form=form,
        error=error,
        most=MOST_OF_A_REASON,
    )
    response = send_page(html)
    response.status_code = 200 if error is None else status_of(error)
    return response


def _title(layer_id: str) -> Text:
    """The title of a layer; one that the catalog no longer has is told by its id."""
    found = {layer.id: layer.title for layer in current_plan().catalog.layers}
    return found.get(layer_id, Text(zh=layer_id, en=layer_id))
