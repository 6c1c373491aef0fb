"""The words by which projects are found, for the search box of the map."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug import Response

from webapp.answers import send_json
from webapp.params import strict
from webapp.plans import current_plan
from webapp.questions import OLDER_NAMES, asked_plan

blueprint = Blueprint("search", __name__)


@blueprint.get("/search.json")
def index() -> Response:
    """Every project with its search terms; the browser does the searching."""
    strict(request.args, *OLDER_NAMES).refuse()
    return send_json(asked_plan(request.args, current_plan()).search_index())
