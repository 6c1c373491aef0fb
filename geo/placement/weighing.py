"""Which reading of a file's numbers is right? Weighed by evidence; what is open stays open.

GCJ-02 and WGS 84 lie about 485 m apart in Wuxi: nearly every file lies in the zone under both, so
that the share inside the zone never decides between them. Known places do: the right reading
brings them nearer than a quarter of what lies between the readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import known_crs
from geo.placement import evidence
from geo.placement.evidence import Known, Near, Offset, Positions
from geo.placement.hypotheses import Reading, readings
from geo.placement.model import Placement
from geo.placement.placing import is_old_datum, lonlat
from geo.types import BBox, Text

#: A reading that brings this share of the positions into the zone may be the right one, ...
_LIKELY = 0.8
#: ... and one that brings this share there may not be passed over.
_POSSIBLE = 0.2
#: Two readings that lie no farther apart are one.
_SAME_M = 0.5
_FEWEST_PAIRS, _FEWEST_HITS = 2, 3
_LOOKED_AT = 20_000

NO_POSITION = Text(zh="文件里没有可用的坐标", en="The file has no position to weigh")
NOWHERE = Text(
    zh="没有一种假设使图形落在规划区内：可能是地方坐标系（用控制点定位），或不是本区的文件",
    en="No reading brings the file into the zone: it may be a local drawing (place it by control"
    " points), or a file of another place",
)
ONLY_ONE = Text(
    zh="只有这种假设使图形落在规划区内", en="Only this reading brings the file into the zone"
)
BY_PAIRS = Text(
    zh="已发布的同名要素支持这种假设", en="Published features of the same name speak for it"
)
BY_LANDMARKS = Text(
    zh="车站等已知位置支持这种假设", en="Known places such as stations speak for it"
)
CONTRADICTORY = Text(
    zh="同名要素与已知位置支持不同的假设，不能判定，请人工核对",
    en="Features of the same name and known places speak for different readings: not decided,"
    " please look",
)
OLD_DATUM = Text(
    zh="同样的数字也可能属于 1980 西安或 1954 北京坐标系，相差数十至百余米，请向提供方核实",
    en="The same numbers may be of Xian 1980 or Beijing 1954, tens of metres to more than a"
    " hundred off: ask whoever made the file",
)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading of the numbers with its evidence.

    Attributes
    ----------
    placement, title
        The reading, and its name in words.
    declared
        Whether the file declares just this.
    inside
        Share of the positions inside the zone's outline, or its bounds where it has none.
    in_bounds
        Share inside the zone's bounds.
    offset, near
        What the known places say; None where there were none.
    sentence
        The evidence in words.
    """

    placement: Placement
    title: Text
    declared: bool
    inside: float
    in_bounds: float
    offset: Offset | None
    near: Near | None
    sentence: Text

    @property
    def distance_m(self) -> float | None:
        """Median distance to the known places: features of the same name, else the nearest."""
        if self.offset is not None:
            return self.offset.median_m
        return None if self.near is None else self.near.median_m


@dataclass(frozen=True, slots=True)
class Weighing:
    """The readings of a file, the likeliest first, and whether the evidence decides.

    Attributes
    ----------
    hypotheses
        Those that bring something into the zone, and what the file declares.
    decided
        Whether the first one is proposed. Undecided is a result: a person must look.
    verdict
        Why, in words.
    caution
        What the evidence cannot see, or None.
    """

    hypotheses: tuple[Hypothesis, ...]
    decided: bool
    verdict: Text
    caution: Text | None = None

    @property
    def best(self) -> Hypothesis | None:
        """The reading that the evidence speaks for; None where it does not decide."""
        return self.hypotheses[0] if self.decided else None


@dataclass(frozen=True)
class _Placed:
    """A hypothesis with the positions as it places them."""

    hypothesis: Hypothesis
    where: Positions


def weigh(
    positions: Positions,
    zone_bounds: BBox,
    outline: BaseGeometry | None,
    control_points: Known,
    declared: str | None,
) -> Weighing:
    """Read the numbers of a file in every way that China's files are made, and weigh the ways.

    Parameters
    ----------
    positions
        Shape (n, 2), the numbers as they stand in the file; not finite ones are left aside.
    zone_bounds, outline
        The zone in degrees; the outline a polygon in EPSG:4326, or None.
    control_points
        Places that are known.
    declared
        CRS that the file names, or None; one without an EPSG code is passed over.
    """
    positions = _sample(np.asarray(positions, dtype=np.float64).reshape(-1, 2))
    if not len(positions):
        return Weighing((), decided=False, verdict=NO_POSITION)
    if outline is not None:  # a copy: looking inside prepares it, which two threads must not share
        outline = shapely.from_wkb(shapely.to_wkb(outline))
    placed = [
        _weighed(one, positions, zone_bounds, outline, control_points)
        for one in readings(positions, zone_bounds, declared)
    ]
    kept = _distinct([one for one in placed if _worth_telling(one.hypothesis)])
    best, verdict = _decide(kept)
    ranked = sorted((one.hypothesis for one in kept), key=lambda one: _rank(one, best))
    return Weighing(tuple(ranked), best is not None, verdict, _caution(best))


