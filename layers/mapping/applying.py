"""A frame with the fields of a file made one with the fields of a layer, every change told."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import Problem, ProblemKind
from geo.types import Text, listing
from layers.mapping.model import FieldMapping
from layers.mapping.values import convert
from layers.mapping.words import plain
from layers.spec import FieldSpec, LayerSpec
from layers.values import is_missing

NO_SOURCE = ProblemKind(
    "mapping-required",
    "error",
    Text(
        zh="必填的“{title}”（{name}）没有来源",
        en="“{title}” ({name}) is required and has no source",
    ),
    Text(
        zh="选一个源字段，或给全部行填同一个值",
        en="Choose a field of the file, or give one value for all rows",
    ),
)
NO_SUCH_SOURCE = ProblemKind(
    "mapping-source-missing",
    "error",
    Text(
        zh="“{title}”（{name}）取自字段“{source}”，文件里没有这个字段",
        en="“{title}” ({name}) is to come from the field “{source}”, which the file has not",
    ),
    Text(zh="另选一个源字段", en="Choose another field of the file"),
)
UNKNOWN_TARGET = ProblemKind(
    "mapping-target-unknown",
    "error",
    Text(zh="图层没有字段“{name}”", en="The layer has no field “{name}”"),
    Text(zh="从对应关系中去掉它", en="Take it out of the mapping"),
)
UNMAPPED = ProblemKind(
    "field-unmapped",
    "note",
    Text(
        zh="源字段“{name}”没有对应，不发布（例：{example}）",
        en="The field “{name}” of the file is not mapped and not published (e.g. {example})",
    ),
    Text(zh="需要时为它选一个字段", en="Choose a field for it if it is wanted"),
)
RENAMED = ProblemKind(
    "field-mapped",
    "note",
    Text(
        zh="“{title}”（{name}）取自源字段“{source}”",
        en="“{title}” ({name}) comes from the field “{source}”",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
CONSTANT = ProblemKind(
    "field-constant",
    "note",
    Text(
        zh="“{title}”（{name}）在 {count} 行中统一填为 {value}",
        en="“{title}” ({name}) was set to {value} in {count} rows",
    ),
    Text(zh="核对是否对每一行都成立", en="Check that it holds for every row"),
)
CONVERTED = ProblemKind(
    "values-converted",
    "note",
    Text(
        zh="“{title}”（{name}）换算了 {count} 个值，例：{before} → {after}",
        en="“{title}” ({name}): {count} values were converted, e.g. {before} → {after}",
    ),
    Text(zh="核对换算是否就是原意", en="Check that this is what was meant"),
)
TRANSLATED = ProblemKind(
    "values-translated",
    "note",
    Text(
        zh="“{title}”（{name}）的值按目录对应：{pairs}",
        en="“{title}” ({name}): values were translated to those of the catalog: {pairs}",
    ),
    Text(zh="核对对应是否正确", en="Check that they mean the same"),
)
IDS_MADE = ProblemKind(
    "ids-made",
    "warning",
    Text(
        zh="{count} 行没有编号，已按名称（没有名称的按图形）生成，例：{example}；"
        "名称改动后编号会变",
        en="{count} rows have no id and were given one made of their name, or their shape where"
        " they have none, e.g. {example}; it changes with the name",
    ),
    Text(
        zh="最好在源文件中编号，以便各版本之间对得上",
        en="Better number them in the source file, so that versions can be compared",
    ),
)
KINDS = (
    NO_SOURCE,
    NO_SUCH_SOURCE,
    UNKNOWN_TARGET,
    UNMAPPED,
    RENAMED,
    CONSTANT,
    CONVERTED,
    TRANSLATED,
    IDS_MADE,
)

#: A field that one of these names has no value in any row.
WITHOUT_SOURCE = (NO_SOURCE, NO_SUCH_SOURCE)

_DIGITS_OF_ID = 8
#: Shapes that agree to this many decimals of a degree (0.1 m) are given the same id.
_DECIMALS = 6


def apply(
    frame: gpd.GeoDataFrame, mapping: FieldMapping, spec: LayerSpec
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Give a frame the fields of a layer.

    Parameters
    ----------
    frame
        Rows as read, their numbers as index.
    mapping
        A person's decisions.
    spec
        The layer's entry.

    Returns
    -------
    frame
        The layer's fields only, in its order; those without a source are left out.
    problems
        Errors of the mapping, once a field; notes for everything that was changed or left away.
    """
    made = _Mapped(frame, mapping, spec)
    made.columns()
    made.ids()
    made.not_mapped()
    columns = {name: made.made[name] for name in spec.fields if name in made.made}
    mapped = gpd.GeoDataFrame(
        columns, geometry=frame.geometry.values, crs=frame.crs, index=frame.index
    )
    return mapped, made.problems


