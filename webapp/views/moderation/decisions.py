"""The form of a decision, for an opinion and for a group, and the changes that decisions name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geo.errors import NotFound
from geo.types import Text
from layers.diff import sentence
from webapp import access, differences
from webapp.clocks import clock
from webapp.consultation import deciding
from webapp.consultation.deciding import MOST_OF_A_BODY, MOST_OF_A_REASON
from webapp.consultation.tables import Decision, Notice
from webapp.database import database
from webapp.forms import Form
from webapp.plans import current_plan
from webapp.views.moderation.common import chosen, project_title

_DO = Text(zh="操作", en="Action")
_REASON = Text(zh="理由", en="Reason")
_BODY = Text(zh="负责单位", en="Responsible body")
_CHANGE = Text(zh="规划变更", en="Change of the plan")
_SEEN = Text(zh="已看到的决定", en="Decision seen")
_MOST_SENTENCES = 6


@dataclass(frozen=True)
class Change:
    """A version of a layer against the one before it, in words."""

    layer: str
    version: str
    before: str
    title: Text
    at: str
    reason: str
    sentences: tuple[Text, ...]
    more: int

    @property
    def key(self) -> str:
        """The layer and the version in one word."""
        return f"{self.layer}/{self.version}"


def carry_out(form: Form, notice: Notice, **subject: Any) -> bool:
    """Decide as the form says; false where it asks for a reason of before to be filled in."""
    if form.choice("do", _DO, ("decide", "block")) == "block":
        return False
    reason = form.text("reason", _REASON, most=MOST_OF_A_REASON, required=False)
    body = form.text("body", _BODY, most=MOST_OF_A_BODY, required=False)
    offered = {offer.key: offer for offer in offers(notice)}
    key = form.choice("change", _CHANGE, ("", *offered))
    seen = form.text("seen", _SEEN, most=9)
    form.refuse()
    offer = offered.get(key)
    with database().writing() as session:
        deciding.decide(
            session,
            **subject,
            verdict=form.value("verdict"),
            reason=reason,
            body=body,
            projects=[one for one in notice.projects if one in chosen("projects")],
            layer=offer.layer if offer else None,
            version=offer.publication.version if offer else None,
            by=access.person(),
            clock=clock(),
            seen=int(seen) if seen.isdecimal() else -1,
        )
    return True


def words_of(
    session: Session, notice: Notice, last: Decision | None, form: Form
) -> Mapping[str, Any]:
    """What the form of a decision shows; what was sent wins, then what holds, then the usual."""
    sent = bool(form.value("do"))
    blocks = deciding.blocks(session, notice.id)
    block = _block(form, len(blocks)) if sent else None
    reason = form.value("reason") if sent else last.reason if last else ""
    return {
        "form": form,
        "blocks": blocks,
        "verdict": blocks[block].verdict if block is not None else form.value("verdict"),
        "reason": blocks[block].reason if block is not None else reason,
        "body": form.value("body") if sent else last.body if last else notice.organiser,
        "projects": [(one, project_title(one)) for one in notice.projects],
        "chosen": set(chosen("projects")) if sent else set(last.projects) if last else set(),
        "changes": [change_of(offer.layer, offer.publication.version) for offer in offers(notice)],
        "change": form.value("change") if sent else _change(last),
        "last": last,
        "most_of_a_reason": MOST_OF_A_REASON,
        "most_of_a_body": MOST_OF_A_BODY,
    }


def offers(notice: Notice) -> list[deciding.Offer]:
    """The versions that a decision may name: those published since the notice opened."""
    plan = current_plan()
    return deciding.offers(plan.store, [one.id for one in plan.catalog.layers], notice.opens_at)


def changes_of(decisions: Iterable[Decision]) -> dict[int, Change]:
    """The changes that decisions name, by the ids of the decisions."""
    named = ((one.id, one.layer, one.version) for one in decisions)
    found = {id_: change_of(layer, version) for id_, layer, version in named if layer and version}
    return {id_: change for id_, change in found.items() if change is not None}


def change_of(layer: str, version: str) -> Change | None:
    """What differs between a version and the one before it; None where it is not there."""
    try:
        pair = differences.pair(current_plan(), layer, newer=version)
    except NotFound:
        return None
    told = differences.compare(pair).changes
    return Change(
        layer,
        version,
        pair.before.version,
        pair.spec.title,
        pair.after.at,
        pair.after.reason,
        tuple(sentence(one) for one in told[:_MOST_SENTENCES]),
        max(0, len(told) - _MOST_SENTENCES),
    )


def _change(last: Decision | None) -> str:
    return f"{last.layer}/{last.version}" if last is not None and last.layer else ""


def _block(form: Form, count: int) -> int | None:
    """The place of the reason that shall be filled in."""
    written = form.value("block")
    wanted = form.value("do") == "block" and written.isascii() and written.isdecimal()
    return int(written) if wanted and len(written) < 5 and int(written) < count else None
