"""Everything of one opinion: what came in, who moderated it, what was decided and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from geo.errors import HuituError
from webapp import access
from webapp.answers import send_page
from webapp.consultation import deciding, grouping, moderation
from webapp.consultation.masks import Mask
from webapp.consultation.reading import Voice
from webapp.consultation.tables import Contact, Decision, Moderation
from webapp.consultation.words import VERDICTS
from webapp.database import database
from webapp.forms import Form
from webapp.plans import current_plan
from webapp.roles import admits
from webapp.views.moderation.common import (
    blueprint,
    empty_form,
    notice_named,
    page_of,
    refused,
    voice_named,
)
from webapp.views.moderation.decisions import carry_out, changes_of, words_of
from webapp.views.moderation.masking import words_of as masking_of


@dataclass(frozen=True)
class Record:
    """An opinion with its whole history."""

    voice: Voice
    moderations: Sequence[Moderation]
    decisions: Sequence[Decision]
    has_contact: bool
    together: int


@blueprint.get("/desk/opinions/<receipt>")
def opinion(receipt: str) -> Response:
    """The page of an opinion for the staff."""
    return page(receipt)


@blueprint.route("/desk/opinions/<receipt>/decide", methods=["GET", "POST"])
def decide(receipt: str) -> Response:
    """Decide on one opinion."""
    if request.method == "GET":
        return redirect(url_for("moderation.opinion", receipt=receipt), 303)
    form = Form(request.form)
    with database().reading() as session:
        one = voice_named(session, receipt)
        notice = notice_named(session, one.opinion.notice_id)
    try:
        if not carry_out(form, notice, receipt=one.opinion.receipt):
            return page(receipt, deciding_form=form)
    except HuituError as error:
        return page(receipt, deciding_form=form, status=refused(form, error))
    return redirect(url_for("moderation.opinion", receipt=receipt, done="decided"), 303)


@blueprint.get("/desk/layers/<layer_id>/versions/<version>/opinions")
def led(layer_id: str, version: str) -> Response:
    """The opinions that led to a version of a layer, with their receipts."""
    plan = current_plan()
    spec = plan.catalog.layer(layer_id)
    with database().reading() as session:
        found = deciding.led_to(session, layer_id, version)
    html = render_template(
        "moderation/led.html", spec=spec, version=version, led=found, verdicts=VERDICTS
    )
    return send_page(html)


def page(
    receipt: str,
    *,
    moderating: Form | None = None,
    deciding_form: Form | None = None,
    wanted: Sequence[Mask] | None = None,
    status: int = 200,
) -> Response:
    """The page, with a form that was sent as it was filled in."""
    with database().reading() as session:
        record = _record(session, voice_named(session, receipt))
        one = record.voice
        notice = notice_named(session, one.opinion.notice_id)
        answering = words_of(session, notice, one.decision, deciding_form or empty_form())
    form = moderating or empty_form()
    return page_of(
        "moderation/opinion.html",
        notice,
        status=status,
        record=record,
        one=one,
        answering=answering,
        changes=changes_of(record.decisions),
        form=form,
        masking=masking_of(one, form, wanted) if may_moderate() else None,
        done=request.args.get("done", ""),
    )


def may_moderate() -> bool:
    """Whether the one who asks shows and withholds opinions."""
    account = access.account()
    return account is not None and admits("moderator", account.role)


def _record(session: Session, one: Voice) -> Record:
    contact = session.get(Contact, one.opinion.id)
    return Record(
        one,
        moderation.history(session, one.opinion.id),
        deciding.history(session, one),
        contact is not None and contact.sealed is not None,
        grouping.size(session, one.group.id) if one.group else 1,
    )
