"""What an analysis answers: rows under named columns, and shapes for the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo import files
from geo.crs import WGS84
from geo.types import Text
from layers.plan import Plan
from layers.projects import Project
from layers.statistics.marks import Mark
from layers.statistics.question import Question

#: As the units of an indicator; m_per_km2 is a density, flag is true or false.
Unit = Literal["text", "count", "m", "m2", "floor_m2", "ratio", "m_per_km2", "flag"]
Value = Text | str | float | bool | None


@dataclass(frozen=True)
class Column:
    """One column of an answer."""

    id: str
    title: Text
    unit: Unit


@dataclass(frozen=True)
class Shape:
    """One shape for the map: what kind of thing it is, whose it is, and where (metric CRS)."""

    kind: str
    id: str | None
    layer: str | None
    name: Text | None
    value: float | None
    schematic: bool
    geometry: BaseGeometry


@dataclass(frozen=True)
class Found:
    """What the function of an analysis gives: rows by column id, shapes and marks.

    ``layers`` are those that the rows rest on.
    """

    rows: Sequence[Mapping[str, Value]]
    shapes: Sequence[Shape]
    marks: frozenset[str]
    layers: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """The answer of an analysis to a question.

    Attributes
    ----------
    analysis
        Id of the analysis.
    columns, rows
        The table: each row has a value for every column, None where it is not known.
    features
        The shapes for the map in EPSG:4326, with kind, id, layer, names, value and schematic.
    marks, versions, state
        As those of a table.
    """

    analysis: str
    question: Question
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    features: gpd.GeoDataFrame
    marks: tuple[Mark, ...]
    versions: Mapping[str, str]
    state: str

    def to_dict(self) -> dict[str, Any]:
        """The table as JSON, in metres and square metres."""
        return {
            "analysis": self.analysis,
            "question": self.question.to_dict(),
            "columns": [asdict(column) for column in self.columns],
            "rows": [{name: _plain(value) for name, value in row.items()} for row in self.rows],
            "marks": [asdict(mark) for mark in self.marks],
            "versions": dict(self.versions),
            "state": self.state,
        }

    def geojson(self) -> bytes:
        """The shapes as a FeatureCollection of RFC 7946."""
        told = {"analysis": self.analysis, "state": self.state, "versions": dict(self.versions)}
        return files.to_geojson(self.features, extra={"huitu": told})


def _plain(value: Value) -> Any:
    return asdict(value) if isinstance(value, Text) else value


def shape_of(kind: str, project: Project, geometry: BaseGeometry, value: float | None) -> Shape:
    """A shape that belongs to a project."""
    return Shape(kind, project.id, project.layer, project.name, value, project.schematic, geometry)


def on_the_map(plan: Plan, shapes: Sequence[Shape]) -> gpd.GeoDataFrame:
    """Bring shapes in the metric CRS to EPSG:4326, one row each."""
    geometry = np.full(len(shapes), None)
    geometry[:] = [shape.geometry for shape in shapes]
    columns = {
        "kind": [shape.kind for shape in shapes],
        "id": [shape.id for shape in shapes],
        "layer": [shape.layer for shape in shapes],
        "name_zh": [shape.name and shape.name.zh for shape in shapes],
        "name_en": [shape.name and shape.name.en for shape in shapes],
        "value": [shape.value for shape in shapes],
        "schematic": [shape.schematic for shape in shapes],
    }
    frame = pd.DataFrame(columns, dtype=object)
    crs = plan.catalog.zone.metric_crs
    return gpd.GeoDataFrame(frame, geometry=geometry, crs=crs).to_crs(WGS84)
