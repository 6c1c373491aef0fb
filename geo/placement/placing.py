"""From the positions of a file to longitude and latitude (EPSG:4326), every step told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geo import datum
from geo.crs import WGS84, known_crs, name_of, require_crs, transformer
from geo.crs import metric_crs as usable_crs
from geo.errors import Problem, ProblemKind
from geo.placement.control import Similarity, fit
from geo.placement.model import DATUMS, Datum, Placement
from geo.types import Text

Positions = npt.NDArray[np.float64]

REPROJECTED = ProblemKind(
    "reprojected",
    "note",
    Text(
        zh="已由 {crs} 换算为经纬度（EPSG:4326）",
        en="Converted from {crs} to longitude, latitude (EPSG:4326)",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
SHIFTED = ProblemKind(
    "datum-shifted",
    "note",
    Text(
        zh="已由 {datum} 换算为 WGS 84，位置平均移动 {metres} m",
        en="Converted from {datum} to WGS 84: positions moved by {metres} m on average",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
EXCHANGED = ProblemKind(
    "axes-exchanged",
    "note",
    Text(
        zh="每个坐标的两个数已对调（文件中纬度或北坐标在前）",
        en="The two numbers of each position were exchanged (latitude or northing stood first)",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
BY_CONTROL = ProblemKind(
    "placed-by-control",
    "note",
    Text(
        zh="已由 {count} 个控制点定位：尺度 {scale}，旋转 {turn}°，"
        "残差中误差 {rms} m，最大 {worst} m（各点：{each}）",
        en="Placed by {count} control points: scale {scale}, turned by {turn}°,"
        " residuals {rms} m RMS, {worst} m at most (each: {each})",
    ),
    Text(zh="残差大时核对控制点", en="Check the points where a residual is large"),
)
UNCHECKED = ProblemKind(
    "control-unchecked",
    "warning",
    Text(
        zh="控制点只有两个，或都在一条直线上：点位有误或图形镜像不会显出残差",
        en="There are only two control points, or all lie on one line: a mistake in one, or a"
        " mirrored drawing, shows in no residual",
    ),
    Text(zh="在直线之外补一个控制点以便检核", en="Add a point off that line as a check"),
)
OLD_DATUM = ProblemKind(
    "datum-without-parameters",
    "warning",
    Text(
        zh="{crs} 与 WGS 84／CGCS2000 之间没有可靠的公开转换参数，位置可能偏差数十至百余米",
        en="No exact transformation from {crs} to WGS 84/CGCS2000 is published:"
        " positions may be off by tens of metres to more than a hundred",
    ),
    Text(
        zh="请提供方换算为 CGCS2000，或用控制点定位",
        en="Ask whoever made the file for CGCS2000, or place it by control points",
    ),
)
KINDS = (REPROJECTED, SHIFTED, EXCHANGED, BY_CONTROL, UNCHECKED, OLD_DATUM)

#: Parts of the names of datums whose parameters are kept by the surveying authorities.
_OLD_DATUMS = ("xian 1980", "beijing 1954", "new beijing")

_TO_WGS84: Mapping[Datum, Callable[[npt.ArrayLike, npt.ArrayLike], datum.LonLat]] = (
    MappingProxyType({"gcj02": datum.gcj02_to_wgs84, "bd09": datum.bd09_to_wgs84})
)
_METRES_OF_A_DEGREE = 111_195.0


def place(
    frame: gpd.GeoDataFrame, placement: Placement, metric_crs: str | pyproj.CRS
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Bring a frame to EPSG:4326 as a person decided.

    Parameters
    ----------
    frame
        As read with the placement's CRS and ``swapped``: the numbers of each position are in their
        order already.
    placement
        How its positions are to be understood.
    metric_crs
        The plane that a local drawing is brought into, and that the placement's CRS then is.

    Returns
    -------
    frame
        A copy in EPSG:4326, longitude first.
    problems
        A note for every step, a warning where a step cannot be exact.

    Raises
    ------
    InputError
        The control points cannot place the drawing; see :func:`geo.placement.fit`.
    CrsError
        The frame has no CRS or the metric one cannot be measured in.
    """
    told = [EXCHANGED.at()] if placement.swapped else []
    if placement.control:
        similarity = fit(placement.control, metric_crs, swapped=placement.swapped)
        moved = _moved(frame, similarity.apply).set_crs(usable_crs(metric_crs), allow_override=True)
        return moved.to_crs(WGS84), [*told, *_told_of(similarity)]
    frame, steps = to_lonlat(frame)
    told += steps
    if placement.datum == "wgs84":
        return frame, told
    return _unshifted(frame, placement.datum, told)