def _sample(positions: Positions) -> Positions:
    finite = positions[np.isfinite(positions).all(axis=1)]
    step = max(1, -(-len(finite) // _LOOKED_AT))
    return finite[::step]


def _weighed(
    reading: Reading,
    positions: Positions,
    bounds: BBox,
    outline: BaseGeometry | None,
    known: Known,
) -> _Placed:
    where = lonlat(positions, reading.placement)
    in_bounds = evidence.share_inside(where, bounds, None)
    inside = in_bounds if outline is None else evidence.share_inside(where, bounds, outline)
    moved = evidence.offset(known.pairs, reading.placement)
    met = evidence.near(where, known.landmarks) if in_bounds else None
    found = Hypothesis(
        placement=reading.placement,
        title=reading.title,
        declared=reading.declared,
        inside=inside,
        in_bounds=in_bounds,
        offset=moved,
        near=met,
        sentence=evidence.sentence(inside, moved, met, declared=reading.declared),
    )
    return _Placed(found, where)


def _worth_telling(one: Hypothesis) -> bool:
    return one.in_bounds > 0 or one.declared


def _distinct(placed: Sequence[_Placed]) -> list[_Placed]:
    """Readings that place everything alike become one that bears both names."""
    kept: list[_Placed] = []
    for one in placed:
        same = next(
            (n for n, two in enumerate(kept) if evidence.apart_m(one.where, two.where) < _SAME_M),
            None,
        )
        if same is None:
            kept.append(one)
        else:
            kept[same] = replace(kept[same], hypothesis=_named_both(kept[same].hypothesis, one))
    return kept


def _named_both(kept: Hypothesis, other: _Placed) -> Hypothesis:
    if other.hypothesis.placement.crs == kept.placement.crs or kept.declared:
        return kept
    one, two = kept.title, other.hypothesis.title
    return replace(
        kept, title=Text(zh=f"{one.zh}（同 {two.zh}）", en=f"{one.en} (same as {two.en})")
    )


def _decide(placed: Sequence[_Placed]) -> tuple[Hypothesis | None, Text]:
    """The reading that the evidence speaks for, or None, and why."""
    possible = [one for one in placed if one.hypothesis.in_bounds >= _POSSIBLE]
    likely = [one for one in possible if one.hypothesis.in_bounds >= _LIKELY]
    if not likely:
        return None, NOWHERE
    if len(possible) == 1:
        return possible[0].hypothesis, ONLY_ONE
    by_pairs = next((one for one in likely if _pairs_speak_for(one, possible)), None)
    by_landmarks = next((one for one in likely if _landmarks_speak_for(one, possible)), None)
    if by_pairs and by_landmarks and by_pairs is not by_landmarks:
        return None, CONTRADICTORY
    if by_pairs:
        return by_pairs.hypothesis, BY_PAIRS
    if by_landmarks:
        return by_landmarks.hypothesis, BY_LANDMARKS
    return None, _undecided(possible)


def _pairs_speak_for(one: _Placed, possible: Sequence[_Placed]) -> bool:
    found = one.hypothesis.offset
    if found is None or found.count < _FEWEST_PAIRS:
        return False
    others = [other for other in possible if other is not one]
    return all(found.median_m <= evidence.apart_m(one.where, two.where) / 4 for two in others)


def _landmarks_speak_for(one: _Placed, possible: Sequence[_Placed]) -> bool:
    """Chance gives hits too, about as many as the other readings have: many more are wanted."""
    hits = _hits(one)
    most = max(_hits(other) for other in possible if other is not one)
    return hits >= _FEWEST_HITS + 3 * most


def _hits(one: _Placed) -> int:
    return 0 if one.hypothesis.near is None else one.hypothesis.near.hits


def _undecided(possible: Sequence[_Placed]) -> Text:
    apart = [
        evidence.apart_m(one.where, two.where)
        for place, one in enumerate(possible)
        for two in possible[place + 1 :]
    ]
    least, most = min(apart), max(apart)
    between = f"{least:,.0f}" if most < 1.5 * least else f"{least:,.0f}–{most:,.0f}"
    titles = [one.hypothesis.title for one in possible]
    zh = "、".join(f"“{one.zh}”" for one in titles)
    en = ", ".join(f"“{one.en}”" for one in titles)
    return Text(
        zh=f"{zh}都使图形落在规划区内，彼此相差 {between} m，"
        "没有足够的已知位置可以比对：不能判定，请核对后选择",
        en=f"{en} all bring the file into the zone, {between} m apart, and too few known places"
        " can be compared: not decided, please look and choose",
    )


def _rank(one: Hypothesis, best: Hypothesis | None) -> tuple[bool, float, float, bool]:
    distance = one.distance_m
    return (
        one is not best,
        -round(one.in_bounds, 1),
        float("inf") if distance is None else round(distance),
        not one.declared,
    )


def _caution(best: Hypothesis | None) -> Text | None:
    """Old datums have the same numbers as CGCS 2000, some ten metres off."""
    if best is None:
        return None
    crs = known_crs(best.placement.crs)
    near_enough = best.offset is not None and best.offset.median_m < 10
    is_zone = crs.is_projected and "CGCS2000" in crs.name
    return OLD_DATUM if (is_zone and not near_enough) or is_old_datum(crs) else None
