"""The steps of giving an opinion; whatever goes wrong, the form comes back as it was filled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from flask import current_app, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug import Response

from geo.durable import is_full
from geo.errors import HuituError, NotFound, Problem
from geo.types import Text
from webapp import keys, limits
from webapp.answers import send_page
from webapp.assets import asset_path
from webapp.clocks import clock
from webapp.consultation import attachments, spam, staging
from webapp.consultation.attachments import MOST_FILES, OF_OPINION, Files
from webapp.consultation.contacts import FIELDS
from webapp.consultation.reading import NOTICE, notice_of
from webapp.consultation.receiving import (
    MOST_CHARACTERS,
    Closed,
    receive,
    refuse_closed,
    topics_of,
)
from webapp.consultation.spam import PROOF_BITS, WAITING, Form, Forms
from webapp.consultation.staging import Staging
from webapp.consultation.states import PUBLIC, STATES, state_of
from webapp.consultation.tables import Notice, Opinion
from webapp.consultation.words import STANCES
from webapp.database import FULL, Full, database
from webapp.errors import status_of
from webapp.plans import current_plan
from webapp.settings import Settings
from webapp.views.opinions.typed import HIDDEN, Typed

#: The most that the form takes with its files; more than that cannot be right.
_MOST_BYTES = MOST_FILES * OF_OPINION.size_bytes + 5_000_000
_WRONG, _MANY, _GONE = 400, 429, 409
_DROP = "drop-"
#: Browsers hash by themselves over https only, and an intranet is plain http.
_PROOF_LIBRARY = asset_path("js-sha256", "sha256.min.js")

Step = Literal["preview", "edit", "send", "drop"]


@dataclass(frozen=True)
class Visit:
    """Somebody at the form of a notice.

    Attributes
    ----------
    at
        When the request came: an opinion that arrived in time counts.
    form
        The form that they have, or a new one.
    token
        Its token.
    before
        The receipt of what was sent by this form before, where this is something else.
    """

    notice: Notice
    at: datetime
    settings: Settings
    forms: Forms
    typed: Typed
    form: Form
    token: str
    before: str = ""

    @property
    def staging(self) -> Staging:
        """The files that wait."""
        return Staging(self.settings.data, self.form.key)

    @property
    def id(self) -> str:
        """The notice's."""
        return self.notice.id


def blank(notice_id: str) -> Response:
    """An empty form; ``project`` chooses one; after the end a word on where to write."""
    notice, at = _notice(notice_id)
    try:
        refuse_closed(notice, at)
    except Closed as error:
        return _page("opinions/closed.html", notice, at, error=error)
    wanted = request.args.get("project", "")
    typed = Typed(project=wanted if wanted in notice.projects else "")
    return _form(_visit(notice, at, typed), unknown=wanted if not typed.project else "")


def answered(notice_id: str) -> Response:
    """What follows a press of a button."""
    request.max_content_length = _MOST_BYTES
    notice, at = _notice(notice_id)
    typed = Typed.of(request.form)
    visit = _visit(notice, at, typed)
    known = _known(visit.form.key)
    step = _step()
    if known is not None:
        if typed.is_of(known) and step in {"preview", "send"}:
            return _to_receipt(known)
        if not typed.is_of(known):
            visit = _anew(visit, known)
            step = "preview" if step == "send" else step
    try:
        refuse_closed(notice, at)
    except Closed as error:
        return _form(visit, error.problems, status=_GONE, over=True)
    return _stepped(visit, step)


def _stepped(visit: Visit, step: Step) -> Response:
    problems = [*_take_files(visit), *_suspicions(visit)]
    if step == "drop":
        visit.staging.remove(int(request.form["do"].removeprefix(_DROP)))
    if step in {"edit", "drop"}:
        return _form(visit, problems)
    problems += visit.typed.sent(visit.form.key).problems(visit.notice)
    if problems:
        return _form(visit, problems, status=_WRONG)
    return _send(visit) if step == "send" else _preview(visit)


def _send(visit: Visit) -> Response:
    """Receive it, once; under attack only with a proof of work."""
    try:
        if limits.count_opinion(visit.id) and not _proved(visit):
            return _preview(visit, proof=True, status=_MANY)
        opinion = _received(visit)
    except HuituError as error:
        over = isinstance(error, Closed)
        return _form(visit, error.problems, status=status_of(error), over=over)
    if not visit.typed.is_of(opinion):
        return _preview(_anew(visit, opinion))
    visit.staging.clear()
    return _to_receipt(opinion)


def _received(visit: Visit) -> Opinion:
    try:
        files = [one.cleaned() for one in visit.staging.files()]
        sent = visit.typed.sent(visit.form.key, files)
        kept = Files(visit.settings.data)
        with database().writing() as session:
            return receive(session, kept, visit.settings, visit.notice, sent, at=visit.at)
    except OSError as error:
        # The other of two presses took the files along: what it sent is the same.
        if isinstance(error, FileNotFoundError) and (known := _known(visit.form.key)):
            return known
        if is_full(error):
            raise Full(FULL.at()) from error
        raise


def _to_receipt(opinion: Opinion) -> Response:
    return redirect(url_for("receipts.slip", receipt=opinion.receipt), 303)


# ---------------------------------------------------------------- who is there


