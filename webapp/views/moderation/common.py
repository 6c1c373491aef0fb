"""What the pages on which opinions are worked on stand on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from geo.errors import HuituError, NotFound
from geo.types import Text
from webapp.answers import send_page
from webapp.clocks import clock
from webapp.consultation import reading, receipts
from webapp.consultation.moderation import OPINION
from webapp.consultation.reading import Voice
from webapp.consultation.states import STATES, state_of
from webapp.consultation.tables import Notice
from webapp.consultation.words import (
    CHANNELS,
    STANCES,
    STANDINGS,
    TOPICS,
    VERDICTS,
    WITHHELD_FOR,
)
from webapp.errors import status_of
from webapp.forms import Form
from webapp.plans import current_plan

blueprint = Blueprint("moderation", __name__)

WHOLE_PLAN = Text(zh="整个规划", en="The whole plan")


def empty_form() -> Form:
    """A form that nobody has filled in."""
    return Form(MultiDict())


def notice_named(session: Session, notice_id: str) -> Notice:
    """A notice; :class:`geo.errors.NotFound` where there is none."""
    return reading.notice_of(session, notice_id)


def voice_named(session: Session, typed: str) -> Voice:
    """The opinion of a receipt as it was typed.

    Raises
    ------
    NotFound
        It is no receipt, or there is no such opinion.
    """
    receipt = receipts.parse(typed)
    found = None if receipt is None else reading.voice_of(session, receipt)
    if found is None:
        raise NotFound(OPINION, typed)
    return found


def page_of(template: str, notice: Notice, *, status: int = 200, **words: Any) -> Response:
    """A page about a notice, with the words for everything that an opinion may be."""
    answer = send_page(
        render_template(
            template,
            notice=notice,
            offered=current_app.view_functions,
            state=STATES[state_of(notice, clock().now())],
            channels=CHANNELS,
            stances=STANCES,
            standings=STANDINGS,
            verdicts=VERDICTS,
            withheld_for=WITHHELD_FOR,
            project_title=project_title,
            topic_title=lambda topic: topic_title(notice, topic),
            **words,
        )
    )
    answer.status_code = status
    return answer


def refused(form: Form, error: HuituError) -> int:
    """Put what is wrong into a form; give the status by which it is told."""
    form.problems = list(error.problems)
    return status_of(error)


def project_title(project_id: str | None) -> Text:
    """The name of a project; one that the plan no longer has is told by its id."""
    if project_id is None:
        return WHOLE_PLAN
    try:
        return current_plan().project(project_id).name
    except NotFound:
        return Text(zh=project_id, en=project_id)


def topics_of(notice: Notice) -> dict[str, Text]:
    """What an opinion on a notice may be about."""
    return {one["id"]: Text(zh=one["zh"], en=one["en"]) for one in notice.topics or TOPICS}


def topic_title(notice: Notice, topic: str) -> Text:
    """The name of a topic; one that is not offered is told by its id."""
    return topics_of(notice).get(topic, Text(zh=topic, en=topic))


def shown_number(name: str) -> int | None:
    """A whole number of the address; None for anything else."""
    written = request.args.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 9 else None


def chosen(name: str) -> list[str]:
    """Every value that the form has of a name."""
    return request.form.getlist(name)
