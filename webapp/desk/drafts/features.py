"""The features of a draft: those of its base version with the edits on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.values import is_missing
from webapp.desk.drafts.editing import latest
from webapp.desk.drafts.tables import Edit

Feature = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """A feature by the name under which it is edited; None for a row without an id."""

    key: str | None
    content: Feature


def base_features(frame: gpd.GeoDataFrame) -> list[Row]:
    """The rows of a version as JSON, positions to the last bit."""
    names = [str(name) for name in frame.columns if name != frame.geometry.name]
    columns = [frame[name].astype(object).tolist() for name in names]
    return [
        _row(dict(zip(names, values, strict=True)), shape)
        for *values, shape in zip(*columns, frame.geometry.values, strict=True)
    ]


def merged(base: Iterable[Row], found: Iterable[Edit]) -> list[Row]:
    """What the draft holds: rows of the base in their order, then the new ones."""
    return list(_merged(list(base), latest(found)))


def to_frame(rows: Sequence[Row], like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The features as rows of a version: its columns, its CRS, positions to the last bit."""
    names = [str(name) for name in like.columns if name != like.geometry.name]
    known = dict.fromkeys([*names, *(name for row in rows for name in row.content["properties"])])
    values = {
        name: pd.Series([row.content["properties"].get(name) for row in rows], dtype=object)
        for name in known
    }
    shapes = [row.content["geometry"] for row in rows]
    geometry = np.array(
        [None if one is None else shapely.geometry.shape(one) for one in shapes], dtype=object
    )
    return gpd.GeoDataFrame(values, geometry=geometry, crs=like.crs)


def by_key(rows: Iterable[Row]) -> dict[str, Feature]:
    """The features that can be edited, by their names."""
    return {row.key: row.content for row in rows if row.key is not None}


def _merged(base: list[Row], last: Mapping[str, Edit]) -> Iterator[Row]:
    for row in base:
        edit = last.get(row.key or "")
        if edit is None or edit.holds == "base":
            yield row
        elif edit.holds == "content":
            yield Row(row.key, edit.feature_content or row.content)
    known = {row.key for row in base}
    for key, edit in last.items():
        if key not in known and edit.holds == "content" and edit.feature_content:
            yield Row(key, edit.feature_content)


def _row(values: Mapping[str, Any], shape: Any) -> Row:
    properties = {name: _plain(value) for name, value in values.items()}
    geometry = None if shape is None else _listed(shapely.geometry.mapping(shape))
    key = properties.get("id")
    return Row(None if key is None else str(key), {"properties": properties, "geometry": geometry})


def _plain(value: Any) -> Any:
    """A value as JSON has it; pandas' own numbers as plain ones."""
    if isinstance(value, list | dict):
        return value
    if is_missing(value) and not isinstance(value, str):
        return None
    return value.item() if hasattr(value, "item") else value


def _listed(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": geometry["type"], "coordinates": _lists(geometry["coordinates"])}


def _lists(value: Any) -> Any:
    return [_lists(part) for part in value] if isinstance(value, tuple | list) else value
