"""From a file to rows that may be published: read, bring to WGS 84, mend, check, order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

import geopandas as gpd
import pandas as pd

from geo import files, shapes
from geo.crs import name_of, require_crs
from geo.errors import Problem, ProblemKind
from geo.types import Text
from layers import quality
from layers.report import Report
from layers.spec import FieldSpec, LayerSpec, Zone

#: Part of every version's name: raise it when cleaning gives another result for the same bytes.
CLEANING_VERSION = "1"

#: What is published is RFC 7946: longitude and latitude. CGCS 2000 (EPSG:4490) agrees with it
#: within decimetres.
PUBLISHED_CRS = "EPSG:4326"

#: What is being done with a file, in this order; told to whoever shows progress.
Stage = Literal["read", "check", "compare", "write"]
STAGES: tuple[Stage, ...] = get_args(Stage)
Told = Callable[[Stage], None]

REPROJECTED = ProblemKind(
    "reprojected",
    "note",
    Text(
        zh="已由 {crs} 换算为经纬度（EPSG:4326）",
        en="Converted from {crs} to longitude, latitude (EPSG:4326)",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)


def nobody(_stage: Stage) -> None:
    """Tell nobody."""


def clean(
    path: Path,
    spec: LayerSpec,
    zone: Zone,
    *,
    crs: str | None = None,
    encoding: str | None = None,
    repair: bool = False,
    told: Told = nobody,
) -> tuple[gpd.GeoDataFrame | None, Report]:
    """Read a file and make of it what the layer's entry asks for.

    Parameters
    ----------
    path
        A GeoJSON, Shapefile (.shp or .zip) or GeoPackage.
    spec, zone
        The layer's entry and the zone whose bounds hold.
    crs, encoding
        A person's answer where the file does not say; never guessed.
    repair
        Mend invalid polygons, told with the area before and after. Without it they are errors.
    told
        Called as each stage begins.

    Returns
    -------
    frame
        The rows in EPSG:4326 with the entry's columns in its order, or None when an error holds
        publishing.
    report
        Every problem of every row.
    """
    told("read")
    reading = files.read(path, crs=crs, encoding=encoding)
    told("check")
    frame, problems = reading.frame, list(reading.problems)
    if frame is not None:
        frame, found = _checked(frame, spec, zone, repair=repair)
        problems += found
    report = Report(
        layer=spec.id,
        file=reading.name,
        sha256=reading.sha256,
        size_bytes=reading.size_bytes,
        rows_in=reading.rows,
        rows_out=0 if frame is None else len(frame),
        problems=tuple(problems),
    )
    if report.ok:
        return frame, report
    return None, _holding_everything(report)


def _holding_everything(report: Report) -> Report:
    """A report with an error publishes nothing."""
    return Report(**{**vars(report), "rows_out": 0})


def _checked(
    frame: gpd.GeoDataFrame, spec: LayerSpec, zone: Zone, *, repair: bool
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    frame, problems = _to_published_crs(frame)
    frame, mended = shapes.repair(frame)
    problems += mended
    if repair:
        frame, mended = shapes.mend_invalid(frame, zone.metric_crs)
        problems += mended
    problems += shapes.find(frame, spec.geometry, zone.bounds)
    problems += quality.check(frame, spec)
    return _ordered(frame, spec), problems


def _to_published_crs(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    if require_crs(frame) == PUBLISHED_CRS:
        return frame, []
    told = REPROJECTED.at(crs=name_of(require_crs(frame)))
    return frame.to_crs(PUBLISHED_CRS), [told]


def _ordered(frame: gpd.GeoDataFrame, spec: LayerSpec) -> gpd.GeoDataFrame:
    """The entry's columns, in its order and its types; whatever else stood there was told."""
    columns: dict[str, Any] = {
        name: _typed(frame[name] if name in frame else _empty(frame), field)
        for name, field in spec.fields.items()
    }
    return gpd.GeoDataFrame(
        columns, geometry=frame.geometry.values, crs=frame.crs, index=frame.index
    )


def _empty(frame: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series([None] * len(frame), index=frame.index, dtype=object)


def _typed(column: pd.Series, field: FieldSpec) -> pd.Series:
    """Unknown is None in texts and lists, NA in numbers; a value of a wrong type stays as it is.

    A wrong value stands in the report as an error, so that such a frame is never published.
    """
    values = [None if quality.is_missing(value) else value for value in column.tolist()]
    dtype = _DTYPES.get(field.type, "object")
    try:
        return pd.Series(values, index=column.index, dtype=dtype)
    except (TypeError, ValueError):
        return pd.Series(values, index=column.index, dtype="object")


_DTYPES = {"integer": "Int64", "year": "Int64", "number": "Float64"}
