"""From a file to rows that may be published: read, place, map, leave out, mend, check, order."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo import files, placement, shapes
from geo.errors import InputError, Problem, ProblemKind, ranges, unranged
from geo.files.reading import Reading
from geo.placement import Placement
from geo.shapes import Repair
from geo.types import Text
from layers import mapping, quality
from layers.mapping import FieldMapping
from layers.report import LonLat, Report
from layers.spec import FieldSpec, LayerSpec, Zone
from layers.values import known

#: Part of every version's name: raise it when cleaning gives another result for the same bytes.
CLEANING_VERSION = "1"

#: What is being done with a file, in this order; told to whoever shows progress.
Stage = Literal["read", "check", "compare", "write", "tile"]
STAGES: tuple[Stage, ...] = get_args(Stage)
Told = Callable[[Stage], None]
#: What reads a file: :func:`geo.files.read`, or the same in a child process.
Read = Callable[..., Reading]

LEFT_OUT = ProblemKind(
    "row-left-out",
    "note",
    Text(
        zh="这一行不发布：{reason}（原有问题 {count} 个，仍列在下面）",
        en="This row is not published: {reason} (its problems, {count}, stay listed)",
    ),
    Text(zh="需要发布时撤销“不发布”", en="Take it in again if it is to be published"),
)
NO_SUCH_ROW = ProblemKind(
    "row-left-out-unknown",
    "error",
    Text(
        zh="要求不发布第 {number} 行，但文件里没有这一行",
        en="Row {number} is to be left out, but the file has no such row",
    ),
    Text(zh="核对是否换了文件", en="Check whether this is another file"),
)
KINDS = (LEFT_OUT, NO_SUCH_ROW)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row, by its number from 1, that a person does not publish, and why."""

    row: int
    reason: str


@dataclass(frozen=True)
class Answers:
    """What a person answered to what a file does not say itself; never guessed.

    Attributes
    ----------
    crs
        EPSG code of the positions.
    placement
        More than a code: a shifted datum, swapped axes, control points. It names the CRS itself.
    encoding
        Of the texts.
    layer, columns
        Of a file with several layers or sheets, which; of a table, which columns hold the place.
    repair
        Mend invalid polygons, told with the area before and after. Without it they are errors.
    mapping
        Which field is which. Without it the fields bear the names of the layer's entry.
    left_out
        Rows that are not published, each with a reason.
    """

    crs: str | None = None
    placement: Placement | None = None
    encoding: str | None = None
    layer: str | None = None
    columns: tuple[str, ...] | None = None
    repair: bool = False
    mapping: FieldMapping | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def options(self) -> dict[str, object]:
        """The answers as JSON: part of a version's name.

        What was never asked of older versions stands there only where it was answered, so that
        their names stay.
        """
        usual = {"crs": self._crs, "encoding": self.encoding, "repair": self.repair}
        return {**usual, **dict(self._further())}

    def _further(self) -> Iterator[tuple[str, object]]:
        if self.placement is not None and not self.placement.is_plain:
            yield "placement", self.placement.to_dict()
        if self.layer is not None:
            yield "layer", self.layer
        if self.columns is not None:
            yield "columns", list(self.columns)
        if self.mapping is not None:
            yield "mapping", self.mapping.to_dict()
        if self.left_out:
            rows = sorted(self.left_out, key=lambda one: one.row)
            yield "left_out", [[one.row, one.reason] for one in rows]

    @property
    def where(self) -> Placement | None:
        """How the positions are understood; None where nobody has said it.

        A plain placement is kept as its CRS alone, and comes back from there.
        """
        if self.placement is None and self.crs is not None:
            return Placement(self.crs)
        return self.placement

    @property
    def _crs(self) -> str | None:
        return self.crs if self.placement is None else self.placement.crs

    @property
    def for_reading(self) -> dict[str, Any]:
        """The answers that the reader of the file wants."""
        further = {
            "layer": self.layer,
            "columns": self.columns,
            "swapped": self.placement is not None and self.placement.swapped,
        }
        wanted = {name: value for name, value in further.items() if value}
        return {"crs": self._crs, "encoding": self.encoding, **wanted}

    @classmethod
    def from_options(cls, value: Mapping[str, Any]) -> Answers:
        """Read what :attr:`options` gave, as from a draft that was kept."""
        further: dict[str, Any] = {
            "crs": value.get("crs"),
            "encoding": value.get("encoding"),
            "layer": value.get("layer"),
            "repair": bool(value.get("repair")),
            "left_out": tuple(
                LeftOut(int(row), str(why)) for row, why in value.get("left_out", [])
            ),
        }
        if (where := value.get("placement")) is not None:
            further["placement"] = Placement.from_dict(where)
        if (fields := value.get("mapping")) is not None:
            further["mapping"] = FieldMapping.from_dict(fields)
        if (columns := value.get("columns")) is not None:
            further["columns"] = tuple(columns)
        return cls(**further)


