"""What became of an opinion, by its receipt: the author's own page, and the slip to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, send_file, url_for
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug import Response

from geo.errors import HuituError, InputError, NotFound, Problem, ProblemKind
from geo.types import Text
from layers.diff import Change, sentence
from webapp import differences, limits
from webapp.answers import send_json, send_page
from webapp.clocks import clock
from webapp.consultation import receipts
from webapp.consultation.attachments import ENDINGS, Files
from webapp.consultation.reading import Voice, notice_of, voice_of
from webapp.consultation.receiving import topics_of
from webapp.consultation.states import STATES, state_of
from webapp.consultation.tables import Attachment, Contact, Decision, Notice, Opinion
from webapp.consultation.words import CHANNELS, STANCES, STANDINGS, VERDICTS, WITHHELD_FOR
from webapp.database import database
from webapp.differences import Pair
from webapp.errors import status_of
from webapp.plans import current_plan
from webapp.settings import Settings

blueprint = Blueprint("receipts", __name__)

RECEIPT = Text(zh="回执", en="receipt")
#: So many changed features stand on a status page; the comparison has all of them.
_MOST_SHIFTS = 5
_WRONG, _NOT_THERE = 400, 404

MISTYPED = ProblemKind(
    "receipt-mistyped",
    "error",
    Text(
        zh="这个回执号里有字符不对，或少了几个",
        en="A character of this receipt is wrong, or some are missing",
    ),
    Text(
        zh="回执号像 {example}，对照回执再看一遍；大小写、空格和横线都不要紧",
        en="A receipt looks like {example}; compare it once more. Capitals, blanks and dashes do "
        "not matter",
    ),
)
UNKNOWN = ProblemKind(
    "receipt-unknown",
    "error",
    Text(zh="没有查到这个回执", en="There is no such receipt"),
    Text(
        zh="核对回执号；刚寄出的意见马上就能查到",
        en="Compare it once more; an opinion is found as soon as it was sent",
    ),
)


@dataclass(frozen=True)
class Status:
    """An opinion with its notice, and what only its author is told."""

    voice: Voice
    notice: Notice
    others: int
    has_contact: bool


@dataclass(frozen=True)
class Shift:
    """One feature that was changed, and by how much; None for what it has none of."""

    name: Text
    area_m2: float | None
    length_m: float | None
    said: Text

    @classmethod
    def of(cls, change: Change) -> Shift:
        """The newer figure less the older one; of what was added or removed all of it."""
        area, length = (
            _less(getattr(change.after, name, None), getattr(change.before, name, None))
            for name in ("area_m2", "length_m")
        )
        return cls(change.side.name, area, length, sentence(change))


@dataclass(frozen=True)
class Led:
    """The change of the plan that a decision led to; without a pair where it is not known here."""

    layer: Text
    version: str
    pair: Pair | None = None
    shifts: tuple[Shift, ...] = ()
    count: int = 0
    frames: tuple[Mapping[str, str], ...] = ()


@blueprint.route("/receipts", methods=["GET", "POST"])
def look_up() -> Response:
    """Type a receipt, in any manner."""
    if request.method == "GET":
        return _lookup()
    typed = request.form.get("receipt", "")
    try:
        return redirect(url_for("receipts.page", receipt=_parsed(typed)), 303)
    except HuituError as error:
        return _lookup(typed, error.problems[0], status_of(error))


@blueprint.get("/receipts/<receipt>")
def page(receipt: str) -> Response:
    """Where an opinion stands."""
    try:
        found = _status(receipt)
    except HuituError as error:
        return _lookup(receipt, error.problems[0], status_of(error))
    voice = found.voice
    html = render_template(
        "receipts/page.html",
        **_common(found),
        voice=voice,
        others=found.others,
        has_contact=found.has_contact,
        endings=ENDINGS,
        channels=CHANNELS,
        stances=STANCES,
        standings=STANDINGS,
        verdicts=VERDICTS,
        reasons=WITHHELD_FOR,
        decided_projects=_named(voice.decision.projects if voice.decision else ()),
        led=_led(voice.decision, voice.opinion),
    )
    return send_page(html)


@blueprint.get("/receipts/<receipt>/slip")
def slip(receipt: str) -> Response:
    """The receipt to keep: printed, photographed or written down."""
    try:
        found = _status(receipt)
    except HuituError as error:
        return _lookup(receipt, error.problems[0], status_of(error))
    address = _address(found.voice.opinion.receipt)
    html = render_template("receipts/slip.html", **_common(found), address=address, qr=_qr(address))
    return send_page(html)


@blueprint.get("/receipts/<receipt>/status.json")
def status_json(receipt: str) -> Response:
    """Where an opinion stands: its words as they were sent, whether it is shown, the decision."""
    found = _status(receipt)
    voice, opinion = found.voice, found.voice.opinion
    told = {
        "receipt": opinion.receipt,
        "notice": opinion.notice_id,
        "number": opinion.number,
        "channel": opinion.channel,
        "received_at": opinion.received_at.isoformat(),
        "words": opinion.words,
        "stance": opinion.stance,
        "topics": opinion.topics,
        "project": opinion.project,
        "files": [
            {"media_type": one.media_type, "size": one.size, "sha256": one.sha256}
            for one in voice.attachments
        ],
        "standing": voice.standing,
        "withheld_for": _withheld_for(voice),
        "others_in_group": found.others,
        "decision": voice.decision and _decision_told(voice.decision),
    }
    return send_json(told)


@blueprint.get("/receipts/<receipt>/files/<int:number>")
def file(receipt: str, number: int) -> Response:
    """One file of an opinion, for its author, to be saved and not shown."""
    voice = _status(receipt).voice
    found = next((one for one in voice.attachments if one.number == number), None)
    if found is None:
        raise NotFound(RECEIPT, f"{receipt}/{number}")
    return _saved(found, voice.opinion.receipt)


def _saved(found: Attachment, receipt: str) -> Response:
    settings: Settings = current_app.config["HUITU_SETTINGS"]
    return send_file(
        Files(settings.data).path(found.sha256),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=f"{receipt}-{found.number}{ENDINGS[found.media_type]}",
        etag=False,
    )


# ---------------------------------------------------------------- finding


def _parsed(typed: str) -> str:
    """The receipt that was typed; of somebody who tries many of them none."""
    limits.refuse_guessing()
    found = receipts.parse(typed)
    if found is None:
        limits.count_guess()
        raise InputError(MISTYPED.at(field="receipt", example=_example()))
    return found


def _status(typed: str) -> Status:
    receipt = _parsed(typed)
    with database().reading() as session:
        voice = voice_of(session, receipt)
        if voice is None:
            limits.count_guess()
            raise NotFound(RECEIPT, receipt)
        notice = notice_of(session, voice.opinion.notice_id)
        others = _others(session, voice.opinion)
        contact = session.get(Contact, voice.opinion.id)
    return Status(voice, notice, others, contact is not None and contact.sealed is not None)


def _others(session: Session, opinion: Opinion) -> int:
    """How many opinions are grouped with one."""
    if opinion.group_id is None:
        return 0
    count = select(func.count()).where(Opinion.group_id == opinion.group_id)
    return (session.scalar(count) or 1) - 1


def _lookup(typed: str = "", problem: Problem | None = None, status: int = 200) -> Response:
    if status == _NOT_THERE:
        problem = UNKNOWN.at(field="receipt")
    html = render_template(
        "receipts/look_up.html", typed=typed, problem=problem, example=_example()
    )
    answer = send_page(html)
    answer.status_code = status
    return answer


def _example() -> str:
    settings: Settings = current_app.config["HUITU_SETTINGS"]
    code = "7F3K92QXM"
    check = receipts.check_character(code)
    return f"{settings.receipt_prefix}-2026-014-{code[:5]}-{code[5:]}{check}"


# ---------------------------------------------------------------- telling


def _common(found: Status) -> dict[str, Any]:
    opinion, notice = found.voice.opinion, found.notice
    topics = {one["id"]: Text(zh=one["zh"], en=one["en"]) for one in topics_of(notice)}
    return {
        "opinion": opinion,
        "notice": notice,
        "title": Text(zh=notice.title_zh, en=notice.title_en or notice.title_zh),
        "state": STATES[state_of(notice, clock().now())],
        "project": next(iter(_named([opinion.project])), None) if opinion.project else None,
        "topics": [topics.get(id_, Text(zh=id_, en=id_)) for id_ in opinion.topics],
        "attachments": [one for one in found.voice.attachments if not one.is_scan],
    }


def _named(ids: Any) -> list[tuple[str, Text]]:
    names = {project.id: project.name for project in current_plan().projects()}
    return [(id_, names.get(id_, Text(zh=id_, en=id_))) for id_ in ids]


def _withheld_for(voice: Voice) -> str | None:
    return voice.moderation.code if voice.moderation and voice.standing == "withheld" else None


def _decision_told(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict,
        "reason": decision.reason,
        "body": decision.body,
        "at": decision.at.isoformat(),
        "projects": decision.projects,
        "layer": decision.layer,
        "version": decision.version,
    }


def _address(receipt: str) -> str:
    """Where the status page is found, as a telephone reads it."""
    settings: Settings = current_app.config["HUITU_SETTINGS"]
    base = settings.public_url.rstrip("/")
    if not base:
        return url_for("receipts.page", receipt=receipt, _external=True)
    path = url_for("receipts.page", receipt=receipt)
    return f"{base}{path.removeprefix(request.script_root)}"


def _qr(address: str) -> Markup:
    """The address as a QR code, drawn in the page itself."""
    made = segno.make(address, error="m", micro=False)
    drawn = made.svg_inline(scale=4, border=4, svgclass="qr", lineclass=None, omitsize=True)
    # What it draws is a path of numbers.
    return Markup(drawn)  # noqa: S704


def _led(decision: Decision | None, opinion: Opinion) -> Led | None:
    """What changed in the plan because of a decision."""
    if decision is None or not decision.layer or not decision.version:
        return None
    layers = {layer.id: layer.title for layer in current_plan().layers}
    title = layers.get(decision.layer, Text(zh=decision.layer, en=decision.layer))
    try:
        pair = differences.pair(current_plan(), decision.layer, newer=decision.version)
    except NotFound:
        return Led(title, decision.version)
    changes = [one for one in differences.compare(pair).changes if one.kind != "redigitised"]
    about = {*decision.projects, opinion.project}
    own = [one for one in changes if one.side.id in about] or changes
    shifts = tuple(Shift.of(one) for one in own[:_MOST_SHIFTS])
    return Led(title, decision.version, pair, shifts, len(own), _frames(pair, own))


def _frames(pair: Pair, changes: list[Change]) -> tuple[Mapping[str, str], ...]:
    """The older and the newer map as parameters of the embedded one."""
    plan = current_plan()
    around = [layer.id for layer in plan.layers if not layer.is_projects and layer.visible]
    layers = ",".join(dict.fromkeys([pair.spec.id, *around]))
    ids = ",".join(one.side.id for one in changes[:_MOST_SHIFTS] if one.side.id)
    return tuple(
        {
            "layers": layers,
            **({"ids": ids} if ids else {}),
            **(
                {}
                if plan.versions.get(pair.spec.id) == one.version
                else {"versions": f"{pair.spec.id}:{one.version}"}
            ),
        }
        for one in (pair.before, pair.after)
    )


def _less(after: float | None, before: float | None) -> float | None:
    if after is None and before is None:
        return None
    return (after or 0.0) - (before or 0.0)
