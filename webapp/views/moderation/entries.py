"""Entering what came on paper, at a meeting or by telephone; and the files of opinions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, time
from typing import cast

from flask import current_app, redirect, request, send_file, url_for
from werkzeug import Response

from geo.errors import HuituError, InputError, NotFound, ProblemKind
from geo.types import Text
from webapp import access
from webapp.clocks import clock
from webapp.consultation import attachments, entering
from webapp.consultation.attachments import ENDINGS, MOST_FILES, Cleaned, Files
from webapp.consultation.clock import day_of
from webapp.consultation.contacts import FIELDS, Details
from webapp.consultation.moderation import OPINION
from webapp.consultation.receiving import MOST_CHARACTERS, Sent, is_unfit
from webapp.consultation.tables import Notice
from webapp.consultation.words import CHANNELS, Channel, Stance
from webapp.database import database
from webapp.forms import Form
from webapp.settings import Settings
from webapp.views.moderation.common import (
    blueprint,
    chosen,
    notice_named,
    page_of,
    project_title,
    refused,
    topics_of,
    voice_named,
)

BAD_TIME = ProblemKind(
    "entry-time",
    "error",
    Text(zh="收到的日期或时间写法不对", en="The day or time of receipt is not written as one"),
    Text(zh="如 2026-03-02 和 14:30", en="Such as 2026-03-02 and 14:30"),
)
_KEY = Text(zh="表单编号", en="Number of the form")
_KEY_MOST = 64
#: Shown in the browser; a PDF is saved, since it could carry what a browser would run.
_SHOWN = ("image/jpeg", "image/png")


@blueprint.route("/desk/consultations/<notice_id>/enter", methods=["GET", "POST"])
def enter(notice_id: str) -> Response:
    """The form, and its opinion with a receipt."""
    form = Form(request.form)
    with database().reading() as session:
        notice = notice_named(session, notice_id)
    if request.method == "GET":
        return _page(notice, form)
    try:
        receipt = _entered(notice, form)
    except HuituError as error:
        return _page(notice, form, refused(form, error))
    return redirect(url_for("moderation.opinion", receipt=receipt, done="entered"), 303)


@blueprint.get("/desk/opinions/<receipt>/files/<int:number>")
def file(receipt: str, number: int) -> Response:
    """A photo to be looked at, a PDF to be saved; made anew when it came in."""
    with database().reading() as session:
        one = voice_named(session, receipt)
    found = next((each for each in one.attachments if each.number == number), None)
    if found is None:
        raise NotFound(OPINION, f"{receipt}/{number}")
    return send_file(
        Files(_settings().data).path(found.sha256).absolute(),
        mimetype=found.media_type,
        as_attachment=found.media_type not in _SHOWN,
        download_name=f"{one.opinion.receipt}-{number}{ENDINGS[found.media_type]}",
        etag=False,
    )


def _entered(notice: Notice, form: Form) -> str:
    key = form.text("key", _KEY, most=_KEY_MOST)
    channel = cast(Channel, form.value("channel"))
    received_at = entering.moment_of(notice, *_day_and_time(form))
    form.refuse()
    sent = Sent(
        key=f"entered:{key}",
        words=form.value("words").replace("\r\n", "\n").replace("\r", "\n").strip("\n"),
        stance=cast(Stance, form.value("stance")) if form.value("stance") else None,
        topics=tuple(dict.fromkeys(chosen("topics"))),
        project=form.value("project") or None,
        files=tuple(_scans()),
        contact=Details(**{name: form.value(f"contact-{name}").strip() for name in FIELDS}),
    )
    with database().writing() as session:
        made = entering.enter(
            session,
            Files(_settings().data),
            _settings(),
            notice,
            sent,
            channel=channel,
            received_at=received_at,
            by=access.person(),
            clock=clock(),
        )
    return made.receipt


def _day_and_time(form: Form) -> tuple[date, time | None]:
    """The day of receipt, and the hour where it was written down."""
    at = form.value("received_time")
    try:
        return date.fromisoformat(form.value("received")), time.fromisoformat(at) if at else None
    except ValueError:
        raise InputError(BAD_TIME.at(field="received")) from None


def _scans() -> Iterator[Cleaned]:
    """The scans that were sent, made anew; a field that was left empty is none."""
    for sent in request.files.getlist("files"):
        if sent.filename:
            most = attachments.OF_OPINION.size_bytes
            yield attachments.clean(sent.read(most + 1), sent.filename)


def _page(notice: Notice, form: Form, status: int = 200) -> Response:
    today = day_of(clock().now()).isoformat()
    return page_of(
        "moderation/enter.html",
        notice,
        status=status,
        form=form,
        key=form.value("key") or secrets.token_hex(16),
        words="".join(one for one in form.value("words") if not is_unfit(one) or one == "\r"),
        entered={one: CHANNELS[one] for one in entering.ENTERED},
        received=form.value("received") or today,
        today=today,
        topics=topics_of(notice),
        ticked=chosen("topics"),
        projects=[(one, project_title(one)) for one in notice.projects],
        contact_fields=FIELDS if _settings().contact_key.get_secret_value() else {},
        most=MOST_CHARACTERS,
        most_files=MOST_FILES,
    )


def _settings() -> Settings:
    found: Settings = current_app.config["HUITU_SETTINGS"]
    return found
