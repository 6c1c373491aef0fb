"""The difference between two versions of a layer, whatever they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo import ellipsoid
from geo.crs import metric_crs as known_metric
from geo.crs import name_of, to_metric
from geo.measure import geodesic_length_m
from geo.types import Text
from layers.diff import shapes
from layers.diff.attributes import Attributes, column
from layers.diff.matching import Pairs, pair
from layers.diff.model import CLASSES, Balance, Change, Difference, ShapeChange, Side, Sums, total
from layers.spec import SCHEMATIC, LayerSpec

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
#: The field that most layers go by.
CLASS_FIELD = "class"


def difference(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    spec: LayerSpec,
    metric_crs: str | pyproj.CRS,
    *,
    class_field: str | None = CLASS_FIELD,
) -> Difference:
    """Compare two versions of a layer, feature by feature.

    Parameters
    ----------
    before, after
        The rows of the older and the newer version, in any CRS, both in the same.
    spec
        The layer's entry: names, titles and order of the fields.
    metric_crs
        What lengths, areas, distances and directions are measured in.
    class_field
        The field whose change makes a feature *reclassified*; None where the layer has no classes.

    Raises
    ------
    CrsError
        A frame has no CRS, or ``metric_crs`` is not one that can be measured in.
    """
    crs = known_metric(metric_crs)
    old, new = _Rows.of(before, crs), _Rows.of(after, crs)
    pairs = pair(old.ids, new.ids, old.shapes, new.shapes)
    fields = Attributes(before, after, spec, pairs.old, pairs.new)
    same = np.isnan(pairs.likeness) & ~fields.differ & _identical(before, after, pairs)
    found = _paired(_Versions(old, new, fields, class_field), pairs, np.flatnonzero(~same))
    found += [Change(before=old.side(row), after=None) for row in pairs.removed.tolist()]
    found += [Change(before=None, after=new.side(row)) for row in pairs.added.tolist()]
    changes = sorted((one for one in found if one.classes), key=_place)
    return Difference(
        changes=tuple(changes),
        unchanged=len(pairs.old) - sum(1 for one in changes if one.before and one.after),
        drawn=_balance(old, new, changes, schematic=True),
        measured=_balance(old, new, changes, schematic=False),
        metric_crs=name_of(crs),
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of one version with everything that is measured of them, column by column."""

    ids: np.ndarray
    names: Sequence[Text]
    schematic: np.ndarray
    shapes: np.ndarray
    length_m: np.ndarray
    area_m2: np.ndarray
    geodesic_m: np.ndarray
    geodesic_m2: np.ndarray

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, crs: pyproj.CRS) -> _Rows:
        geometry = np.array(to_metric(frame.geometry, crs).values, dtype=object)
        geometry[shapely.is_empty(geometry)] = None
        types, valid = shapely.get_type_id(geometry), shapely.is_valid(geometry)
        lines, polygons = np.isin(types, _LINES) & valid, np.isin(types, _POLYGONS) & valid
        ids = column(frame, "id")
        return cls(
            ids=np.array([None if one is None else str(one) for one in ids], dtype=object),
            names=_names(frame, ids),
            schematic=np.isin(column(frame, "geometry_quality").astype(str), list(SCHEMATIC)),
            shapes=geometry,
            length_m=_measured(geometry, lines, shapely.length),
            area_m2=_measured(geometry, polygons, shapely.area),
            geodesic_m=_measured(geometry, lines, lambda one: _geodesic(one, crs)),
            geodesic_m2=_measured(geometry, polygons, lambda one: ellipsoid.areas_m2(one, crs)),
        )

    def side(self, row: int) -> Side:
        """One row as a value."""
        shape = self.shapes[row]
        return Side(
            id=self.ids[row],
            name=self.names[row],
            row=row,
            schematic=bool(self.schematic[row]),
            dimension=None if shape is None else int(shapely.get_dimensions(shape)),
            length_m=_known(self.length_m[row]),
            area_m2=_known(self.area_m2[row]),
            geodesic_m=_known(self.geodesic_m[row]),
            geodesic_m2=_known(self.geodesic_m2[row]),
        )

    def sums(self, *, schematic: bool) -> Sums:
        """Everything added up, exactly, in no matter which order."""
        kept = np.ones(len(self.ids), dtype=bool) if schematic else ~self.schematic
        lengths, areas = self.length_m[kept], self.area_m2[kept]
        return Sums(
            count=len(self.ids),
            length_m=total(lengths[~np.isnan(lengths)].tolist()),
            gross_m2=total(areas[~np.isnan(areas)].tolist()),
        )


