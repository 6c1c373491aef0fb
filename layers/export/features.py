"""The features of a plan, ready to be exported: one CRS, and each row with its own provenance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.crs import WGS84, known_crs, name_of
from geo.types import Text
from layers.export.content import Column, FeatureLayer, Features, Sheet, Tables
from layers.export.provenance import DATUM, SCHEMATIC, UNLOCATED, provenance
from layers.plan import Plan
from layers.query import Criteria
from layers.spec import SCHEMATIC as BELOW_APPROXIMATE
from layers.spec import FieldSpec, LayerSpec

#: Asks for every layer whose features are projects.
PROJECTS = "projects"
_EVERYTHING = Criteria()
_TITLE = Text(zh="规划要素", en="Features of the plan")
_COPIED = Text(
    zh="要素按发布版本原样导出，不简化；坐标按所列坐标系换算",
    en="Features as published, not simplified; positions converted to the CRS named here",
)
#: The columns that tell of each row where it comes from.
_OWN = MappingProxyType(
    {
        "layer": Text(zh="图层", en="Layer"),
        "layer_version": Text(zh="图层版本", en="Layer version"),
        "licence": Text(zh="许可", en="Licence"),
        "mark": Text(zh="标记", en="Mark"),
    }
)


def features(
    plan: Plan,
    which: str | Iterable[str] = PROJECTS,
    *,
    criteria: Criteria = _EVERYTHING,
    crs: str = WGS84,
    lang: str = "zh",
) -> Features:
    """Gather features for :func:`layers.export.write`.

    Parameters
    ----------
    plan
        The plan, in the versions that are wanted.
    which
        Ids of layers, or ``"projects"`` for every layer of projects.
    criteria
        Which projects; features of a context layer always pass.
    crs
        EPSG code for the positions.
    lang
        Language of labels.

    Raises
    ------
    NotFound
        A layer is not in the catalog or was never published.
    CrsError
        The CRS is not known.
    """
    crs = name_of(known_crs(crs))
    layer_ids = _layer_ids(plan, which, criteria)
    asked = {
        "what": "features",
        "layers": list(layer_ids),
        "criteria": asdict(criteria),
        "crs": crs,
        "lang": lang,
    }
    methods = (_COPIED, DATUM) if crs == WGS84 else (_COPIED,)
    palette = plan.catalog.palette
    return Features(
        name="-".join([plan.catalog.zone.id, which if isinstance(which, str) else "layers"]),
        layers=tuple(_layer(plan, layer, criteria, crs, lang) for layer in layer_ids),
        provenance=provenance(plan, _TITLE, layer_ids, crs=crs, methods=methods, asked=asked),
        crs=crs,
        unclassified=palette.unclassified,
        dash=palette.schematic.dash,
        lang=lang,
    )


def _layer_ids(plan: Plan, which: str | Iterable[str], criteria: Criteria) -> tuple[str, ...]:
    if which == PROJECTS:
        wanted = criteria.layers
        return tuple(layer for layer in plan.project_layer_ids if wanted is None or layer in wanted)
    return (which,) if isinstance(which, str) else tuple(dict.fromkeys(which))


def _layer(plan: Plan, layer_id: str, criteria: Criteria, crs: str, lang: str) -> FeatureLayer:
    spec = plan.catalog.layer(layer_id)
    frame = plan.frame(layer_id)
    if spec.is_projects and criteria != _EVERYTHING:
        passing = {project.id for project in plan.projects(criteria)}
        frame = frame[[one in passing for one in frame["id"]]]
    names, version = _own_names(frame), plan.publication(layer_id).version
    frame = frame.to_crs(crs).assign(**own_columns(spec, version, frame, lang))
    fields = {
        str(name): spec.fields.get(str(name)) or FieldSpec(title=_title(str(name), names))
        for name in frame.columns
        if name != frame.geometry.name
    }
    return FeatureLayer(spec, plan.catalog.style(spec), fields, frame)


def own_columns(
    spec: LayerSpec, version: str, frame: gpd.GeoDataFrame, lang: str
) -> dict[str, Any]:
    """The columns that tell of each row where it comes from, and its mark."""
    values = {
        "layer": spec.id,
        "layer_version": version,
        "licence": spec.licence,
        "mark": _marks(frame, lang),
    }
    return {name: values[own] for own, name in _own_names(frame).items()}


def _own_names(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Name of each column of our own, another one where a field of the layer has it."""
    taken = {str(name).lower() for name in frame.columns}
    return {own: own if own not in taken else f"huitu_{own}" for own in _OWN}