@dataclass
class _Mapped:
    """The columns as they are made, and what is told of them."""

    frame: gpd.GeoDataFrame
    mapping: FieldMapping
    spec: LayerSpec
    made: dict[str, pd.Series] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def columns(self) -> None:
        """Every field of the layer that has a source."""
        named = {**self.mapping.fields, **self.mapping.constants, **self.mapping.values}
        self.problems += [
            UNKNOWN_TARGET.at(field=name, name=name)
            for name in named
            if name not in self.spec.fields
        ]
        for name, entry in self.spec.fields.items():
            values = self._values(name, entry)
            if values is not None:
                self.made[name] = pd.Series(values, index=self.frame.index, dtype=object)

    def _values(self, name: str, entry: FieldSpec) -> list[Any] | None:
        source = self.mapping.fields.get(name)
        if source is not None and not self._has(source):
            self._tell(NO_SUCH_SOURCE, name, source=source)
            return None
        if source is None and name not in self.mapping.constants:
            if entry.required and not (name == "id" and self.mapping.make_ids):
                self._tell(NO_SOURCE, name)
            return None
        return self._of_catalog(
            name, entry, self._converted(name, entry, self._filled(name, source))
        )

    def _has(self, source: str) -> bool:
        return source in self.frame and source != self.frame.geometry.name

    def _filled(self, name: str, source: str | None) -> list[Any]:
        """The values of the source, the constant where there is none."""
        values = [None] * len(self.frame) if source is None else self.frame[source].tolist()
        if source is not None and source != name:
            self._tell(RENAMED, name, source=source)
        constant = self.mapping.constants.get(name)
        if is_missing(constant):
            return values
        missing = [is_missing(value) for value in values]
        if any(missing):
            self._tell(CONSTANT, name, value=constant, count=sum(missing))
        return [constant if gone else value for value, gone in zip(values, missing, strict=True)]

    def _converted(self, name: str, entry: FieldSpec, values: list[Any]) -> list[Any]:
        new = [None if is_missing(value) else convert(value, entry.type) for value in values]
        changed = [
            (before, after)
            for before, after in zip(values, new, strict=True)
            if after is not None and (type(after) is not type(before) or after != before)
        ]
        if changed:
            before, after = changed[0]
            written = "、".join(after) if isinstance(after, list) else after
            self._tell(CONVERTED, name, count=len(changed), before=before, after=written)
        return new

    def _of_catalog(self, name: str, entry: FieldSpec, values: list[Any]) -> list[Any]:
        """The values that the catalog knows under the words of the file."""
        known = _meanings(entry, self.mapping.values.get(name, {}))
        new = [_meant(value, entry, known) for value in values]
        pairs = Counter(
            (before, after)
            for before, after in zip(values, new, strict=True)
            if isinstance(before, str) and before != after
        )
        if pairs:
            told = [f"{one} → {two} ({count})" for (one, two), count in pairs.most_common()]
            self._tell(TRANSLATED, name, pairs=listing(told))
        return new

    def ids(self) -> None:
        """An id for each row that has none, where a person wants it."""
        if not self.mapping.make_ids or "id" not in self.spec.fields:
            return
        given = self.made["id"].tolist() if "id" in self.made else [None] * len(self.frame)
        new = list(_with_ids(given, self._names(), self.frame.geometry.values, self.spec.id))
        made = [one for one, old in zip(new, given, strict=True) if is_missing(old)]
        if made:
            self.made["id"] = pd.Series(new, index=self.frame.index, dtype=object)
            self.problems.append(IDS_MADE.at(field="id", count=len(made), example=made[0]))

    def _names(self) -> list[Any]:
        if "name_zh" not in self.made:
            return [None] * len(self.frame)
        return self.made["name_zh"].tolist()

    def not_mapped(self) -> None:
        """Tell every field of the file that goes nowhere."""
        used = {*self.mapping.fields.values(), self.frame.geometry.name}
        for name in self.frame.columns:
            if name not in used:
                values = (value for value in self.frame[name] if not is_missing(value))
                example = next(values, "—")
                self.problems.append(UNMAPPED.at(field=str(name), name=name, example=example))

    def _tell(self, kind: ProblemKind, name: str, **words: Any) -> None:
        title = self.spec.fields[name].title
        self.problems.append(kind.at(field=name, name=name, title=title, **words))


def _meanings(entry: FieldSpec, chosen: Mapping[str, str]) -> dict[str, str]:
    """The value of the catalog by what a file may write for it; a title of two values is none."""
    titles = [
        (plain(word), value) for value, text in entry.values.items() for word in (text.zh, text.en)
    ]
    by_title: dict[str, set[str]] = {}
    for word, value in [*titles, *((plain(value), value) for value in entry.values)]:
        by_title.setdefault(word, set()).add(value)
    known = {word: next(iter(values)) for word, values in by_title.items() if len(values) == 1}
    return known | {plain(word): value for word, value in chosen.items()}


def _meant(value: Any, entry: FieldSpec, known: Mapping[str, str]) -> Any:
    if not isinstance(value, str) or value in entry.values:
        return value
    return known.get(plain(value), value)


def _with_ids(
    given: Sequence[Any], names: Sequence[Any], shapes: Iterable[BaseGeometry | None], layer: str
) -> Iterator[Any]:
    """The given ids; for the others ``layer-`` and a hash, counted on where it stands already."""
    taken = {str(value) for value in given if not is_missing(value)}
    for value, name, shape in zip(given, names, shapes, strict=True):
        if is_missing(value):
            made = _free(f"{layer}-{_hash(name, shape)}", taken)
            taken.add(made)
            yield made
        else:
            yield value


def _hash(name: Any, shape: BaseGeometry | None) -> str:
    if not is_missing(name):
        made_of = unicodedata.normalize("NFKC", str(name)).strip().encode("utf-8", "replace")
    else:
        made_of = np.round(shapely.get_coordinates(shape), _DECIMALS).tobytes()
    return hashlib.sha256(made_of).hexdigest()[:_DIGITS_OF_ID]


def _free(wanted: str, taken: set[str]) -> str:
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted}-{number}"
    return found
