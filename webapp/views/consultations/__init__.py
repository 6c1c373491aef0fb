"""Consultations (公示与意见征询) as everybody sees them: the list, a page for each, the opinions.

Addresses of one notice begin with its page's: its dates, its printed sheet, its documents.
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug import Response

from webapp.answers import send
from webapp.params import strict
from webapp.views.consultations import files, listing, notice, opinion_list, touching

blueprint = Blueprint("consultations", __name__)
blueprint.record_once(lambda state: touching.install(state.app.extensions))


@blueprint.get("/consultations")
def index() -> Response:
    """Every notice: open ones first, then those that are being answered, then the rest."""
    return send(listing.page())


@blueprint.get("/consultations.json")
def index_json() -> Response:
    """Every notice, or those on a project: dates, where it stands, how many opinions it has."""
    return listing.for_programs(request.args)


@blueprint.get("/consultations.atom")
def feed() -> Response:
    """What happened, as an Atom feed."""
    return send(files.feed())


@blueprint.get("/consultations/<notice_id>")
def page(notice_id: str) -> Response:
    """One notice: what is planned, until when, and how to say something."""
    return send(notice.page(notice_id, request.args))


@blueprint.get("/consultations/<notice_id>/card")
def card(notice_id: str) -> Response:
    """The notice in short, for somebody's ``<iframe>``."""
    return send(notice.card(notice_id))


@blueprint.get("/consultations/<notice_id>/dates.ics")
def dates(notice_id: str) -> Response:
    """The hearings and the close for a calendar."""
    return files.dates(notice_id)


@blueprint.get("/consultations/<notice_id>/notice.pdf")
def sheet(notice_id: str) -> Response:
    """The notice to be printed and pinned up: A4 or A3."""
    return files.sheet(notice_id, request.args)


@blueprint.get("/consultations/<notice_id>/documents/<int:number>")
def document(notice_id: str, number: int) -> Response:
    """A document of the notice."""
    return files.document(notice_id, number)


@blueprint.get("/consultations/<notice_id>/draft.geojson")
def draft(notice_id: str) -> Response:
    """The layer as the announced draft would have it."""
    strict(request.args).refuse()
    return send(files.draft(notice_id))


@blueprint.get("/consultations/<notice_id>/changes.geojson")
def changes(notice_id: str) -> Response:
    """What the announced draft changes: the older and the newer shape of each feature."""
    strict(request.args).refuse()
    return send(files.changes(notice_id))


@blueprint.get("/consultations/<notice_id>/opinions")
def opinions(notice_id: str) -> Response:
    """What was said: by number, equal texts together, each with its answer."""
    return opinion_list.page(notice_id, request.args)


@blueprint.get("/consultations/<notice_id>/opinions.json")
def opinions_json(notice_id: str) -> Response:
    """The same for programs: every opinion that is shown, and the counts of all."""
    return opinion_list.for_programs(notice_id, request.args)
