"""The log (留痕): its pages, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request
from werkzeug import Response as AnyResponse

from webapp import journal, language
from webapp.answers import send_page
from webapp.database import Database, database
from webapp.journal import ACTIONS, Wanted
from webapp.journal.writing import csv_lines
from webapp.plans import current_plan
from webapp.questions import QuestionReader, beginning_of, end_of

blueprint = Blueprint("journal", __name__)
_CONDITIONS = ("actor", "action", "subject", "since", "until")


@blueprint.get("/desk/log")
def page() -> AnyResponse:
    """The newest entries that are wanted, a page at a time."""
    reader = LogReader(request.args)
    wanted = reader.wanted()
    with database().reading() as session:
        found, count, left = journal.entries(session, wanted)
        number, head = journal.head(session)
        witnesses = journal.noted(current_plan().catalog.folder)
        lost = journal.contradicted(session, witnesses)
    html = render_template(
        "journal/page.html",
        entries=found,
        count=count,
        number=number,
        head=head,
        witnesses=witnesses,
        lost=lost,
        actions=ACTIONS,
        problems=reader.problems,
        chosen={name: request.args.get(name, "") for name in _CONDITIONS},
        older=found[-1].number if left else None,
    )
    return send_page(html)


@blueprint.get("/desk/log.csv")
def file() -> AnyResponse:
    """Every entry that is wanted as CSV, the oldest first, its hashes with it."""
    reader = LogReader(request.args)
    wanted = reader.wanted()
    reader.refuse()
    response = Response(_streamed(database(), wanted, language.current()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="huitu-log.csv"'
    return response


def _streamed(opened: Database, wanted: Wanted, lang: str) -> Iterator[bytes]:
    """The lines while they are sent; the answer has left the application by then."""
    with opened.reading() as session:
        yield from csv_lines(journal.entries_of(session, wanted), lang)


class LogReader(QuestionReader):
    """Reads what the log is searched for."""

    def wanted(self) -> Wanted:
        """Days are those of the zone's calendar, both included."""
        since, until = self.day("since"), self.day("until")
        return Wanted(
            actor=self.text("actor"),
            action=self.word("action", ACTIONS) or "",
            subject=self.text("subject"),
            since=beginning_of(since) if since else None,
            until=end_of(until) if until else None,
            before=self.limit("before"),
        )