def _notice(notice_id: str) -> tuple[Notice, datetime]:
    """A notice that the public may see, and the present moment."""
    at = clock().now()
    with database().reading() as session:
        notice = notice_of(session, notice_id)
    if state_of(notice, at) not in PUBLIC:
        raise NotFound(NOTICE, notice_id)
    return notice, at


def _visit(notice: Notice, at: datetime, typed: Typed) -> Visit:
    settings: Settings = current_app.config["HUITU_SETTINGS"]
    forms, token = Forms(keys.session_key(settings)), typed.token
    form = forms.read(token, notice.id)
    if form is None:
        token = forms.new(notice.id, at)
        form = forms.read(token, notice.id)
    if form is None:
        raise RuntimeError("a form that was just made is not known")
    return Visit(notice, at, settings, forms, typed, form, token)


def _anew(visit: Visit, known: Opinion) -> Visit:
    """The same with a form of its own, where another opinion came by the old one."""
    token = visit.forms.new(visit.id, visit.form.made_at)
    found = _visit(visit.notice, visit.at, replace(visit.typed, token=token))
    return replace(found, before=known.receipt)


def _known(key: str) -> Opinion | None:
    """What was received by a form before."""
    with database().reading() as session:
        return session.scalar(select(Opinion).where(Opinion.key == key))


def _step() -> Step:
    wanted = request.form.get("do", "")
    if wanted.startswith(_DROP) and wanted.removeprefix(_DROP).isdecimal():
        return "drop"
    found: dict[str, Step] = {"send": "send", "edit": "edit"}
    return found.get(wanted, "preview")


def _suspicions(visit: Visit) -> Iterator[Problem]:
    """What makes somebody look like a program; a second press answers it."""
    if visit.token != visit.typed.token:
        yield spam.FORM_OLD.at()
        return
    try:
        spam.refuse_trapped(visit.typed.hidden)
        visit.form.refuse_haste(visit.at)
    except HuituError as error:
        yield from error.problems


def _proved(visit: Visit) -> bool:
    typed, form = visit.typed, visit.form
    return spam.proves(form, typed.proof) or visit.forms.has_waited(typed.waited, form, visit.at)


def _take_files(visit: Visit) -> list[Problem]:
    """Let the files wait that came with the form; what is wrong with one takes no other along."""
    problems: list[Problem] = []
    sent = [one for one in request.files.getlist("files") if one.filename]
    if sent:
        staging.sweep(visit.settings.data, visit.at)
    for one in sent:
        name = str(one.filename)
        try:
            limits.count_file()
            content = one.stream.read(OF_OPINION.size_bytes + 1)
            visit.staging.add(attachments.clean(content, name), name)
        except HuituError as error:
            problems += [replace(problem, field="files") for problem in error.problems]
    return problems


# ---------------------------------------------------------------- pages


def _form(
    visit: Visit,
    problems: Sequence[Problem] = (),
    *,
    status: int = 200,
    over: bool = False,
    unknown: str = "",
) -> Response:
    """The form; ``over``: it can no longer be sent, and holds the words to be copied."""
    unfit = visit.typed.words != visit.typed.shown_words
    return _step_page(
        visit,
        "opinions/form.html",
        status,
        problems=problems,
        over=over,
        unknown=unknown,
        unfit=unfit,
    )


def _preview(visit: Visit, *, proof: bool = False, status: int = 200) -> Response:
    waited = visit.typed.waited
    waiting = visit.forms.waiting(visit.form, visit.at, waited) if proof else waited
    words = {"proof": proof, "waiting": waiting, "proof_library": _PROOF_LIBRARY}
    return _step_page(visit, "opinions/preview.html", status, **words)


def _step_page(visit: Visit, template: str, status: int, **more: Any) -> Response:
    words: dict[str, Any] = {
        "typed": visit.typed,
        "token": visit.token,
        "key": visit.form.key,
        "before": visit.before,
        "files": visit.staging.files(),
        "projects": _projects(visit.notice),
        "topics": [
            (one["id"], Text(zh=one["zh"], en=one["en"])) for one in topics_of(visit.notice)
        ],
        "stances": STANCES,
        "contact_fields": FIELDS if visit.settings.contact_key.get_secret_value() else {},
        "contact_days": visit.settings.contact_days,
        "hidden": HIDDEN,
        "most": MOST_CHARACTERS,
        "most_files": MOST_FILES,
        "most_mb": OF_OPINION.size_bytes // 1_000_000,
        "bits": PROOF_BITS,
        "seconds": int(WAITING.total_seconds()),
    }
    return _page(template, visit.notice, visit.at, status, **words, **more)


def _page(template: str, notice: Notice, at: datetime, status: int = 200, **more: Any) -> Response:
    html = render_template(
        template,
        notice=notice,
        title=Text(zh=notice.title_zh, en=notice.title_en or notice.title_zh),
        state=STATES[state_of(notice, at)],
        **more,
    )
    answer = send_page(html)
    answer.status_code = status
    return answer


def _projects(notice: Notice) -> list[tuple[str, Text]]:
    """The projects of a notice; one that the plan does not have goes by its id."""
    names = {project.id: project.name for project in current_plan().projects()}
    return [(id_, names.get(id_, Text(zh=id_, en=id_))) for id_ in notice.projects]
