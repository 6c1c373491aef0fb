"""What speaks for a reading of a file's numbers: places that are known, and the zone itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from geo.placement.model import ControlPoint, Placement
from geo.placement.placing import lonlat
from geo.types import BBox, Text

Positions = npt.NDArray[np.float64]
#: A position within this distance of a known place is taken for that place.
HIT_M = 50.0

_GEOD = pyproj.Geod(ellps="WGS84")
_METRES_OF_A_DEGREE = 111_195.0


@dataclass(frozen=True)
class Known:
    """Places whose coordinates are known, to hold a file against.

    Attributes
    ----------
    pairs
        Positions of the file and where the same thing lies by what is published: features of the
        same id or name. Two at least decide between shifted datums.
    landmarks
        Longitude and latitude of places that may stand in the file somewhere: stations, or the
        vertices of the layer's current version. Which is which is not known.
    """

    pairs: tuple[ControlPoint, ...] = ()
    landmarks: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Offset:
    """How the pairs lie to each other: from the known place to that of the file.

    Attributes
    ----------
    count
        Pairs that could be compared.
    median_m
        Median of their distances.
    east_m, north_m
        Median offset: a wrong datum moves all of them alike.
    spread_m
        Median distance from that offset; small where all moved alike.
    """

    count: int
    median_m: float
    east_m: float
    north_m: float
    spread_m: float


@dataclass(frozen=True, slots=True)
class Near:
    """How many known places the file meets.

    Attributes
    ----------
    count
        Places that were looked for.
    hits
        How many have a position of the file within :data:`HIT_M`.
    median_m
        Median distance to the nearest, taken from the smaller of the two sets.
    """

    count: int
    hits: int
    median_m: float


def share_inside(where: Positions, bounds: BBox, outline: BaseGeometry | None) -> float:
    """Which share of positions lies inside the outline, or the bounds where there is none."""
    inside = (where >= (bounds.west, bounds.south)) & (where <= (bounds.east, bounds.north))
    within = np.asarray(inside.all(axis=1))
    if outline is not None:
        within = within & shapely.contains_xy(outline, *np.nan_to_num(where, posinf=0, neginf=0).T)
    return float(within.mean())


def offset(pairs: Sequence[ControlPoint], placement: Placement) -> Offset | None:
    """Compare pairs under a placement; None where there is no pair."""
    if not pairs:
        return None
    where = lonlat(np.array([(one.x, one.y) for one in pairs]), placement)
    known = np.array([(one.lon, one.lat) for one in pairs])
    placed = _on_globe(where)
    if not placed.any():
        return None
    azimuth, _, metres = _GEOD.inv(*known[placed].T, *where[placed].T)
    east, north = metres * np.sin(np.radians(azimuth)), metres * np.cos(np.radians(azimuth))
    middle = float(np.median(east)), float(np.median(north))
    spread = np.median(np.hypot(east - middle[0], north - middle[1]))
    return Offset(int(placed.sum()), float(np.median(metres)), *middle, float(spread))


def near(where: Positions, landmarks: Sequence[tuple[float, float]]) -> Near | None:
    """Look for known places among positions; None where there is nothing to look for."""
    where = where[_on_globe(where)]
    if not landmarks or not len(where):
        return None
    middle = float(np.median(where[:, 1]))
    positions, known = _in_metres(where, middle), _in_metres(np.array(landmarks), middle)
    to_positions = _nearest_m(known, positions)
    fewer = to_positions if len(known) <= len(positions) else _nearest_m(positions, known)
    hits = int((to_positions <= HIT_M).sum())
    return Near(len(known), hits, float(np.median(fewer)))


def apart_m(one: Positions, other: Positions) -> float:
    """Median distance between two placings of the same positions, in metres."""
    placed = _on_globe(one) & _on_globe(other)
    if not placed.any():
        return float("inf")
    return float(np.median(_GEOD.inv(*one[placed].T, *other[placed].T)[2]))


def _on_globe(where: Positions) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(where) <= (180, 90)).all(axis=1))


def _in_metres(where: Positions, latitude: float) -> np.ndarray:
    """Positions in a plane that is true enough for neighbours: a sphere seen from one latitude."""
    factors = _METRES_OF_A_DEGREE * np.array([np.cos(np.radians(latitude)), 1.0])
    return np.asarray(shapely.points(where * factors))


def _nearest_m(of: np.ndarray, among: np.ndarray) -> np.ndarray:
    indices, metres = shapely.STRtree(among).query_nearest(
        of, return_distance=True, all_matches=False
    )
    found = np.full(len(of), np.inf)
    found[indices[0]] = metres
    return found


# ---------------------------------------------------------------- in words


def sentence(share: float, moved: Offset | None, met: Near | None, *, declared: bool) -> Text:
    """The evidence in one plain sentence."""
    parts = [_share_words(share), _offset_words(moved), _near_words(met)]
    if declared:
        parts.append(Text(zh="文件自己这样声明", en="the file itself declares it"))
    told = [part for part in parts if part is not None]
    return Text(zh="；".join(one.zh for one in told), en="; ".join(one.en for one in told))


def _share_words(share: float) -> Text:
    return Text(
        zh=f"{share:.0%} 的点在规划区内", en=f"{share:.0%} of the positions lie in the zone"
    )


def _offset_words(moved: Offset | None) -> Text | None:
    if moved is None:
        return None
    things = "feature" if moved.count == 1 else "features"
    alike = moved.median_m > HIT_M and moved.spread_m < moved.median_m / 4
    zh = f"与 {moved.count} 个已发布的同名要素相距 {moved.median_m:,.0f} m（中位数）"
    en = f"{moved.median_m:,.0f} m (median) from {moved.count} published {things} of the same name"
    if not alike:
        return Text(zh=zh, en=en)
    where = _direction(moved)
    return Text(zh=f"{zh}，一致偏{where.zh}", en=f"{en}, all alike to the {where.en}")


_DIRECTIONS = (
    Text(zh="东", en="east"),
    Text(zh="东北", en="north-east"),
    Text(zh="北", en="north"),
    Text(zh="西北", en="north-west"),
    Text(zh="西", en="west"),
    Text(zh="西南", en="south-west"),
    Text(zh="南", en="south"),
    Text(zh="东南", en="south-east"),
)


def _direction(moved: Offset) -> Text:
    turned = np.degrees(np.arctan2(moved.north_m, moved.east_m)) % 360
    return _DIRECTIONS[round(turned / 45) % 8]


def _near_words(met: Near | None) -> Text | None:
    if met is None:
        return None
    places = "place" if met.count == 1 else "places"
    return Text(
        zh=f"{met.count} 个已知位置中有 {met.hits} 个在 {HIT_M:.0f} m 内有点"
        f"（最近距离中位数 {met.median_m:,.0f} m）",
        en=f"{met.hits} of {met.count} known {places} have a position within {HIT_M:.0f} m"
        f" (nearest: {met.median_m:,.0f} m, median)",
    )