NO_ANSWERS = Answers()


def nobody(_stage: Stage) -> None:
    """Tell nobody."""


def clean(
    path: Path,
    spec: LayerSpec,
    zone: Zone,
    *,
    answers: Answers = NO_ANSWERS,
    read: Read = files.read,
    told: Told = nobody,
) -> tuple[gpd.GeoDataFrame | None, Report]:
    """Read a file and make of it what the layer's entry asks for.

    Parameters
    ----------
    path
        A file of a type that ``read`` knows.
    spec, zone
        The layer's entry and the zone whose bounds hold.
    answers
        A person's answers where the file does not say.
    read
        What reads the file: :func:`geo.files.read`, or the same in a child process.
    told
        Called as each stage begins.

    Returns
    -------
    frame
        The rows in EPSG:4326 with the entry's columns in its order, or None when an error holds
        publishing.
    report
        Every problem of every row; of the rows that were left out, as notes.
    """
    told("read")
    reading = read(path, **answers.for_reading)
    told("check")
    cleaning = _Cleaning(spec, zone, answers, list(reading.problems))
    frame = None if reading.frame is None else cleaning.of(reading.frame)
    problems = _without_left_out(cleaning.problems, answers.left_out, reading)
    report = Report(
        layer=spec.id,
        file=reading.name,
        sha256=reading.sha256,
        size_bytes=reading.size_bytes,
        rows_in=reading.rows,
        rows_out=0 if frame is None else len(frame),
        problems=tuple(problems),
        repairs=cleaning.repairs,
        places=cleaning.places,
    )
    if report.ok:
        return frame, report
    return None, dataclasses.replace(report, rows_out=0)


