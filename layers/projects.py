"""A project of the plan, as it was published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.types import Text
from layers.search import terms
from layers.spec import SCHEMATIC


@dataclass(frozen=True)
class Project:
    """One project: its id, its layer, and its published attributes and geometry (GeoJSON).

    A project without geometry (未定位) is as much a project as any other.
    """

    id: str
    layer: str
    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None

    @property
    def name(self) -> Text:
        """The name in both languages; without an English name the Chinese one stands for it."""
        zh = str(self.properties.get("name_zh") or self.id)
        return Text(zh=zh, en=str(self.properties.get("name_en") or zh))

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names, such as a source's misspelling."""
        return tuple(self.properties.get("aliases") or ())

    @property
    def stage(self) -> str | None:
        """What the plan aims at (计划目标)."""
        return self.properties.get("stage")

    @property
    def located(self) -> bool:
        """Whether it can be drawn."""
        return self.geometry is not None

    @property
    def schematic(self) -> bool:
        """Whether its geometry is below *approximate* and carries the mark 示意."""
        return self.properties.get("geometry_quality") in SCHEMATIC

    @property
    def years(self) -> tuple[int, int]:
        """First and last year; only of a project that is dated."""
        first, last = self.properties.get("year_from"), self.properties.get("year_to")
        known = [year for year in (first, last) if year is not None]
        return (int(known[0]), int(known[-1]))

    @property
    def undated(self) -> bool:
        """Whether the plan gives no year (未定)."""
        return self.properties.get("year_from") is None and self.properties.get("year_to") is None

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The words by which it is found."""
        return terms(self.id, (self.name.zh, self.name.en, *self.aliases))

    def feature(self) -> dict[str, Any]:
        """The project as a GeoJSON feature, its layer among the properties."""
        return {
            "type": "Feature",
            "id": self.id,
            "geometry": self.geometry,
            "properties": {**self.properties, "layer": self.layer},
        }
