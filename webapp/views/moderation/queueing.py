"""The queue: one opinion after another is shown or withheld, with a preview before."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from werkzeug import Response

from geo.errors import InputError
from geo.types import Text
from webapp import access, language
from webapp.answers import send_json
from webapp.clocks import clock
from webapp.consultation import moderation, reading
from webapp.consultation.masks import Mask
from webapp.consultation.moderation import MOST_OF_A_NOTE
from webapp.consultation.reading import Voice, masked
from webapp.database import database
from webapp.forms import Form
from webapp.views.moderation import opinions
from webapp.views.moderation.common import (
    blueprint,
    empty_form,
    notice_named,
    page_of,
    refused,
    shown_number,
    voice_named,
)
from webapp.views.moderation.masking import wanted_masks, words_of

_DO = Text(zh="是否公开", en="Publication")
_NOTE = Text(zh="内部备注", en="Internal note")
_SEEN = Text(zh="已看到的审核", en="Decision seen")


@blueprint.get("/desk/consultations/<notice_id>/queue")
def queue(notice_id: str) -> Response:
    """The opinion that waits longest, or the one that follows the number in ``after``."""
    return _queue(notice_id, None, empty_form())


@blueprint.route("/desk/opinions/<receipt>/moderate", methods=["GET", "POST"])
def moderate(receipt: str) -> Response:
    """Show or withhold an opinion, or look at what the public would read of it."""
    if request.method == "GET":
        return redirect(url_for("moderation.opinion", receipt=receipt), 303)
    form = Form(request.form)
    with database().reading() as session:
        one = voice_named(session, receipt)
    try:
        what = form.choice("do", _DO, ("preview", *moderation.VERDICTS))
        wanted = wanted_masks(one.opinion.words, form)
        if what == "preview":
            return _again(one, form, wanted=wanted)
        _carry_out(one, form, wanted)
    except InputError as error:
        return _again(one, form, status=refused(form, error))
    if form.value("from") == "queue":
        notice_id, done = one.opinion.notice_id, one.opinion.receipt
        return redirect(url_for("moderation.queue", notice_id=notice_id, done=done), 303)
    return redirect(url_for("moderation.opinion", receipt=receipt, done="moderated"), 303)


@blueprint.route("/desk/opinions/<receipt>/preview.json", methods=["GET", "POST"])
def preview(receipt: str) -> Response:
    """What the public would read with the masks of the form, for its script."""
    if request.method == "GET":
        return redirect(url_for("moderation.opinion", receipt=receipt), 303)
    with database().reading() as session:
        words = voice_named(session, receipt).opinion.words
    try:
        wanted = wanted_masks(words, Form(request.form))
    except InputError as error:
        lang = language.current()
        return send_json({"problems": [one.to_dict(lang) for one in error.problems]})
    return send_json({"public": masked(words, wanted), "problems": []})


def _carry_out(one: Voice, form: Form, wanted: Sequence[Mask]) -> None:
    note = form.text("note", _NOTE, most=MOST_OF_A_NOTE, required=False)
    seen = form.text("seen", _SEEN, most=9)
    form.refuse()
    with database().writing() as session:
        moderation.moderate(
            session,
            one.opinion.receipt,
            "show" if form.value("do") == "show" else "withhold",
            code=form.value("code"),
            masks=wanted,
            note=note,
            by=access.person(),
            clock=clock(),
            seen=int(seen) if seen.isdecimal() else -1,
        )


def _again(
    one: Voice, form: Form, *, status: int = 200, wanted: Sequence[Mask] | None = None
) -> Response:
    """The page that the form was sent from, as it was filled in; what others did shows on it."""
    if form.value("from") == "queue":
        return _queue(one.opinion.notice_id, one.opinion.receipt, form, wanted, status)
    return opinions.page(one.opinion.receipt, moderating=form, wanted=wanted, status=status)


def _queue(
    notice_id: str,
    receipt: str | None,
    form: Form,
    wanted: Sequence[Mask] | None = None,
    status: int = 200,
) -> Response:
    with database().reading() as session:
        notice = notice_named(session, notice_id)
        voices = reading.voices(session, notice_id)
    waiting, by_receipt = moderation.queue(voices), {v.opinion.receipt: v for v in voices}
    one = by_receipt[receipt] if receipt else _next(waiting, shown_number("after"))
    return page_of(
        "moderation/queue.html",
        notice,
        status=status,
        form=form,
        one=one,
        waiting=waiting,
        done=by_receipt.get(request.args.get("done", "")),
        counted=reading.tally(voices),
        masking=words_of(one, form, wanted) if one else None,
    )


def _next(waiting: Sequence[Voice], after: int | None) -> Voice | None:
    """The first that waits; the one behind a number, and from the beginning again at the end."""
    numbers = [one.opinion.number for one in waiting]
    place = numbers.index(after) + 1 if after in numbers else 0
    return waiting[place % len(waiting)] if waiting else None
