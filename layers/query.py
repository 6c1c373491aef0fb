"""What can be asked for: criteria over projects, and a selection of a layer's features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
from shapely import box

from geo.types import BBox
from layers.projects import Project
from layers.search import matches


@dataclass(frozen=True)
class Criteria:
    """The filter that the map, its list and the register of projects share.

    Attributes
    ----------
    layers, stages
        Ids that are wanted; None for all.
    years
        First and last year, both included; None for all. A project passes when its years and these
        overlap. **An undated project always passes**: what is not known is never filtered away.
    ids
        Only these projects; None for all.
    q
        Searched in id, names, aliases and pinyin; empty finds everything.
    """

    layers: tuple[str, ...] | None = None
    stages: tuple[str, ...] | None = None
    years: tuple[int, int] | None = None
    q: str = ""
    ids: tuple[str, ...] | None = None

    def admits(self, project: Project) -> bool:
        """Whether a project passes every criterion."""
        return (
            (self.layers is None or project.layer in self.layers)
            and (self.stages is None or project.stage in self.stages)
            and self._in_years(project)
            and (self.ids is None or project.id in self.ids)
            and (not self.q or matches(self.q, project.terms))
        )

    def _in_years(self, project: Project) -> bool:
        if self.years is None or project.undated:
            return True
        first, last = project.years
        return first <= self.years[1] and last >= self.years[0]


def select(
    frame: gpd.GeoDataFrame,
    *,
    bbox: BBox | None = None,
    where: Mapping[str, Any] | None = None,
    limit: int | None = None,
) -> gpd.GeoDataFrame:
    """Rows of a layer that touch a box and have the wanted values, in the order of the layer.

    Parameters
    ----------
    frame
        A layer in EPSG:4326.
    bbox
        In degrees. With a box, rows without geometry are not among the answer.
    where
        Field and wanted value; all must hold.
    limit
        The most rows to give.
    """
    if bbox is not None:
        touched = frame.sindex.query(box(*bbox.as_tuple()), predicate="intersects")
        frame = frame.iloc[sorted(touched)]
    for name, value in (where or {}).items():
        frame = frame[frame[name] == value]
    return frame if limit is None else frame.head(limit)