@dataclass
class _Cleaning:
    """The steps from the rows as read to rows that may be published, each adding what it found."""

    spec: LayerSpec
    zone: Zone
    answers: Answers
    problems: list[Problem]
    repairs: tuple[Repair, ...] = ()
    places: Mapping[int, LonLat] = dataclasses.field(default_factory=dict)

    def of(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
        """The rows in the entry's columns; None when they cannot be placed at all."""
        try:
            frame = self._mapped(self._placed(frame))
        except InputError as error:
            self.problems += error.problems
            return None
        left_out = {one.row for one in self.answers.left_out}
        apart = frame.index.isin(left_out)
        kept = self._mended(frame[~apart])
        self.problems += shapes.find(kept, self.spec.geometry, self.zone.bounds)
        self.problems += self._checked(kept)
        self.problems += quality.measure(kept, self.spec, self.zone.metric_crs)
        named = left_out | {one.row for one in self.problems if one.row is not None}
        self.places = {**_places(frame[apart], named), **_places(kept, named)}
        return _ordered(kept, self.spec)

    def _placed(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        where = self.answers.placement
        if where is None:
            frame, told = placement.to_lonlat(frame)
        else:
            frame, told = placement.place(frame, where, self.zone.metric_crs)
        self.problems += told
        return frame

    def _mapped(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        if self.answers.mapping is None:
            return frame
        frame, told = mapping.apply(frame, self.answers.mapping, self.spec)
        self.problems += told
        return frame

    def _checked(self, frame: gpd.GeoDataFrame) -> list[Problem]:
        """What a row lacks is not told again where the mapping has no source for it."""
        told = {one.field for one in self.problems if one.kind in mapping.WITHOUT_SOURCE}
        return [
            problem
            for problem in quality.check(frame, self.spec)
            if problem.kind is not quality.REQUIRED or problem.field not in told
        ]

    def _mended(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        frame, told = shapes.repair(frame)
        self.problems += told
        if not self.answers.repair:
            return frame
        mended, told = shapes.mend_invalid(frame, self.zone.metric_crs)
        self.problems += told
        rows = [one.row for one in told if one.kind is shapes.MENDED and one.row is not None]
        self.repairs = shapes.repairs(frame, mended, rows, self.zone.metric_crs)
        return mended


def _places(frame: gpd.GeoDataFrame, rows: set[int]) -> dict[int, LonLat]:
    """A place on each of some rows that has a shape."""
    named = frame[frame.index.isin(rows)]
    shapes_by_row = zip(named.index.tolist(), named.geometry.values, strict=True)
    found = {row: _place_on(shape) for row, shape in shapes_by_row if shape is not None}
    return {row: place for row, place in found.items() if place is not None}


def _place_on(shape: BaseGeometry) -> LonLat | None:
    """A position within a shape; a vertex of one that has no inside to speak of."""
    where = shapely.get_coordinates(shapely.point_on_surface(shape) if shape.is_valid else shape)
    if not len(where) or not np.isfinite(where[0]).all():
        return None
    return float(where[0, 0]), float(where[0, 1])


def _without_left_out(
    problems: Sequence[Problem], left_out: Sequence[LeftOut], read: Reading
) -> list[Problem]:
    """Problems of rows that are left out hold nothing; they stay, as notes below the reason."""
    reasons = {one.row: one.reason for one in left_out}
    if not reasons:
        return list(problems)
    theirs = [problem for problem in problems if problem.row in reasons]
    rest = (_of_others(problem, reasons) for problem in problems if problem.row not in reasons)
    known = _known_rows(read)
    told = [_told_left_out(row, reasons[row], row in known, theirs) for row in sorted(reasons)]
    return [*told, *map(_as_note, theirs), *filter(None, rest)]


def _known_rows(read: Reading) -> set[int]:
    """The numbers of the rows of a file, which in a table are those of its lines."""
    kept = set() if read.frame is None else set(read.frame.index.tolist())
    named = {one.row for one in read.problems if one.row is not None}
    return kept.union(named, *(_counted(one) for one in read.problems))


def _counted(problem: Problem) -> list[int]:
    """The rows that a problem which stands for many names."""
    written = problem.values.get("rows")
    if problem.row is not None or "count" not in problem.values or not isinstance(written, Text):
        return []
    return unranged(written.en)


def _told_left_out(row: int, reason: str, known: bool, theirs: Sequence[Problem]) -> Problem:
    if not known:
        return NO_SUCH_ROW.at(number=row)
    found = [problem for problem in theirs if problem.row == row]
    feature = next((problem.feature for problem in found if problem.feature is not None), None)
    return LEFT_OUT.at(row=row, feature=feature, reason=reason, count=len(found))


def _as_note(problem: Problem) -> Problem:
    return dataclasses.replace(problem, kind=dataclasses.replace(problem.kind, severity="note"))


def _of_others(problem: Problem, reasons: Mapping[int, str]) -> Problem | None:
    """A problem that counts many rows names only those that are not left out; None for no row."""
    numbers = _counted(problem)
    left = [row for row in numbers if row not in reasons]
    if len(left) == len(numbers):
        return problem
    written = ranges(left)
    values = {
        **problem.values,
        "rows": Text(zh=written, en=written),
        "count": int(problem.values["count"]) - (len(numbers) - len(left)),
    }
    return dataclasses.replace(problem, values=values) if left else None


def _ordered(frame: gpd.GeoDataFrame, spec: LayerSpec) -> gpd.GeoDataFrame:
    """The entry's columns, in its order and its types; whatever else stood there was told."""
    columns: dict[str, Any] = {
        name: _typed(frame[name] if name in frame else _empty(frame), field)
        for name, field in spec.fields.items()
    }
    return gpd.GeoDataFrame(
        columns, geometry=frame.geometry.values, crs=frame.crs, index=frame.index
    )


def _empty(frame: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series([None] * len(frame), index=frame.index, dtype=object)


def _typed(column: pd.Series, field: FieldSpec) -> pd.Series:
    """Unknown is None in texts and lists, NA in numbers; a value of a wrong type stays as it is.

    A wrong value stands in the report as an error, so that such a frame is never published.
    """
    values = known(column.tolist())
    dtype = _DTYPES.get(field.type, "object")
    try:
        return pd.Series(values, index=column.index, dtype=dtype)
    except (TypeError, ValueError):
        return pd.Series(values, index=column.index, dtype="object")


_DTYPES = {"integer": "Int64", "year": "Int64", "number": "Float64"}
