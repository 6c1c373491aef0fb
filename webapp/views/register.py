"""The heads of the log, for everybody to write down: what was published cannot be rewritten."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug import Response

from webapp import journal
from webapp.answers import send_json, send_page
from webapp.consultation.clock import day_of
from webapp.database import database
from webapp.journal import Noted
from webapp.params import strict
from webapp.plans import current_plan

blueprint = Blueprint("register", __name__)


@blueprint.get("/register")
def page() -> Response:
    """The head of each day, what it is for, and how anybody can hold us to it."""
    heads, lost = _heads()
    return send_page(render_template("reports/register.html", heads=heads, lost=lost))


@blueprint.get("/register.json")
def heads_json() -> Response:
    """The last head of the log of each day, the newest first, and whether the chain holds all."""
    strict(request.args).refuse()
    heads, lost = _heads()
    told: list[dict[str, Any]] = [
        {"day": str(day_of(one.at)), "at": str(one.at), "number": one.number, "hash": one.hash}
        for one in heads
    ]
    return send_json({"heads": told, "holds": lost is None})


def _heads() -> tuple[list[Noted], Noted | None]:
    """The last head of each day of the zone's calendar, and the first that is in no chain."""
    noted = journal.noted(current_plan().catalog.folder)
    with database().reading() as session:
        lost = journal.contradicted(session, noted)
    return [*{day_of(one.at): one for one in noted}.values()][::-1], lost
