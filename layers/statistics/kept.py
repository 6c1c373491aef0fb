"""Answers written down by the process that found them, and read by another one.

Figures are kept exactly, shapes as WKB. The question is not: who reads an answer has asked it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, get_type_hints

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from pydantic import TypeAdapter

from geo.crs import WGS84
from geo.types import Text
from layers.statistics.answers import Answer
from layers.statistics.overlaps import Overlaps
from layers.statistics.provenance import Provenance
from layers.statistics.question import Question
from layers.statistics.stated import StatedTable
from layers.statistics.table import Table

Kept: TypeAlias = Table | Overlaps | StatedTable | Answer | Provenance

_KINDS: Mapping[str, type[Kept]] = MappingProxyType(
    {one.__name__: one for one in (Table, Overlaps, StatedTable, Answer, Provenance)}
)
_QUESTION, _SHAPE = "question", "geometry"


def write(answers: Mapping[str, Kept]) -> bytes:
    """Write answers by their names."""
    told = {name: _told(answer) for name, answer in answers.items()}
    return orjson.dumps(told, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY)


def read(raw: bytes, questions: Mapping[str, Question]) -> dict[str, Kept]:
    """Read what :func:`write` wrote.

    Parameters
    ----------
    questions
        The question of each answer, by its name.
    """
    told = orjson.loads(raw)
    return {name: _read(told[name], question) for name, question in questions.items()}


def _told(answer: Kept) -> dict[str, Any]:
    names = [field.name for field in fields(answer) if field.name != _QUESTION]
    return {"kind": type(answer).__name__, **{name: getattr(answer, name) for name in names}}


def _plain(value: Any) -> Any:
    """Turn what orjson does not know into what it knows: named tuples, frames, read-only maps."""
    if isinstance(value, gpd.GeoDataFrame):
        columns = {name: value[name].tolist() for name in value.columns if name != _SHAPE}
        return {**columns, _SHAPE: shapely.to_wkb(value.geometry.to_numpy(), hex=True).tolist()}
    return dict(value) if isinstance(value, Mapping) else list(value)


def _read(told: dict[str, Any], question: Question) -> Kept:
    kind = told.pop("kind")
    readers = _readers(kind)
    found: dict[str, Any] = {name: readers[name](value) for name, value in told.items()}
    return _KINDS[kind](question=question, **found)


@cache
def _readers(kind: str) -> Mapping[str, Callable[[Any], Any]]:
    """How each part of an answer of a kind is read."""
    if _KINDS[kind] is Answer:
        return {**_adapters(Answer, "rows", "features"), "rows": _rows, "features": _frame}
    return _adapters(_KINDS[kind])


def _adapters(kind: type[Any], *without: str) -> dict[str, Callable[[Any], Any]]:
    return {
        name: TypeAdapter(hint).validate_python
        for name, hint in get_type_hints(kind).items()
        if name not in {_QUESTION, *without}
    }


def _rows(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Rows of an analysis, whose values are texts or plain."""
    return tuple(
        {name: Text(**v) if isinstance(v, dict) else v for name, v in row.items()} for row in rows
    )


def _frame(columns: dict[str, list[Any]]) -> gpd.GeoDataFrame:
    shapes = shapely.from_wkb(np.array(columns.pop(_SHAPE), dtype=object))
    return gpd.GeoDataFrame(pd.DataFrame(columns, dtype=object), geometry=shapes, crs=WGS84)
