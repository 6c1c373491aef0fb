"""Opinions that say the same: proposed, put together, taken apart, decided on at once."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from werkzeug import Response

from geo.errors import HuituError, InputError, NotFound
from geo.types import Text
from webapp import access
from webapp.clocks import clock
from webapp.consultation import deciding, grouping, masks, reading
from webapp.consultation.grouping import GROUP, MOST_OF_A_TITLE
from webapp.consultation.reading import Voice
from webapp.database import database
from webapp.forms import Form
from webapp.views.moderation.common import (
    blueprint,
    chosen,
    empty_form,
    notice_named,
    page_of,
    refused,
)
from webapp.views.moderation.decisions import carry_out, changes_of, words_of

_DO = Text(zh="操作", en="Action")
_TITLE = Text(zh="组名", en="Name of the group")
_NUMBERS = Text(zh="意见编号", en="Numbers of opinions")
_INTO = Text(zh="意见组", en="Group")
_NO_GROUP = "new"
#: So many proposals stand on the page at once; others follow when these are done.
_MOST_PROPOSALS = 10


@blueprint.route("/desk/consultations/<notice_id>/groups", methods=["GET", "POST"])
def groups(notice_id: str) -> Response:
    """What could be grouped, with its score, and the groups that there are."""
    form = Form(request.form)
    if request.method == "GET":
        return _groups(notice_id, form)
    try:
        made = _carry_out(notice_id, form)
    except HuituError as error:
        return _groups(notice_id, form, refused(form, error))
    return redirect(url_for("moderation.groups", notice_id=notice_id, done=made), 303)


@blueprint.route("/desk/consultations/<notice_id>/groups/<group_id>", methods=["GET", "POST"])
def group(notice_id: str, group_id: str) -> Response:
    """The opinions of a group, and the decision on all of them."""
    form = Form(request.form)
    if request.method == "GET":
        return _group(notice_id, group_id, empty_form())
    with database().reading() as session:
        notice = notice_named(session, notice_id)
    try:
        if not carry_out(form, notice, group=_members(notice_id, group_id).group.id):
            return _group(notice_id, group_id, form)
    except InputError as error:
        return _group(notice_id, group_id, form, refused(form, error))
    return redirect(
        url_for("moderation.group", notice_id=notice_id, group_id=group_id, done="decided"), 303
    )


def _carry_out(notice_id: str, form: Form) -> str:
    """Group or ungroup as the form says; give the id of the group."""
    what = form.choice("do", _DO, ("group", "ungroup"))
    title = form.text("title", _TITLE, most=MOST_OF_A_TITLE, required=False)
    numbers = form.text("numbers", _NUMBERS, most=MOST_OF_A_TITLE * 10, required=False)
    into = form.value("into") or _NO_GROUP
    form.refuse()
    with database().writing() as session:
        voices = reading.voices(session, notice_id)
        receipts = [*chosen("receipt"), *_numbered(voices, numbers)]
        if what == "ungroup":
            grouping.ungroup(session, notice_id, receipts, by=access.person())
            return ""
        made = grouping.group(
            session,
            notice_id,
            receipts,
            title,
            into=None if into == _NO_GROUP else _id_of(into),
            by=access.person(),
            clock=clock(),
        )
    return str(made.id)


def _groups(notice_id: str, form: Form, status: int = 200) -> Response:
    with database().reading() as session:
        notice = notice_named(session, notice_id)
        voices = reading.voices(session, notice_id)
    proposals = grouping.proposals(voices)
    return page_of(
        "moderation/groups.html",
        notice,
        status=status,
        form=form,
        proposals=proposals[:_MOST_PROPOSALS],
        more=max(0, len(proposals) - _MOST_PROPOSALS),
        groups=grouping.groups(voices),
        counted=reading.tally(voices),
        most_of_a_title=MOST_OF_A_TITLE,
        done=request.args.get("done"),
    )


def _group(notice_id: str, group_id: str, form: Form, status: int = 200) -> Response:
    members = _members(notice_id, group_id)
    with database().reading() as session:
        notice = notice_named(session, notice_id)
        decisions = deciding.history_of_group(session, members.group.id)
        answering = words_of(session, notice, decisions[-1] if decisions else None, form)
    return page_of(
        "moderation/group.html",
        notice,
        status=status,
        members=members,
        answering=answering,
        decisions=decisions,
        changes=changes_of(decisions),
        done=request.args.get("done", ""),
    )


def _members(notice_id: str, group_id: str) -> grouping.Members:
    """A group of a notice with its opinions; none is left where all were taken out."""
    with database().reading() as session:
        notice_named(session, notice_id)
        found = grouping.named(session, _id_of(group_id))
        voices = reading.voices(session, notice_id)
    if found.notice_id != notice_id:
        raise NotFound(GROUP, group_id)
    own = tuple(one for one in voices if one.group is not None and one.group.id == found.id)
    return grouping.Members(found, own)


def _id_of(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) < 9):
        raise NotFound(GROUP, written)
    return int(written)


def _numbered(voices: Sequence[Voice], written: str) -> list[str]:
    """The receipts of opinions whose numbers were typed, such as ``3, 7-9``."""
    wanted = {number for start, end in masks.parse(written) for number in range(start + 1, end + 1)}
    return [one.opinion.receipt for one in voices if one.opinion.number in wanted]
