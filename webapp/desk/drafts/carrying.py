"""Carrying a draft over to the version that was published since it was begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geo.errors import InputError, ProblemKind
from geo.types import Text
from layers.store import Store
from webapp.accounts import Person
from webapp.desk.drafts.editing import as_base, edits, latest, locked
from webapp.desk.drafts.features import Feature, base_features, by_key
from webapp.desk.drafts.tables import Draft, Edit

UNDECIDED = ProblemKind(
    "draft-undecided",
    "error",
    Text(
        zh="要素 {id} 在草稿和新版本里都改过，还没有决定",
        en="The feature {id} was changed in the draft and in the new version; decide first",
    ),
    Text(zh="选择用草稿的还是新版本的", en="Choose the draft's or the new version's"),
)


@dataclass(frozen=True)
class CarryConflict:
    """A feature that the draft and the newer version both changed; None where it is gone."""

    feature: str
    before: Feature | None
    newer: Feature | None
    draft: Feature | None
    edit: Edit


def conflicts(
    store: Store, draft: Draft, found: Sequence[Edit], current: str
) -> list[CarryConflict]:
    """The edited features that the current version has otherwise than the draft's base."""
    old = by_key(base_features(store.frame(draft.layer, draft.base)))
    new = by_key(base_features(store.frame(draft.layer, current)))
    return [
        CarryConflict(key, old.get(key), new.get(key), edit.feature_content, edit)
        for key, edit in latest(found).items()
        if edit.holds != "base" and old.get(key) != new.get(key) and not _agrees(edit, new.get(key))
    ]


def carry(
    session: Session,
    store: Store,
    draft_id: str,
    current: str,
    decisions: Mapping[str, Any],
    *,
    by: Person,
) -> Draft:
    """Let the draft start from the current version.

    Parameters
    ----------
    decisions
        For each conflict ``draft`` or ``newer``, by feature. What is not chosen stays in the list
        of edits.

    Raises
    ------
    InputError
        A conflict is undecided; all of them at once.
    """
    draft = locked(session, draft_id)
    open_ones = conflicts(store, draft, edits(session, draft_id), current)
    undecided = [one for one in open_ones if decisions.get(one.feature) not in {"draft", "newer"}]
    if undecided:
        raise InputError(UNDECIDED.at(feature=one.feature, id=one.feature) for one in undecided)
    draft.base = current
    for one in open_ones:
        if decisions[one.feature] == "newer":
            as_base(session, draft, one.feature, by=by)
    return draft


def _agrees(edit: Edit, newer: Feature | None) -> bool:
    """Whether both want the same."""
    wanted = None if edit.holds == "removed" else edit.feature_content
    return wanted == newer
