"""Whether the service is alive, and which plan it shows."""

from __future__ import annotations

from flask import Blueprint
from werkzeug import Response

from webapp.answers import send_json
from webapp.plans import current_plan

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def check() -> Response:
    """Answers as soon as the plan can be read."""
    return send_json({"status": "ok", "state": current_plan().state})
