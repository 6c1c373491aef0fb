"""Which attributes of two rows differ; what is not known is the same as what is not there."""

from __future__ import annotations

from operator import ne
from typing import Any

import geopandas as gpd
import numpy as np

from geo.types import Text, listing
from layers.diff.model import FieldChange
from layers.spec import FieldSpec, LayerSpec
from layers.values import is_missing

_UNKNOWN = Text(zh="—", en="—")


class Attributes:
    """The attributes of two frames, row beside row.

    Parameters
    ----------
    before, after
        The frames; both may have columns that the layer's entry does not know.
    spec
        The layer's entry: order and titles of the fields.
    old, new
        The rows of both frames that are one feature, pair by pair.
    """

    def __init__(
        self,
        before: gpd.GeoDataFrame,
        after: gpd.GeoDataFrame,
        spec: LayerSpec,
        old: np.ndarray,
        new: np.ndarray,
    ) -> None:
        names = dict.fromkeys([*spec.fields, *_attribute_names(before), *_attribute_names(after)])
        self._fields = [(name, _field(spec, name)) for name in names]
        self._values = [(column(before, name)[old], column(after, name)[new]) for name in names]
        self._unlike = np.array([_unlike(*values) for values in self._values])

    @property
    def differ(self) -> np.ndarray:
        """Whether any attribute differs, pair by pair."""
        found: np.ndarray = np.logical_or.reduce(self._unlike, axis=0)
        return found

    def changes(self, place: int) -> tuple[FieldChange, ...]:
        """The fields that differ within a pair, in the order of the layer's entry."""
        return tuple(
            self._change(number, place)
            for number in np.flatnonzero(self._unlike[:, place]).tolist()
        )

    def _change(self, number: int, place: int) -> FieldChange:
        name, field = self._fields[number]
        before, after = (side[place] for side in self._values[number])
        shown = shown_value(field, before), shown_value(field, after)
        return FieldChange(name, field.title, before, after, *shown)


def _field(spec: LayerSpec, name: str) -> FieldSpec:
    """The entry of a field; one that the catalog does not know goes by its name."""
    return spec.fields.get(name) or FieldSpec(title=Text(zh=name, en=name))


def column(frame: gpd.GeoDataFrame, name: str) -> np.ndarray:
    """The values of a column as plain Python objects, None for what is not known."""
    values = np.full(len(frame), None, dtype=object)
    if name in frame.columns:
        values[:] = [None if is_missing(value) else value for value in frame[name].tolist()]
    return values


def _attribute_names(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def _unlike(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Compare value by value; a list is one value."""
    return np.fromiter(map(ne, left.tolist(), right.tolist()), dtype=bool, count=len(left))


def shown_value(field: FieldSpec, value: Any) -> Text:
    """A value as people read it: coded values by their label, lists between commas."""
    if value is None:
        return _UNKNOWN
    if isinstance(value, list):
        return listing(str(item) for item in value)
    if field.values:
        return field.title_of(str(value))
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    unit = f" {field.unit}" if field.unit else ""
    return Text(zh=text + unit, en=text + unit)
