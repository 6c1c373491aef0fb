"""The report on how opinions were adopted: at the desk, and for everybody once it is final."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug import Response

from geo.errors import HuituError, InputError, NotFound
from geo.types import Text
from layers.drawing import matplot
from layers.reporting.content import Picture, Report
from webapp import access, language
from webapp.answers import Body, keep_heavy, send, send_page
from webapp.clocks import clock
from webapp.consultation import finalising, purging, report
from webapp.consultation.report import FORMATS, Gathered
from webapp.database import database
from webapp.errors import status_of
from webapp.plans import current_plan
from webapp.settings import Settings

blueprint = Blueprint("reports", __name__)
_FORMAT = Text(zh="格式", en="format")
_REPORT = Text(zh="意见采纳情况报告", en="report")
_FIGURE = Text(zh="图", en="figure")


@blueprint.route("/desk/consultations/<notice_id>/report", methods=["GET", "POST"])
def desk(notice_id: str) -> Response:
    """The report as it stands, and what it still waits for; a posted form finalises it."""
    return _finalised(notice_id) if request.method == "POST" else _desk(_gathered(notice_id))


@blueprint.get("/desk/consultations/<notice_id>/report.<format_id>")
def desk_file(notice_id: str, format_id: str) -> Response:
    """The report as a file, final or not."""
    return _file(_gathered(notice_id), format_id)


@blueprint.get("/desk/consultations/<notice_id>/report/figure-<int:number>.svg")
def desk_figure(notice_id: str, number: int) -> Response:
    """A map of the report."""
    return _figure(_gathered(notice_id), number)


@blueprint.get("/desk/consultations/<notice_id>/contacts.csv")
def contacts(notice_id: str) -> Response:
    """How to reach the authors of a notice, for those who may; the log tells who took it."""
    settings: Settings = current_app.config["HUITU_SETTINGS"]
    key = settings.contact_key.get_secret_value()
    with database().writing() as session:
        content = purging.contact_csv(
            session, notice_id, key, language.current(), by=access.person().name
        )
    response = Response(content, mimetype="text/csv")
    name = f"consultation-{notice_id}-contacts.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/consultations/<notice_id>/report.html")
def page(notice_id: str) -> Response:
    """The report as a page, once it is final."""
    found = _answered(notice_id)
    html = render_template(
        "reports/page.html",
        found=found,
        report=_composed(found),
        formats=FORMATS,
        figure=lambda n: url_for("reports.figure", notice_id=notice_id, number=n),
    )
    return send_page(html)


@blueprint.get("/consultations/<notice_id>/report.<format_id>")
def file(notice_id: str, format_id: str) -> Response:
    """The report as a file, once it is final."""
    return _file(_answered(notice_id), format_id)


@blueprint.get("/consultations/<notice_id>/report/figure-<int:number>.svg")
def figure(notice_id: str, number: int) -> Response:
    """A map of the report, once it is final."""
    return _figure(_answered(notice_id), number)


def _finalised(notice_id: str) -> Response:
    """Finalise it, or say what holds that up."""
    try:
        with database().writing() as session:
            finalising.finalise(
                session, current_plan(), notice_id, by=access.person(), clock=clock()
            )
    except InputError as error:
        return _desk(_gathered(notice_id), error)
    return redirect(url_for("reports.desk", notice_id=notice_id), 303)


def _desk(found: Gathered, error: HuituError | None = None) -> Response:
    notice_id = found.notice.id
    unmoderated, unanswered = finalising.waiting(found)
    html = render_template(
        "reports/desk.html",
        found=found,
        report=_composed(found),
        formats=FORMATS,
        error=error,
        problems=finalising.problems(found),
        unmoderated=unmoderated,
        unanswered=unanswered,
        figure=lambda n: url_for("reports.desk_figure", notice_id=notice_id, number=n),
    )
    response = send_page(html)
    response.status_code = 200 if error is None else status_of(error)
    return response


def _gathered(notice_id: str) -> Gathered:
    with database().snapshot() as session:
        return report.gather(session, current_plan(), notice_id, clock().now())


def _answered(notice_id: str) -> Gathered:
    """The report of a notice that is answered; of any other there is none."""
    found = _gathered(notice_id)
    if found.state != "answered":
        raise NotFound(_REPORT, notice_id)
    return found


def _key(found: Gathered) -> tuple[str, ...]:
    """Everything that a report depends on."""
    log, final = found.log_head, found.finalised
    told = (final.number, final.inputs) if final else ()
    return (
        "report",
        found.inputs,
        found.state,
        str(told),
        log.hash if log else "",
        found.plan.state,
    )


def _composed(found: Gathered) -> Report:
    lang = language.current()
    return keep_heavy((*_key(found), lang), lambda: report.compose(found, lang))


def _file(found: Gathered, format_id: str) -> Response:
    chosen = FORMATS.get(format_id)
    if chosen is None:
        raise NotFound(_FORMAT, format_id)
    lang = language.current()

    def make() -> Body:
        return Body.of(report.write(format_id, found, lang), chosen.media_type)

    response = send(keep_heavy((*_key(found), lang, format_id), make))
    name = chosen.filename(found.notice.id)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _figure(found: Gathered, number: int) -> Response:
    pictures = [one for one in _composed(found).blocks if isinstance(one, Picture)]
    if not 1 <= number <= len(pictures):
        raise NotFound(_FIGURE, str(number))
    drawing = pictures[number - 1].drawing

    def make() -> Body:
        return Body.of(matplot.write(drawing, "svg", found.made_at), "image/svg+xml")

    return send(keep_heavy((*_key(found), language.current(), "figure", number), make))