def _title(name: str, names: dict[str, str]) -> Text:
    own = next((own for own, used in names.items() if used == name), None)
    return _OWN[own] if own else Text(zh=name, en=name)


def _marks(frame: gpd.GeoDataFrame, lang: str) -> np.ndarray:
    """The mark 示意 or 未定位 of each row, else an empty text."""
    marks = np.full(len(frame), "", dtype=object)
    if "geometry_quality" in frame:
        marks[frame["geometry_quality"].isin(BELOW_APPROXIMATE).to_numpy()] = SCHEMATIC.in_(lang)
    marks[frame.geometry.isna().to_numpy()] = UNLOCATED.in_(lang)
    return marks


def typed(values: pd.Series, spec: FieldSpec) -> pd.Series:
    """A column in the one type that its field has in files of other programs.

    Lists become a text, their parts between semicolons.
    """
    if spec.type in {"integer", "year"}:
        return values.astype("Int64")
    if spec.type == "number":
        return values.astype("Float64")
    if pd.api.types.infer_dtype(values, skipna=True) in {"string", "empty"}:
        return values.astype(object)
    return pd.Series([_text(value) for value in values], index=values.index, dtype=object)


def _text(value: Any) -> str | None:
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    return None if value is None or value != value or value is pd.NA else str(value)


def typed_frame(layer: FeatureLayer) -> gpd.GeoDataFrame:
    """The rows of a layer with each column in its field's type, numbered from 0."""
    columns = {name: typed(layer.frame[name], spec) for name, spec in layer.fields.items()}
    frame = gpd.GeoDataFrame(columns, geometry=layer.frame.geometry, crs=layer.frame.crs)
    return frame.reset_index(drop=True)


def unlocated_only(content: Features) -> Features:
    """The same features, only those without a geometry."""
    layers = tuple(
        replace(layer, frame=layer.frame[layer.frame.geometry.isna()]) for layer in content.layers
    )
    told = replace(content.provenance, asked={**content.provenance.asked, "located": False})
    return replace(content, layers=layers, provenance=told)


def as_tables(content: Features) -> Tables:
    """The attributes as a table for a spreadsheet, coded values by their labels."""
    fields: dict[str, FieldSpec] = {}
    for layer in content.layers:
        for name, spec in layer.fields.items():
            fields.setdefault(name, spec)
    columns = tuple(_column(name, spec) for name, spec in fields.items())
    rows = [row for layer in content.layers for row in _rows(layer, list(fields), content.lang)]
    sheet = Sheet("features", Text(zh="要素", en="Features"), columns, rows)
    return Tables(content.name, (sheet,), content.provenance, content.lang)


def _column(name: str, spec: FieldSpec) -> Column:
    unit = Text(zh=spec.unit, en=spec.unit) if spec.unit else None
    if spec.type in {"integer", "year"}:
        return Column(name, spec.title, unit, "integer")
    if spec.type == "number":
        return Column(name, spec.title, unit, "number", decimals=6)
    return Column(name, spec.title, unit)


def _rows(layer: FeatureLayer, names: list[str], lang: str) -> list[list[Any]]:
    frame, absent = typed_frame(layer), [None] * len(layer.frame)
    columns = [
        _labelled(frame[name], layer.fields[name], lang) if name in layer.fields else absent
        for name in names
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _labelled(values: pd.Series, spec: FieldSpec, lang: str) -> list[Any]:
    plain = [None if pd.isna(value) else value for value in values]
    if not spec.values:
        return plain
    return [None if value is None else spec.title_of(value).in_(lang) for value in plain]
