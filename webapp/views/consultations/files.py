"""Files of a notice: the feed, the dates, the printed sheet, the documents."""

from __future__ import annotations

from flask import send_file
from werkzeug import Response as AnyResponse
from werkzeug.datastructures import MultiDict

from geo.errors import NotFound
from geo.types import Text
from webapp import journal, language
from webapp.answers import REVALIDATED, Body, send
from webapp.clocks import clock
from webapp.consultation import calendar
from webapp.consultation import feed as atom
from webapp.consultation.announced import Announced, all_announced, announced
from webapp.consultation.attachments import Files
from webapp.database import database
from webapp.params import strict
from webapp.plans import current_plan
from webapp.translating import Voice
from webapp.views.consultations import posters
from webapp.views.consultations.common import (
    kept,
    public_address,
    public_host,
    settings,
)
from webapp.views.consultations.planned import required

DOCUMENT = Text(zh="文件", en="document")


def feed() -> Body:
    """The feed of all notices."""
    with database().reading() as session:
        head = journal.head(session)
        now = clock().now()
        found = [announced(session, one.id, now) for one in all_announced(session, now)]
    stamp = (head, tuple((one.id, one.state) for one in found))
    return kept("consultations-feed", stamp, lambda: Body.of(_feed(found), atom.MEDIA_TYPE))


def _feed(found: list[Announced]) -> bytes:
    zone, say = current_plan().catalog.zone, Voice(language.current())
    site = atom.Site(
        title=say.pick(zone.title),
        address=public_address("consultations.index"),
        feed_address=public_address("consultations.feed"),
        host=public_host(),
        page_of=lambda notice_id: public_address("consultations.page", notice_id=notice_id),
    )
    return atom.feed(found, site, say)


def dates(notice_id: str) -> AnyResponse:
    """The dates of a notice."""
    one, stamp = _announced(notice_id)

    def make() -> Body:
        address = public_address("consultations.page", notice_id=notice_id)
        said = calendar.calendar(one, address, public_host(), Voice(language.current()))
        return Body.of(said, calendar.MEDIA_TYPE)

    response = send(kept("consultation-dates", stamp, make, notice_id))
    return _named(response, f"{notice_id}.ics")


def sheet(notice_id: str, args: MultiDict[str, str]) -> AnyResponse:
    """The printed notice."""
    reader = strict(args, "paper")
    paper = reader.word("paper", posters.PAPERS) or next(iter(posters.PAPERS))
    reader.refuse()
    one, stamp = _announced(notice_id)
    made = kept("consultation-sheet", stamp, lambda: posters.sheet(one, paper), notice_id, paper)
    return _named(send(made), f"{notice_id}-{paper}.pdf", how="inline")


def document(notice_id: str, number: int) -> AnyResponse:
    """The bytes of a document, as they were uploaded."""
    one, _ = _announced(notice_id)
    found = next((each for each in one.documents if each.number == number), None)
    if found is None:
        raise NotFound(DOCUMENT, f"{notice_id}/{number}")
    path = Files(settings().data).path(found.sha256)
    if not path.is_file():
        raise NotFound(DOCUMENT, f"{notice_id}/{number}")
    response = send_file(
        path.absolute(),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.name,
        etag=found.sha256,
    )
    response.headers["Cache-Control"] = REVALIDATED
    return response


def draft(notice_id: str) -> Body:
    """The announced draft as GeoJSON."""
    one, stamp = _announced(notice_id)
    return kept("consultation-draft", stamp, lambda: required(one).features(), notice_id)


def changes(notice_id: str) -> Body:
    """What it changes, as GeoJSON."""
    one, stamp = _announced(notice_id)
    return kept("consultation-changes", stamp, lambda: required(one).changes(), notice_id)


def _announced(notice_id: str) -> tuple[Announced, object]:
    with database().reading() as session:
        head = journal.head(session)
        one = announced(session, notice_id, clock().now())
    return one, (head, one.state)


def _named(response: AnyResponse, name: str, how: str = "attachment") -> AnyResponse:
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
