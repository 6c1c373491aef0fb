"""The texts of the scripts, from the same catalog as those of the pages."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug import Response

from webapp.answers import send_json
from webapp.language import script_messages
from webapp.params import strict

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages/<any(zh,en):lang>.json")
def catalog(lang: str) -> Response:
    """Texts by their Chinese original; empty for Chinese."""
    strict(request.args).refuse()
    return send_json(script_messages(lang))
