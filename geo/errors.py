"""What can be wrong, in words a planner understands, and the one tree of exceptions."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from geo.types import Text

#: "error" holds publishing, "warning" is published and told, "note" is a mend that was made.
Severity = Literal["error", "warning", "note"]

#: How many problems of one kind are told one by one.
LISTED = 50
#: A value of a file is cut to this many characters in a message.
SHOWN_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One thing that can be wrong.

    Attributes
    ----------
    code
        Name for programs, lower case with hyphens; never changed once published.
    severity
        What it does to publishing.
    message, hint
        What is wrong, and what to do. Templates of :meth:`str.format` for the values of a problem.
    """

    code: str
    severity: Severity
    message: Text
    hint: Text

    def at(
        self,
        *,
        row: int | None = None,
        feature: str | None = None,
        field: str | None = None,
        vertex: int | None = None,
        position: tuple[float, float] | None = None,
        **values: Any,
    ) -> Problem:
        """Make a problem of this kind; see :class:`Problem` for the parameters."""
        return Problem(self, row, feature, field, vertex, position, values)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong at one place.

    Attributes
    ----------
    kind
        What is wrong.
    row
        Number of the row in its file, from 1.
    feature
        Its id, where it has one.
    field
        The attribute.
    vertex
        Number of the vertex in the geometry, from 1.
    position
        (x, y) in the CRS of the frame: longitude, latitude in degrees for published data.
    values
        What the templates name. They are data, never templates.
    """

    kind: ProblemKind
    row: int | None = None
    feature: str | None = None
    field: str | None = None
    vertex: int | None = None
    position: tuple[float, float] | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)

    def message(self, lang: str = "zh") -> str:
        """Say what is wrong."""
        return self._filled(self.kind.message, lang)

    def hint(self, lang: str = "zh") -> str:
        """Say what to do."""
        return self._filled(self.kind.hint, lang)

    def to_dict(self, lang: str = "zh") -> dict[str, Any]:
        """Return the problem as JSON-ready values in one language."""
        return {
            "code": self.kind.code,
            "severity": self.kind.severity,
            "row": self.row,
            "feature": None if self.feature is None else shown(self.feature),
            "field": None if self.field is None else shown(self.field),
            "vertex": self.vertex,
            "position": None if self.position is None else list(self.position),
            "message": self.message(lang),
            "hint": self.hint(lang),
        }

    def _filled(self, template: Text, lang: str) -> str:
        words = {name: shown(value, lang) for name, value in self.values.items()}
        return template.in_(lang).format(**words)


def shown(value: object, lang: str = "zh") -> str:
    """Write a value for people: cut when long; control and direction characters made visible."""
    text = value.in_(lang) if isinstance(value, Text) else str(value)
    if not isinstance(value, Text) and len(text) > SHOWN_CHARACTERS:
        text = text[:SHOWN_CHARACTERS] + "…"
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character.isprintable() or character == "\N{IDEOGRAPHIC SPACE}":
        return character
    return f"\\u{ord(character):04x}"


def listed(problems: Iterable[Problem], limit: int = LISTED) -> list[Problem]:
    """Keep ``limit`` problems of each kind, then one a kind that counts the rest and names rows."""
    counts: Counter[ProblemKind] = Counter()
    kept: list[Problem] = []
    rest: dict[ProblemKind, list[Problem]] = defaultdict(list)
    for problem in problems:
        counts[problem.kind] += 1
        (kept if counts[problem.kind] <= limit else rest[problem.kind]).append(problem)
    return kept + [_and_more(kind, found) for kind, found in rest.items()]


#: Says of problems of one kind that they are too many to be told one by one.
MORE = Text(
    zh="同样的问题另有 {count} 处，行号：{rows}",
    en="The same problem {count} more times, in the rows {rows}",
)
_MORE_HINT = Text(zh="处理方法与上面各条相同", en="The mend is the same as above")


def more_of(kind: ProblemKind) -> ProblemKind:
    """Return the kind that counts further problems of a kind."""
    return dataclasses.replace(kind, message=MORE, hint=_MORE_HINT)


def _and_more(kind: ProblemKind, rest: Sequence[Problem]) -> Problem:
    numbers = ranges(problem.row for problem in rest if problem.row is not None)
    return more_of(kind).at(count=len(rest), rows=Text(zh=numbers or "—", en=numbers or "—"))


def ranges(numbers: Iterable[int]) -> str:
    """Write whole numbers shortly: ``1-3, 7, 9-12``."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)


def unranged(written: str) -> list[int]:
    """Read what :func:`ranges` wrote."""
    ends = [part.split("-") for part in written.split(", ") if part[:1].isdecimal()]
    return [number for part in ends for number in range(int(part[0]), int(part[-1]) + 1)]


class HuituError(Exception):
    """Root of all errors of Huitu: one problem or several, told in both languages.

    Parameters
    ----------
    problems
        What is wrong, the most important first; at least one.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__(*self.problems)

    @property
    def code(self) -> str:
        """Name of the first problem's kind, for programs."""
        return self.problems[0].kind.code

    def message(self, lang: str = "zh") -> str:
        """Say what is wrong: the first problem, and how many follow it."""
        first, more = self.problems[0].message(lang), len(self.problems) - 1
        if not more:
            return first
        return first + Text(zh=f"（另有 {more} 个问题）", en=f" (and {more} more)").in_(lang)

    def hint(self, lang: str = "zh") -> str:
        """Say what to do about the first problem."""
        return self.problems[0].hint(lang)

    def __str__(self) -> str:
        return self.message("en")


class InputError(HuituError):
    """What somebody gave us cannot be used: a file, a catalog, a parameter."""


class CrsError(HuituError):
    """A CRS is missing, unknown or unfit for what is asked of it."""


class LimitError(HuituError):
    """Something is larger than we handle."""


NOT_FOUND = ProblemKind(
    "not-found",
    "error",
    Text(zh="找不到 {what}：{id}", en="There is no {what} {id}"),
    Text(zh="核对名称或编号", en="Check the name or the id"),
)


class NotFound(HuituError):  # noqa: N818 - the name says it
    """There is nothing of that name.

    Parameters
    ----------
    what
        Kind of thing that was looked for, in both languages or as a plain word.
    id
        The name that was asked for.
    """

    def __init__(self, what: str | Text, id: str) -> None:  # noqa: A002 - the word of the contract
        super().__init__(NOT_FOUND.at(feature=id, what=what, id=id))
        self.what = what
        self.id = id
