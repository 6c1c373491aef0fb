"""The board: what is unanswered, by project, topic and age, and how many days are left."""

from __future__ import annotations

from flask import request
from werkzeug import Response

from webapp.clocks import clock
from webapp.consultation import reading
from webapp.consultation.board import AGES, ANSWERS, WHOLE_PLAN, Filter, board, days_waiting
from webapp.database import database
from webapp.views.moderation.common import blueprint, notice_named, page_of, topics_of

_PAGE = 100


@blueprint.get("/desk/consultations/<notice_id>/board", endpoint="board")
def show(notice_id: str) -> Response:
    """The figures, and the opinions that pass the filter, those that wait longest first."""
    now = clock().now()
    with database().reading() as session:
        notice = notice_named(session, notice_id)
        voices = reading.voices(session, notice_id)
    asked = {name: request.args.get(name, "") for name in ("project", "topic", "age")}
    asked["age"] = asked["age"] if asked["age"] in AGES else ""
    answer = request.args.get("answer", "unanswered")
    wanted = Filter(**asked, answer=answer if answer in {"", *ANSWERS} else "")
    found = wanted.chosen(voices, now)
    ordered = sorted(found, key=lambda one: (one.opinion.received_at, one.opinion.number))
    return page_of(
        "moderation/board.html",
        notice,
        board=board(notice, voices, now),
        found=ordered[:_PAGE],
        chosen=reading.tally(found),
        more=max(0, len(ordered) - _PAGE),
        wanted=wanted,
        ages=AGES,
        answers=ANSWERS,
        whole_plan=WHOLE_PLAN,
        topics=topics_of(notice),
        days_waiting=lambda one: days_waiting(one, now),
    )
