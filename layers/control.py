"""Known places to weigh a file by: stations, and what is published of the same layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.placement import ControlPoint, Known
from layers.mapping import FieldMapping
from layers.mapping.words import plain
from layers.plan import Plan
from layers.spec import LayerSpec
from layers.values import is_missing

_MOST_PAIRS, _MOST_LANDMARKS = 500, 2_000
#: By what rows are recognised, in this order.
_KEYS = ("id", "name_zh")


def known_places(
    plan: Plan,
    spec: LayerSpec,
    frame: gpd.GeoDataFrame | None = None,
    mapping: FieldMapping | None = None,
) -> Known:
    """Gather what :func:`geo.placement.weigh` may hold a file against.

    Parameters
    ----------
    plan
        What is published.
    spec
        The layer that the file is for.
    frame
        The rows of the file with the numbers as they stand there: read with any CRS that lets them
        pass, and not swapped. None where nothing was read yet.
    mapping
        Which fields hold id and name; without it those of the layer's entry.

    Returns
    -------
    Known
        Pairs of rows of one id, else of one name that stands once on each side; as landmarks the
        stations and vertices of the layer's current version.
    """
    published = plan.frame(spec.id) if spec.id in plan.versions else None
    stations = plan.catalog.zone.stations
    landmarks = [] if stations not in plan.versions else [plan.frame(str(stations))]
    landmarks += [] if published is None else [published]
    return Known(
        pairs=() if published is None or frame is None else _pairs(frame, published, mapping),
        landmarks=_vertices(landmarks),
    )


def _vertices(frames: list[gpd.GeoDataFrame]) -> tuple[tuple[float, float], ...]:
    where = [shapely.get_coordinates(frame.geometry.values) for frame in frames]
    found = np.unique(np.vstack([np.empty((0, 2)), *where]), axis=0)
    step = max(1, -(-len(found) // _MOST_LANDMARKS))
    return tuple((float(lon), float(lat)) for lon, lat in found[::step])


def _pairs(
    frame: gpd.GeoDataFrame, published: gpd.GeoDataFrame, mapping: FieldMapping | None
) -> tuple[ControlPoint, ...]:
    sources = mapping.fields if mapping is not None else {name: name for name in _KEYS}
    for key in _KEYS:
        numbers, places = _middles(frame, sources.get(key)), _middles(published, key)
        pairs = tuple(
            ControlPoint(*numbers[word], *places[word]) for word in numbers if word in places
        )
        if pairs:
            return pairs[:_MOST_PAIRS]
    return ()


def _middles(frame: gpd.GeoDataFrame, key: str | None) -> Mapping[str, tuple[float, float]]:
    """The middle of each shape by a word that stands once."""
    if key is None or key not in frame:
        return {}
    words = [_word(value) for value in frame[key].tolist()]
    counts = Counter(words)
    middles = shapely.get_coordinates(shapely.centroid(_shapes(frame)), return_index=True)
    return {
        words[place]: (float(x), float(y))
        for (x, y), place in zip(*middles, strict=True)
        if words[place] and counts[words[place]] == 1 and np.isfinite([x, y]).all()
    }


def _shapes(frame: gpd.GeoDataFrame) -> np.ndarray:
    return np.asarray(frame.geometry.values, dtype=object)


def _word(value: Any) -> str:
    return "" if is_missing(value) else plain(str(value))
