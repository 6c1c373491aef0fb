"""The description of the addresses for programs."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from werkzeug import Response

from webapp import language
from webapp.answers import send_json
from webapp.params import strict
from webapp.plans import current_plan

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def index() -> Response:
    """Every address for programs, with its parameters: this very document (OpenAPI 3.1)."""
    from webapp.openapi import document

    strict(request.args).refuse()
    return send_json(document(current_app, current_plan(), language.current()))
