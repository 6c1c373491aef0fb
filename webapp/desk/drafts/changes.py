"""What a draft changes, feature by feature, up to one of its edits: for a notice that announces it.

It is told from the rows themselves. Nothing is written, so that a draft that is being published at
the same moment is not disturbed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.types import Text
from layers.store import Store
from webapp.desk.drafts.features import Feature, Row, base_features, by_key, merged
from webapp.desk.drafts.tables import Draft, Edit


@dataclass(frozen=True)
class Change:
    """A feature that a draft adds, removes or changes.

    Attributes
    ----------
    fields
        The attributes that differ, in the order of the layer.
    shape
        Whether its geometry differs.
    """

    kind: Literal["added", "removed", "changed"]
    name: Text
    fields: tuple[str, ...] = ()
    shape: bool = False


def changes(store: Store, draft: Draft, found: Iterable[Edit], upto: int | None) -> list[Change]:
    """What differs from the version that the draft began on; ``upto`` None: by every edit."""
    seen = [edit for edit in found if upto is None or edit.number <= upto]
    rows = base_features(store.frame(draft.layer, draft.base))
    return list(_changes(rows, seen))


def _changes(rows: Sequence[Row], seen: Sequence[Edit]) -> Iterator[Change]:
    before, after = by_key(rows), by_key(merged(rows, seen))
    for key, old in before.items():
        new = after.get(key)
        if new is None:
            yield Change("removed", _name(key, old))
        elif new != old:
            yield Change("changed", _name(key, new), _fields(old, new), _reshaped(old, new))
    for key, new in after.items():
        if key not in before:
            yield Change("added", _name(key, new))


def _name(key: str, feature: Feature) -> Text:
    known = feature["properties"]
    zh = str(known.get("name_zh") or key)
    return Text(zh=zh, en=str(known.get("name_en") or zh))


def _fields(old: Feature, new: Feature) -> tuple[str, ...]:
    first, second = old["properties"], new["properties"]
    return tuple(name for name in {**first, **second} if first.get(name) != second.get(name))


def _reshaped(old: Feature, new: Feature) -> bool:
    return bool(old["geometry"] != new["geometry"])