@dataclass(frozen=True, eq=False)
class _Versions:
    """Both versions and the attributes that differ."""

    old: _Rows
    new: _Rows
    fields: Attributes
    class_field: str | None

    def change(self, pairs: Pairs, place: int, shape: ShapeChange | None) -> Change:
        """The change of one pair."""
        old, new = int(pairs.old[place]), int(pairs.new[place])
        fields = self.fields.changes(place)
        matched = pairs.matched(place)
        return Change(
            before=self.old.side(old),
            after=self.new.side(new),
            shape=shape,
            fields=fields,
            reclassified=any(one.name == self.class_field for one in fields),
            matched=matched,
            likeness=float(pairs.likeness[place]) if matched == "geometry" else None,
        )


def _paired(versions: _Versions, pairs: Pairs, places: np.ndarray) -> list[Change]:
    """The changes of the pairs that are not the same at first sight."""
    old, new = versions.old.shapes[pairs.old[places]], versions.new.shapes[pairs.new[places]]
    found = shapes.compare(old, new)
    return [
        versions.change(pairs, place, shape)
        for place, shape in zip(places.tolist(), found, strict=True)
    ]


def _identical(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, pairs: Pairs) -> np.ndarray:
    """Whether both geometries are the same to the last bit, before anything is measured."""
    old = np.asarray(before.geometry.values, dtype=object)[pairs.old]
    new = np.asarray(after.geometry.values, dtype=object)[pairs.new]
    same: np.ndarray = shapely.equals_identical(old, new)
    same |= shapely.is_missing(old) & shapely.is_missing(new)
    return same


def _names(frame: gpd.GeoDataFrame, ids: np.ndarray) -> list[Text]:
    """The name of each row in both languages; its id, or its number, where it has none."""
    chinese, english = column(frame, "name_zh"), column(frame, "name_en")
    found = []
    for number, (zh, en, name) in enumerate(zip(chinese, english, ids, strict=True), start=1):
        first = str(zh or en or name or f"#{number}")
        found.append(Text(zh=first, en=str(en or first)))
    return found


def _measured(geometry: np.ndarray, those: np.ndarray, measure: Any) -> np.ndarray:
    """A figure of some of the shapes; NaN for the others."""
    found = np.full(len(geometry), np.nan)
    if those.any():
        found[those] = measure(geometry[those])
    return found


def _geodesic(lines: np.ndarray, crs: pyproj.CRS) -> np.ndarray:
    found: np.ndarray = geodesic_length_m(gpd.GeoSeries(lines, crs=crs)).to_numpy()
    return found


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _place(change: Change) -> tuple[int, int]:
    """By class, then in the order of the newer version, or of the older for what was removed."""
    return [*CLASSES].index(change.kind), change.side.row


def _balance(old: _Rows, new: _Rows, changes: Iterable[Change], *, schematic: bool) -> Balance:
    sides = [(one.before, one.after) for one in changes]
    counts = [(after is not None) - (before is not None) for before, after in sides]
    change = Sums(
        count=sum(counts),
        length_m=_gain(sides, "length_m", schematic=schematic),
        gross_m2=_gain(sides, "area_m2", schematic=schematic),
    )
    return Balance(old.sums(schematic=schematic), new.sums(schematic=schematic), change)


def _gain(
    sides: Iterable[tuple[Side | None, Side | None]], name: str, *, schematic: bool
) -> float | None:
    """What the changed features have more, added feature by feature."""
    parts: list[float | None] = []
    for before, after in sides:
        known = [
            (sign, getattr(side, name))
            for sign, side in ((-1, before), (1, after))
            if side is not None and (schematic or not side.schematic)
        ]
        parts.append(total(sign * value for sign, value in known if value is not None))
    return total(parts)
