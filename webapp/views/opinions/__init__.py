"""Giving an opinion (意见征询): a form, a preview of what becomes public, and a receipt."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug import Response

from webapp.views.opinions import giving

blueprint = Blueprint("opinions", __name__)


@blueprint.route("/consultations/<notice_id>/opinion", methods=["GET", "POST"])
def give(notice_id: str) -> Response:
    """The form, its preview, and the sending, which leads to the receipt."""
    answer = giving.blank(notice_id) if request.method == "GET" else giving.answered(notice_id)
    # It holds a key of its own, and what somebody has written.
    answer.headers["Cache-Control"] = "no-store"
    return answer