def to_lonlat(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Bring a frame from its own CRS to EPSG:4326; a note tells it, unless it was there already.

    Raises
    ------
    CrsError
        The frame has no CRS.
    """
    crs = require_crs(frame)
    if crs == WGS84:
        return frame, []
    told = [REPROJECTED.at(crs=name_of(crs))]
    if is_old_datum(crs):
        told.append(OLD_DATUM.at(crs=name_of(crs)))
    return frame.to_crs(WGS84), told


def is_old_datum(crs: pyproj.CRS) -> bool:
    """Whether a CRS is of Xian 1980 or Beijing 1954: no published parameters leave them exactly."""
    geodetic = crs.geodetic_crs
    name = "" if geodetic is None or geodetic.datum is None else geodetic.datum.name.lower()
    return any(old in name for old in _OLD_DATUMS)


def lonlat(
    positions: Positions, placement: Placement, metric_crs: str | pyproj.CRS | None = None
) -> Positions:
    """Bring the numbers of a file, as they stand there, to longitude and latitude.

    Parameters
    ----------
    positions
        Shape (n, 2), the first and the second number of each position.
    placement
        How they are to be understood; here ``swapped`` exchanges them.
    metric_crs
        Wanted with control points only.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2), degrees; not finite where a number has no place.

    Raises
    ------
    InputError, CrsError
        As :func:`place`.
    """
    if placement.control:
        plane = usable_crs(placement.crs if metric_crs is None else metric_crs)
        found = fit(placement.control, plane, swapped=placement.swapped)
        return _transformed(found.apply(_in_order(positions, placement)), plane)
    where = _transformed(_in_order(positions, placement), known_crs(placement.crs))
    return _of_datum(where, placement.datum)


def _in_order(positions: Positions, placement: Placement) -> Positions:
    return positions[:, ::-1] if placement.swapped else positions


def _transformed(positions: Positions, crs: pyproj.CRS) -> Positions:
    if crs == WGS84:
        return positions
    return np.column_stack(transformer(crs, known_crs(WGS84)).transform(*positions.T))


@np.errstate(invalid="ignore", over="ignore")
def _of_datum(where: Positions, shifted: Datum) -> Positions:
    if shifted == "wgs84":
        return where
    return np.column_stack(_TO_WGS84[shifted](*where.T))


def _unshifted(
    frame: gpd.GeoDataFrame, shifted: Datum, told: list[Problem]
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    after = _moved(frame, lambda where: _of_datum(where, shifted))
    metres = _mean_distance_m(frame, after)
    return after, [*told, SHIFTED.at(datum=DATUMS[shifted], metres=f"{metres:,.0f}")]


def _moved(frame: gpd.GeoDataFrame, move: Callable[[Positions], Positions]) -> gpd.GeoDataFrame:
    """Move every vertex; heights stay, so that whoever drops them can tell."""
    moved = np.asarray(frame.geometry.values, dtype=object).copy()
    high = shapely.has_z(moved)
    moved[~high] = shapely.transform(moved[~high], move)
    moved[high] = shapely.transform(
        moved[high],
        lambda where: np.column_stack([move(where[:, :2]), where[:, 2]]),
        include_z=True,
    )
    return frame.set_geometry(gpd.GeoSeries(moved, index=frame.index, crs=frame.crs))


def _mean_distance_m(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> float:
    """How far positions moved, near enough for a sentence (a sphere), in metres."""
    one, two = (shapely.get_coordinates(frame.geometry.values) for frame in (before, after))
    if not len(one):
        return 0.0
    east, north = ((two - one) * _METRES_OF_A_DEGREE).T
    return float(np.nanmean(np.hypot(east * np.cos(np.radians(one[:, 1])), north)))


def _told_of(found: Similarity) -> list[Problem]:
    told = BY_CONTROL.at(
        count=len(found.residuals_m),
        scale=f"{found.scale:.6f}",
        turn=f"{found.turn_deg:.4f}",
        rms=f"{found.rms_m:.2f}",
        worst=f"{max(found.residuals_m):.2f}",
        each=", ".join(f"{one:.2f}" for one in found.residuals_m),
    )
    return [told] if found.checked else [told, UNCHECKED.at()]
