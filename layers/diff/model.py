"""What can differ between two versions of a layer, and the difference as a value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from geo.types import Text

ClassId = Literal[
    "added",
    "removed",
    "reshaped",
    "moved",
    "located",
    "reclassified",
    "attributes",
    "redigitised",
]
#: What became of a shape; a feature has one of these or none.
ShapeKind = Literal["reshaped", "moved", "located", "unlocated", "redigitised"]
Matched = Literal["id", "geometry"]


@dataclass(frozen=True)
class ClassOfChange:
    """One class of change: its names, its meaning, and whether the map colours it."""

    id: ClassId
    title: Text
    meaning: Text
    coloured: bool = True


#: In the order in which they are listed; a feature stands under the first that holds for it.
CLASSES: Mapping[ClassId, ClassOfChange] = MappingProxyType(
    {
        one.id: one
        for one in (
            ClassOfChange(
                "added",
                Text(zh="新增", en="Added"),
                Text(zh="旧版本没有", en="Not in the older version"),
            ),
            ClassOfChange(
                "removed",
                Text(zh="删除", en="Removed"),
                Text(zh="新版本没有", en="Not in the newer version"),
            ),
            ClassOfChange(
                "reshaped",
                Text(zh="图形改变", en="Reshaped"),
                Text(zh="范围或走向不同", en="Another extent or course"),
            ),
            ClassOfChange(
                "moved",
                Text(zh="移动", en="Moved"),
                Text(zh="形状相同，位置平移", en="The same shape in another place"),
            ),
            ClassOfChange(
                "located",
                Text(zh="定位变化", en="Located or unlocated"),
                Text(zh="由未定位变为有图形，或相反", en="Got a geometry, or lost it"),
            ),
            ClassOfChange(
                "reclassified",
                Text(zh="类别改变", en="Reclassified"),
                Text(zh="图形不变，类别不同", en="The same shape under another class"),
            ),
            ClassOfChange(
                "attributes",
                Text(zh="仅属性", en="Attributes only"),
                Text(zh="图形和类别不变，其他属性不同", en="Other attributes differ"),
            ),
            ClassOfChange(
                "redigitised",
                Text(zh="无实质变化", en="Re-digitised"),
                Text(
                    zh="重新描绘：偏差小于 0.5 m，面积或长度差小于 0.1 %，不着色",
                    en="Drawn anew: within 0.5 m and 0.1 % of area or length; not coloured",
                ),
                coloured=False,
            ),
        )
    }
)


@dataclass(frozen=True)
class Side:
    """A feature as one of the two versions has it.

    Attributes
    ----------
    id, name
        Its id (None where the file gave none) and its name.
    row
        Its position in the frame.
    schematic
        Whether it carries the mark 示意.
    dimension
        0 for points, 1 for lines, 2 for polygons; None without a geometry.
    length_m, area_m2
        In the plane of the metric CRS; None for what has no such figure.
    geodesic_m, geodesic_m2
        The same on the ellipsoid.
    """

    id: str | None
    name: Text
    row: int
    schematic: bool
    dimension: int | None
    length_m: float | None = None
    area_m2: float | None = None
    geodesic_m: float | None = None
    geodesic_m2: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """The side as JSON, in metres and square metres."""
        return asdict(self)


@dataclass(frozen=True)
class ShapeChange:
    """What became of a shape.

    Attributes
    ----------
    kind
        The one thing that happened to it.
    distance_m, bearing_deg
        How far and whereto it moved, clockwise from grid north; None for anything but a move.
    offset_m
        The largest distance between the outlines (Hausdorff); None where it was not needed.
    gained_m2, lost_m2, gained_m, lost_m
        Ground or course that only the newer or only the older shape covers.
    gained_to, lost_from
        Direction of that part from the older shape's middle, degrees; None for all around.
    """

    kind: ShapeKind
    distance_m: float | None = None
    bearing_deg: float | None = None
    offset_m: float | None = None
    gained_m2: float | None = None
    lost_m2: float | None = None
    gained_m: float | None = None
    lost_m: float | None = None
    gained_to: float | None = None
    lost_from: float | None = None


@dataclass(frozen=True)
class FieldChange:
    """One attribute, old and new: as it is kept, and as people read it."""

    name: str
    title: Text
    before: Any
    after: Any
    before_shown: Text
    after_shown: Text


@dataclass(frozen=True)
class Change:
    """What became of one feature.

    A feature that stayed has at most one change of its shape and one set of changed fields; both
    may be there at once.

    Attributes
    ----------
    before, after
        The feature in the older and the newer version; one is None for what was added or removed.
    shape, fields
        What differs; None and empty for what was added or removed.
    reclassified
        Whether the class is among the fields.
    matched
        How both sides were found to be one feature.
    likeness
        How alike the shapes are, 0 to 1, of a pair that was found by its geometry.
    """

    before: Side | None
    after: Side | None
    shape: ShapeChange | None = None
    fields: tuple[FieldChange, ...] = ()
    reclassified: bool = False
    matched: Matched | None = None
    likeness: float | None = None

    @property
    def side(self) -> Side:
        """The newer side, or the older one of what was removed."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change has a side")
        return found

    @property
    def key(self) -> str:
        """A name of the change, unique within its difference."""
        return f"{'b' if self.after is None else 'a'}{self.side.row}"

    @property
    def classes(self) -> tuple[ClassId, ...]:
        """Every class that holds, the first of :data:`CLASSES` first."""
        return tuple(name for name in CLASSES if name in self._found())

    @property
    def kind(self) -> ClassId:
        """The class under which it is listed and coloured."""
        return self.classes[0]

    @property
    def schematic(self) -> bool:
        """Whether either side carries the mark 示意."""
        return any(side.schematic for side in (self.before, self.after) if side is not None)

    def _found(self) -> set[str]:
        if self.before is None or self.after is None:
            return {"added" if self.before is None else "removed"}
        found: set[str] = set()
        if self.shape is not None:
            found.add("located" if self.shape.kind == "unlocated" else self.shape.kind)
        if self.reclassified:
            found.add("reclassified")
        elif self.fields:
            found.add("attributes")
        return found

    def to_dict(self) -> dict[str, Any]:
        """The change as JSON, in metres and square metres."""
        return {
            "key": self.key,
            "class": self.kind,
            "classes": list(self.classes),
            "id": self.side.id,
            "name": asdict(self.side.name),
            "schematic": self.schematic,
            "matched": self.matched,
            "likeness": self.likeness,
            "before": self.before and self.before.to_dict(),
            "after": self.after and self.after.to_dict(),
            "shape": self.shape and asdict(self.shape),
            "fields": [asdict(one) for one in self.fields],
        }


