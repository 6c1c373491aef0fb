"""Setting up a consultation (公示) at the desk: prepared, published, lengthened, withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Blueprint, Response, redirect, request, send_file, url_for
from werkzeug import Response as AnyResponse

from geo.errors import InputError, NotFound
from geo.types import Text
from webapp.clocks import clock
from webapp.consultation import notices, reading
from webapp.consultation.clock import day_of, end_of
from webapp.consultation.notices import DOCUMENT
from webapp.consultation.procedures import PROCEDURES, least_close
from webapp.consultation.states import state_of
from webapp.database import database
from webapp.errors import status_of
from webapp.views.notices import editing, uploads
from webapp.views.notices.common import affected, answered, do, links, page_of, public_page, shown
from webapp.views.notices.forms import NoticeForm

blueprint = Blueprint("notices", __name__)

_OPENS = Text(zh="开始时间", en="Opening")
_LAST_DAY = Text(zh="最后一日", en="Last day")
_REASON = Text(zh="理由", en="Reason")
_SINCE, _UNTIL = Text(zh="开始", en="From"), Text(zh="结束", en="To")
_TITLE, _PLACE = Text(zh="名称", en="Title"), Text(zh="地点", en="Place")
_MOST_OF_A_REASON, _MOST_OF_A_TITLE = 500, 100


# ---------------------------------------------------------------- all notices, and one


@blueprint.get("/desk/consultations")
def index() -> AnyResponse:
    """Every notice with where it stands and how many opinions it has."""
    now = clock().now()
    with database().reading() as session:
        rows = [
            (one, state_of(one, now), reading.tally(reading.voices(session, one.id)))
            for one in notices.listed(session)
        ]
    return page_of("index", rows=rows)


@blueprint.route("/desk/consultations/new", methods=["GET", "POST"])
def begin() -> AnyResponse:
    """A new notice."""
    return editing.begin()


@blueprint.get("/desk/consultations/<notice_id>")
def page(notice_id: str) -> AnyResponse:
    """Where a notice stands, its numbers, and everything that can be done with it."""
    found = shown(notice_id)
    return page_of(
        "page",
        one=found,
        projects=affected(found),
        links=links(notice_id),
        public_page=public_page(found),
    )


@blueprint.get("/desk/consultations/<notice_id>/preview")
def preview(notice_id: str) -> AnyResponse:
    """What the public will read."""
    return editing.preview(notice_id)


@blueprint.get("/desk/consultations/<notice_id>/changes.geojson")
def changes(notice_id: str) -> AnyResponse:
    """What its draft changes, for the map of the preview."""
    return editing.changes(notice_id)


@blueprint.get("/desk/consultations/<notice_id>/draft.geojson")
def drafted(notice_id: str) -> AnyResponse:
    """The layer as its draft would have it, for the map of the preview."""
    return editing.drafted(notice_id)


@blueprint.route("/desk/consultations/<notice_id>/edit", methods=["GET", "POST"])
def edit(notice_id: str) -> AnyResponse:
    """Its content, while it is in preparation; afterwards why it stands."""
    return editing.edit(notice_id)


# ---------------------------------------------------------------- its course


@blueprint.route("/desk/consultations/<notice_id>/publish", methods=["GET", "POST"])
def publish(notice_id: str) -> AnyResponse:
    """What is missing, the moments, and then it is announced."""
    form = NoticeForm(request.form)
    if request.method == "GET":
        return _publish_page(notice_id, form)
    try:
        later = form.value("when") == "later"
        opens = form.moment("opens_at", _OPENS) if later else None
        last = form.day("closes_at", _LAST_DAY)
        form.refuse()
        do(notices.publish, notice_id, opens_at=opens, closes_at=_end_of(last))
    except InputError as error:
        form.problems = list(error.problems)
        return _publish_page(notice_id, form, status_of(error))
    return redirect(url_for("notices.page", notice_id=notice_id), 303)


def _publish_page(notice_id: str, form: NoticeForm, status: int = 200) -> AnyResponse:
    found = shown(notice_id)
    least = least_close(PROCEDURES[found.notice.procedure], found.now)
    return page_of(
        "publish",
        status=status,
        one=found,
        form=form,
        procedure=PROCEDURES[found.notice.procedure],
        least=least,
        least_day=day_of(least - timedelta(seconds=1)),
    )


@blueprint.route("/desk/consultations/<notice_id>/take-back", methods=["GET", "POST"])
def take_back(notice_id: str) -> AnyResponse:
    """Let a scheduled notice be in preparation again."""
    return answered("take_back", notice_id, lambda _form: do(notices.take_back, notice_id))


@blueprint.route("/desk/consultations/<notice_id>/lengthen", methods=["GET", "POST"])
def lengthen(notice_id: str) -> AnyResponse:
    """Let an open notice close later."""

    def act(form: NoticeForm) -> None:
        last = form.day("closes_at", _LAST_DAY)
        reason = form.text("reason", _REASON, most=_MOST_OF_A_REASON)
        form.refuse()
        do(notices.lengthen, notice_id, _end_of(last), reason)

    return answered("lengthen", notice_id, act)


@blueprint.route("/desk/consultations/<notice_id>/downtime", methods=["GET", "POST"])
def downtime(notice_id: str) -> AnyResponse:
    """Record when the service was down; the days are added."""

    def act(form: NoticeForm) -> None:
        since, until = form.moment("since", _SINCE), form.moment("until", _UNTIL)
        reason = form.text("reason", _REASON, most=_MOST_OF_A_REASON)
        form.refuse()
        do(notices.downtime, notice_id, since, until, reason)

    return answered("downtime", notice_id, act)


@blueprint.route("/desk/consultations/<notice_id>/withdraw", methods=["GET", "POST"])
def withdraw(notice_id: str) -> AnyResponse:
    """End an open notice; it stays readable."""

    def act(form: NoticeForm) -> None:
        reason = form.text("reason", _REASON, most=_MOST_OF_A_REASON)
        form.refuse()
        do(notices.withdraw, notice_id, reason)

    return answered("withdraw", notice_id, act)


# ---------------------------------------------------------------- documents and hearings


@blueprint.route("/desk/consultations/<notice_id>/documents", methods=["GET", "POST"])
def documents(notice_id: str) -> AnyResponse:
    """The documents, and a form that adds one."""

    def act(form: NoticeForm) -> None:
        title = form.text("title", _TITLE, most=_MOST_OF_A_TITLE, required=False)
        form.refuse()
        uploads.add(notice_id, title)

    return answered("documents", notice_id, act, back="notices.documents")


@blueprint.get("/desk/consultations/<notice_id>/documents/<int:number>")
def document(notice_id: str, number: int) -> Response:
    """A document, also of a notice in preparation."""
    for one in shown(notice_id).documents:
        if one.number == number:
            return send_file(
                uploads.path_of(one.sha256),
                mimetype=one.media_type,
                as_attachment=True,
                download_name=one.name,
                etag=one.sha256,
            )
    raise NotFound(DOCUMENT, str(number))


@blueprint.route(
    "/desk/consultations/<notice_id>/documents/<int:number>/remove", methods=["GET", "POST"]
)
def remove_document(notice_id: str, number: int) -> AnyResponse:
    """Take a document off a notice in preparation."""
    return answered(
        "documents",
        notice_id,
        lambda _form: do(notices.remove_document, notice_id, number),
        back="notices.documents",
    )


@blueprint.route("/desk/consultations/<notice_id>/hearings", methods=["GET", "POST"])
def hearings(notice_id: str) -> AnyResponse:
    """The hearings, and a form that adds one."""

    def act(form: NoticeForm) -> None:
        title = form.text("title", _TITLE, most=_MOST_OF_A_TITLE)
        place = form.text("place", _PLACE, most=_MOST_OF_A_TITLE)
        starts, ends = form.moment("starts_at", _SINCE), form.moment("ends_at", _UNTIL)
        form.refuse()
        do(
            notices.add_hearing,
            notice_id,
            title=title,
            place=place,
            starts_at=starts,
            ends_at=ends,
        )

    return answered("hearings", notice_id, act, back="notices.hearings")


@blueprint.route(
    "/desk/consultations/<notice_id>/hearings/<int:number>/cancel", methods=["GET", "POST"]
)
def cancel_hearing(notice_id: str, number: int) -> AnyResponse:
    """Cancel a hearing."""

    def act(form: NoticeForm) -> None:
        reason = form.text("reason", _REASON, most=_MOST_OF_A_REASON, required=False)
        form.refuse()
        do(notices.cancel_hearing, notice_id, number, reason=reason)

    return answered("hearings", notice_id, act, back="notices.hearings")


def _end_of(last: date) -> datetime:
    """24:00 of a day; the last day of all has none."""
    return end_of(min(last, date.max - timedelta(days=1)))
