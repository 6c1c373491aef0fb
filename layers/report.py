"""What reading and checking one file found, as people and programs read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from geo.errors import Problem, shown
from geo.shapes import Repair
from geo.types import Text

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Report:
    """What reading and checking one file found.

    ``rows_in`` = ``rows_out`` + refused rows; a report with an error publishes nothing, so that
    then ``rows_out`` is 0. The problems name each row.

    Attributes
    ----------
    layer, file, sha256, size_bytes
        The layer's id, and the file that was read.
    rows_in, rows_out
        Rows in the file, and rows that may be published.
    problems
        All of them.
    repairs
        The shapes before and after of every row that was mended on demand, in EPSG:4326.
    places
        Longitude and latitude of every row that a problem names and that has a shape.
    """

    layer: str | None
    file: str
    sha256: str
    size_bytes: int
    rows_in: int
    rows_out: int
    problems: tuple[Problem, ...]
    repairs: tuple[Repair, ...] = ()
    places: Mapping[int, LonLat] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing holds publishing."""
        return not any(problem.kind.severity == "error" for problem in self.problems)

    def count(self, severity: str) -> int:
        """How many problems have this severity."""
        return sum(problem.kind.severity == severity for problem in self.problems)

    def place_of(self, problem: Problem) -> LonLat | None:
        """Where on the map a problem is: its own position in degrees, else that of its row."""
        if problem.position is not None and _on_the_globe(problem.position):
            return problem.position
        return None if problem.row is None else self.places.get(problem.row)

    def ordered(self) -> list[Problem]:
        """What holds publishing first, then what is told, then the mends; each by row.

        What is of no one row stands first; the count of more of a kind stands after that kind.
        """
        last: dict[str, int] = {}
        kinds: dict[str, int] = {}
        keyed = []
        for place, problem in enumerate(self.problems):
            code = problem.kind.code
            row = last.get(code, 0) if problem.row is None else problem.row
            last[code] = max(row, last.get(code, 0))
            by_kind = kinds.setdefault(code, len(kinds))
            keyed.append((_RANK[problem.kind.severity], row, by_kind, place))
        return [self.problems[place] for *_, place in sorted(keyed)]

    def lines(self, lang: str) -> Iterator[str]:
        """The report as a person reads it: every problem with its place and what to do."""
        for problem in self.ordered():
            yield line(problem, lang)
        yield _summary(self).in_(lang)

    def to_dict(self, lang: str) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "layer": self.layer,
            "file": self.file,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "problems": [self._told(problem, lang) for problem in self.ordered()],
        }

    def _told(self, problem: Problem, lang: str) -> dict[str, Any]:
        place = self.place_of(problem)
        return {**problem.to_dict(lang), "place": None if place is None else list(place)}


def _on_the_globe(position: LonLat) -> bool:
    return abs(position[0]) <= 180 and abs(position[1]) <= 90


_SEVERITY: Mapping[str, Text] = MappingProxyType(
    {
        "error": Text(zh="错误", en="Error"),
        "warning": Text(zh="提醒", en="Warning"),
        "note": Text(zh="说明", en="Note"),
    }
)

_RANK: Mapping[str, int] = MappingProxyType({name: rank for rank, name in enumerate(_SEVERITY)})


def line(problem: Problem, lang: str) -> str:
    """One problem as a line: how bad, where, what, and what to do."""
    severity, place = _SEVERITY[problem.kind.severity].in_(lang), _place(problem, lang)
    where = f" [{place}]" if place else ""
    stop = Text(zh="。", en=". ").in_(lang)
    return f"{severity}{where} {problem.message(lang)}{stop}{problem.hint(lang)}"


def _place(problem: Problem, lang: str) -> str:
    parts = []
    if problem.row is not None:
        parts.append(Text(zh=f"第 {problem.row} 行", en=f"row {problem.row}").in_(lang))
    if problem.feature is not None:
        parts.append(shown(problem.feature))
    if problem.vertex is not None:
        parts.append(
            Text(zh=f"第 {problem.vertex} 个顶点", en=f"vertex {problem.vertex}").in_(lang)
        )
    if problem.position is not None:
        parts.append(", ".join(f"{part:.6f}" for part in problem.position))
    return " · ".join(parts)


def _summary(report: Report) -> Text:
    errors, warnings, notes = (report.count(kind) for kind in ("error", "warning", "note"))
    held = Text(zh="不能发布，原有版本不变", en="cannot be published; what is published stays")
    verdict = Text(zh="可以发布", en="can be published") if report.ok else held
    return Text(
        zh=f"{report.file}：共 {report.rows_in} 行，错误 {errors}，提醒 {warnings}，"
        f"说明 {notes}；{verdict.zh}",
        en=f"{report.file}: {_counted(report.rows_in, 'row')}, {_counted(errors, 'error')}, "
        f"{_counted(warnings, 'warning')}, {_counted(notes, 'note')}; {verdict.en}",
    )


def _counted(number: int, noun: str) -> str:
    """A number with its English noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