@dataclass(frozen=True)
class Sums:
    """Count, length and gross area of one version; None where nothing of the kind is measured."""

    count: int
    length_m: float | None
    gross_m2: float | None


@dataclass(frozen=True)
class Balance:
    """The figures of both versions, and the sum of the differences feature by feature.

    ``change`` is added up from the single features, not taken from the two versions: that both
    agree is the proof that nothing was left out.
    """

    before: Sums
    after: Sums
    change: Sums

    def to_dict(self) -> dict[str, Any]:
        """The balance as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Difference:
    """The difference between two versions of a layer.

    Attributes
    ----------
    changes
        Every feature that is not the same on both sides, by class and then in the order of the
        newer version.
    unchanged
        How many features are the same.
    drawn
        Count, length and gross area of every measurable shape, schematic ones among them.
    measured
        The same without schematic shapes, as statistics count by default.
    metric_crs
        The CRS of all figures.
    """

    changes: tuple[Change, ...]
    unchanged: int
    drawn: Balance
    measured: Balance
    metric_crs: str
    _counts: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts = dict.fromkeys(CLASSES, 0)
        for change in self.changes:
            for name in change.classes:
                counts[name] += 1
        object.__setattr__(self, "_counts", MappingProxyType(counts))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many features each class holds for; one may stand under two."""
        return self._counts

    @property
    def differs(self) -> bool:
        """Whether anything but a re-digitised outline differs."""
        return any(change.kind != "redigitised" for change in self.changes)

    def of(self, *classes: str) -> tuple[Change, ...]:
        """The changes for which one of the classes holds; all without any."""
        if not classes:
            return self.changes
        return tuple(one for one in self.changes if not set(classes).isdisjoint(one.classes))


def total(values: Iterable[float | None]) -> float | None:
    """Add exactly what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return math.fsum(known) if known else None
