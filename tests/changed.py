"""The town or the sample with a second version of a layer: what tests of differences look at."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from layers.catalog import Catalog
from layers.publishing import own_source, publish
from layers.store import Store

Feature = dict[str, Any]


def edit(folder: Path, layer: str, change: Callable[[list[Feature]], None]) -> None:
    """Change the features of a layer's own file."""
    path = folder / Catalog.read(folder).layer(layer).file
    collection = json.loads(path.read_text("utf-8"))
    change(collection["features"])
    path.write_text(json.dumps(collection, ensure_ascii=False), "utf-8")


def publish_layer(folder: Path, layer: str, reason: str = "second") -> str:
    """Publish a layer's own file; give the id of its version."""
    catalog, store = Catalog.read(folder), Store(folder, software="test")
    spec = catalog.layer(layer)
    source = own_source(catalog, spec)
    outcome = publish(catalog, store, spec, source, by="test", reason=reason)
    assert outcome.version, list(outcome.report.lines("en"))
    return outcome.version.id


def by_id(features: list[Feature], name: str) -> Feature:
    """The feature of an id."""
    return next(one for one in features if one["properties"]["id"] == name)


def change_gardens(features: list[Feature]) -> None:
    """The first garden grows to the east and gets another aim; the second goes, a third comes."""
    first, second = by_id(features, "G01"), by_id(features, "G02")
    first["geometry"]["coordinates"] = [square(104.985, 104.9905)]
    first["properties"]["stage"] = "complete"
    features.remove(second)
    words = {**second["properties"], "id": "G03", "name_zh": "<b>枣园</b> {{ 7*7 }}"}
    shape = {"type": "Polygon", "coordinates": [square(105.01, 105.02)]}
    features.append({"type": "Feature", "properties": words, "geometry": shape})


def square(west: float, east: float) -> list[list[float]]:
    """A ring between two meridians."""
    south, north = 30.598, 30.602
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def change_parks(features: list[Feature]) -> None:
    """Parks of the sample: one reshaped and reclassified, one moved, one gone, one anew."""
    located = [one for one in features if one["geometry"] and "Polygon" in one["geometry"]["type"]]
    first, second, third, fourth, fifth = located[:5]
    stretch(first["geometry"], 1.2)
    kinds = {one["properties"]["class"] for one in features}
    first["properties"]["class"] = min(kinds - {first["properties"]["class"]})
    shift(second["geometry"], 0.004)
    features.remove(third)
    shift(fourth["geometry"], 0.000002)
    fifth["properties"]["name_en"] = "Renamed"


def positions(geometry: Any) -> list[list[float]]:
    """Every position of a geometry, to be changed in place."""
    found: list[list[float]] = []

    def walk(value: Any) -> None:
        if isinstance(value[0], list):
            for inner in value:
                walk(inner)
        else:
            found.append(value)

    walk(geometry["coordinates"])
    return found


def shift(geometry: Any, east: float) -> None:
    """Move a geometry by degrees of longitude."""
    for position in positions(geometry):
        position[0] = round(position[0] + east, 7)


def stretch(geometry: Any, factor: float) -> None:
    """Stretch a geometry to the east."""
    west = min(position[0] for position in positions(geometry))
    for position in positions(geometry):
        position[0] = round(west + factor * (position[0] - west), 7)
