"""Features in the formats of GIS programs: GeoJSON, GeoPackage, FlatGeobuf."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import files
from geo.files import outgoing
from geo.files.outgoing import KINDS_OF_SHAPE, Table
from geo.types import Told, nobody
from layers.export.content import NOTICE, FeatureLayer, Features
from layers.export.features import typed_frame
from layers.export.qml import qml
from layers.spec import FieldSpec

#: What the name of a table gets where a layer has several kinds of geometry.
SUFFIX = {"Point": "point", "LineString": "line", "Polygon": "area"}


def write_geojson(content: Features, path: Path, told: Told = nobody) -> None:
    """Write RFC 7946: one collection, ids, and a member ``huitu`` with the provenance.

    Raises
    ------
    CrsError
        The features are not in longitude and latitude.
    """
    frame = combined([layer.frame for layer in content.layers])
    extra = {"huitu": content.provenance.to_dict()}
    with path.open("wb") as handle:
        handle.writelines(files.geojson_parts(frame, extra=extra, told=told))


def write_flatgeobuf(content: Features, path: Path) -> None:
    """Write all rows as one table; the provenance is its description, as JSON."""
    frame = combined([typed_frame(layer) for layer in content.layers])
    kinds = [kind for kind, _ in outgoing.by_kind(frame)]
    title = content.provenance.title.in_(content.lang)
    kind = kinds[0] if len(kinds) == 1 else "Unknown"
    told = json.dumps(content.provenance.to_dict(), ensure_ascii=False)
    table = Table(content.name, title, frame, kind, told)
    outgoing.write_flatgeobuf(table, path)


def combined(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Rows of several layers in one frame; a field that a layer has not is missing in its rows."""
    names = list(dict.fromkeys(str(name) for frame in frames for name in frame.columns))
    kinds = {name: {frame[name].dtype for frame in frames if name in frame} for name in names}
    columns = {
        name: pd.concat([_column(frame, name) for frame in frames], ignore_index=True).astype(
            kinds[name].pop() if len(kinds[name]) == 1 else object
        )
        for name in names
        if name != "geometry"
    }
    shapes = np.concatenate([np.asarray(frame.geometry.values, dtype=object) for frame in frames])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=frames[0].crs)


def _column(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name in frame:
        return frame[name].astype(object)
    return pd.Series([None] * len(frame), dtype=object)


def write_geopackage(content: Features, path: Path, told: Told = nobody) -> None:
    """Write a table for each layer and kind of geometry, coloured for QGIS, and the provenance."""
    outgoing.write_geopackage(list(tables(content)), path, notes(content), told)


def tables(content: Features) -> Iterator[Table]:
    """The tables of a GeoPackage; rows without geometry are in the first one of their layer."""
    for layer in content.layers:
        yield from _tables(layer, content)


def _tables(layer: FeatureLayer, content: Features) -> Iterator[Table]:
    frame = typed_frame(layer)
    unlocated = frame.geometry.isna().to_numpy()
    found = list(outgoing.by_kind(frame)) or [(_first_kind(layer), np.zeros(len(frame), bool))]
    for place, (kind, mask) in enumerate(found):
        rows = mask | unlocated if place == 0 else mask
        title = layer.spec.title.in_(content.lang)
        yield Table(
            name=table_name(layer.spec.id, kind, alone=len(found) == 1),
            title=title if len(found) == 1 else f"{title} {SUFFIX[kind]}",
            frame=frame[rows].reset_index(drop=True),
            kind=kind,
            description=NOTICE.in_(content.lang),
            style=qml(layer, kind, content.unclassified, content.dash, content.lang),
            metadata={"huitu": content.provenance.asked_text()},
        )


def _first_kind(layer: FeatureLayer) -> str:
    return next(kind for kind in KINDS_OF_SHAPE if kind in layer.spec.geometry)


def table_name(layer_id: str, kind: str, *, alone: bool) -> str:
    """Name of a table; the kind of geometry stands in it where a layer has several."""
    return layer_id if alone else f"{layer_id}_{SUFFIX[kind]}"


def notes(content: Features) -> pd.DataFrame:
    """The provenance as rows of label and words, which any program shows as a table."""
    rows = content.provenance.entries(content.lang)
    for origin in content.provenance.origins:
        rows += [
            (origin.layer, f"{origin.version}; {origin.file}; sha256 {origin.sha256}"),
            (origin.layer, f"{origin.licence}; {origin.source.in_(content.lang)}"),
            (origin.layer, f"{origin.published_at}; {origin.by}"),
        ]
    rows.append(("huitu", content.provenance.asked_text()))
    return pd.DataFrame(rows, columns=["item", "words"], dtype=object)


def field_title(spec: FieldSpec, lang: str) -> str:
    """Title of a field with its unit."""
    return f"{spec.title.in_(lang)} ({spec.unit})" if spec.unit else spec.title.in_(lang)
