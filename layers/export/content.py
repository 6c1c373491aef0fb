"""What is exported, before any format is chosen: tables of figures, or features.

Both carry their provenance, so that no format can forget it.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import geopandas as gpd

from geo.types import Text
from layers.spec import FieldSpec, LayerSpec
from layers.style import Style, Symbol

CellKind = Literal["text", "integer", "number"]
Cell = str | int | float | None

#: Stands in every export.
NOTICE = Text(zh="规划统计，非测绘成果", en="Planning statistic, not a survey result")
#: Shape of the machine-readable part of an export; raised when its members change.
ASKED_FORM = 1

_LABELS = {
    "title": Text(zh="内容", en="Content"),
    "notice": Text(zh="声明", en="Notice"),
    "zone": Text(zh="区域", en="Zone"),
    "plan": Text(zh="规划", en="Plan"),
    "source": Text(zh="规划来源", en="Source of the plan"),
    "crs": Text(zh="坐标系", en="Coordinate system"),
    "method": Text(zh="方法", en="Method"),
    "mark": Text(zh="标记", en="Marks"),
    "software": Text(zh="软件", en="Software"),
    "state": Text(zh="数据状态", en="State of the data"),
}


@dataclass(frozen=True)
class Origin:
    """One layer version that an export is made of, with the licence of its rows."""

    layer: str
    title: Text
    version: str
    file: str
    sha256: str
    features: int
    located: int
    published_at: str
    by: str
    licence: str
    source: Text
    software: str

    def cells(self, lang: str) -> tuple[Cell, ...]:
        """The values under :data:`ORIGIN_COLUMNS`."""
        return (
            self.layer,
            self.title.in_(lang),
            self.version,
            self.file,
            self.sha256,
            self.features,
            self.located,
            self.published_at,
            self.by,
            self.licence,
            self.source.in_(lang),
            self.software,
        )


@dataclass(frozen=True)
class Provenance:
    """Where an export comes from, complete enough to make it again.

    Attributes
    ----------
    title
        What it is.
    zone, plan, source
        The zone, its plan and how the plan's text is cited.
    crs
        The CRS of the positions, or the one that figures are measured in.
    methods, marks
        Sentences.
    software, state
        Program and version; the short hash of the published state.
    origins
        Each layer version.
    asked
        What was asked for, JSON-ready: the words from which ``huitu verify`` makes it again.
    """

    title: Text
    zone: Text
    plan: Text
    source: Text
    crs: str
    methods: tuple[Text, ...]
    marks: tuple[Text, ...]
    software: str
    state: str
    origins: tuple[Origin, ...]
    asked: Mapping[str, Any] = field(default_factory=dict)

    def entries(self, lang: str) -> list[tuple[str, str]]:
        """Label and words, one pair a line, without the origins."""
        lines: list[tuple[str, Text | str]] = [
            ("title", self.title),
            ("notice", NOTICE),
            ("zone", self.zone),
            ("plan", self.plan),
            ("source", self.source),
            ("crs", self.crs),
            *(("method", one) for one in self.methods),
            *(("mark", one) for one in self.marks),
            ("software", self.software),
            ("state", self.state),
        ]
        return [(_LABELS[key].in_(lang), _words(value, lang)) for key, value in lines]

    def asked_text(self) -> str:
        """What was asked for on one line of JSON."""
        asked = {"huitu": ASKED_FORM, **self.asked, "versions": self.versions}
        return json.dumps(asked, ensure_ascii=False, sort_keys=False)

    @property
    def versions(self) -> dict[str, str]:
        """Version by layer id."""
        return {origin.layer: origin.version for origin in self.origins}

    def to_dict(self) -> dict[str, Any]:
        """The same for programs, in both languages."""
        return {"notice": asdict(NOTICE), **asdict(self), "versions": self.versions}


def _words(value: Text | str, lang: str) -> str:
    return value.in_(lang) if isinstance(value, Text) else value


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    id
        Name for programs.
    title, unit
        Words of the header.
    kind, decimals
        How a cell is typed, and the digits after the point of a ``number``.
    """

    id: str
    title: Text
    unit: Text | None = None
    kind: CellKind = "text"
    decimals: int = 2

    def header(self, lang: str) -> str:
        """Title with the unit in brackets."""
        if self.unit is None:
            return self.title.in_(lang)
        form = "{} ({})" if lang == "en" else "{}（{}）"
        return form.format(self.title.in_(lang), self.unit.in_(lang))

    def settle(self, value: Cell) -> Cell:
        """Round a number to the digits it is exported with; unknown stays unknown."""
        if value is None or self.kind == "text":
            return value
        if self.kind == "integer":
            return int(value)
        return round(float(value), self.decimals) + 0.0


def text_width(text: str) -> int:
    """Width of a text in columns of a terminal or a sheet: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


@dataclass(frozen=True)
class Sheet:
    """One table: columns, rows of the same length, and what it is called."""

    id: str
    title: Text
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]

    def settled(self) -> list[list[Cell]]:
        """The rows as they are exported."""
        return [
            [column.settle(cell) for column, cell in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]


#: How a layer version is listed.
ORIGIN_COLUMNS = (
    Column("layer", Text(zh="图层", en="Layer")),
    Column("title", Text(zh="名称", en="Title")),
    Column("version", Text(zh="版本", en="Version")),
    Column("file", Text(zh="源文件", en="Source file")),
    Column("sha256", Text(zh="源文件 SHA-256", en="SHA-256 of the source")),
    Column("features", Text(zh="要素数", en="Features"), kind="integer"),
    Column("located", Text(zh="其中已定位", en="Located"), kind="integer"),
    Column("published_at", Text(zh="发布时间 (UTC)", en="Published (UTC)")),
    Column("by", Text(zh="发布人", en="Published by")),
    Column("licence", Text(zh="许可", en="Licence")),
    Column("source", Text(zh="资料来源", en="Source")),
    Column("software", Text(zh="发布软件", en="Published with")),
)


@dataclass(frozen=True)
class Tables:
    """Figures: the first sheet is what a format with room for one table writes."""

    name: str
    sheets: tuple[Sheet, ...]
    provenance: Provenance
    lang: str = "zh"

    @property
    def main(self) -> Sheet:
        """The table itself."""
        return self.sheets[0]


@dataclass(frozen=True)
class FeatureLayer:
    """The rows of one layer: its fields, and after them layer, version and mark of each row."""

    spec: LayerSpec
    style: Style
    fields: Mapping[str, FieldSpec]
    frame: gpd.GeoDataFrame


@dataclass(frozen=True)
class Features:
    """Features of one layer or several, all in one CRS."""

    name: str
    layers: tuple[FeatureLayer, ...]
    provenance: Provenance
    crs: str
    unclassified: Symbol
    dash: str
    lang: str = "zh"
