"""What the pages of statistics show: the parts of each answer, found one after the other.

A page and a job find the same parts by the same functions; what a job has found is written down,
and the page is drawn from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, TypeAlias

from geo.errors import NotFound
from geo.types import Text, Told, nobody
from layers.statistics import (
    ANALYSES,
    Overlaps,
    Provenance,
    Question,
    Table,
    analyse,
    kept,
    overlaps,
    provenance,
    stated,
    table,
)
from layers.statistics.kept import Kept
from webapp import downloads
from webapp.questions import Asked, values_of

#: The table with its years, and what stands behind one of its rows; only these have groups.
TABLE, ROW = "table", "row"
#: Those that ask all layers, whichever the question names.
_EVERYWHERE = frozenset({"renovation_reach"})
_WHAT = Text(zh="统计", en="statistic")

#: The parts of a finding by their names.
Found: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One part of a finding.

    Attributes
    ----------
    question
        What of the asked is the question of this part.
    find
        Answers it; the parts before it are at hand.
    """

    question: Callable[[Asked], Question]
    find: Callable[[Asked, Question, Found], Kept]


def _whole(asked: Asked) -> Question:
    return asked.question


def _by_year(asked: Asked) -> Question:
    return replace(asked.question, group=("year",))


def _of_row(asked: Asked) -> Question:
    """The question of a row alone: a row of a district asks of that district."""
    values = dict(zip(asked.question.group, values_of(asked.row) or (), strict=False))
    place = values.get("district")
    if place is None or place not in asked.plan.districts.index:
        return asked.question
    return replace(asked.question, districts=(place,))


def _table(asked: Asked, question: Question, _found: Found) -> Table:
    return table(asked.plan, question)


def _origin(asked: Asked, question: Question, _found: Found) -> Provenance:
    return provenance(asked.plan, question, values_of(asked.row))


def _pairs(asked: Asked, question: Question, found: Found) -> Overlaps:
    return overlaps(asked.plan, question, found["origin"].row.ids)


def _analysis(name: str, asked: Asked, question: Question, _found: Found) -> Kept:
    return analyse(asked.plan, name, question)


#: Every finding by its name: what its parts are.
FINDINGS: Mapping[str, Mapping[str, Part]] = MappingProxyType(
    {
        TABLE: {"table": Part(_whole, _table), "years": Part(_by_year, _table)},
        ROW: {"origin": Part(_whole, _origin), "pairs": Part(_of_row, _pairs)},
        "overlaps": {"overlaps": Part(_whole, lambda asked, q, _: overlaps(asked.plan, q))},
        "stated": {"stated": Part(_whole, lambda asked, q, _: stated(asked.plan, q))},
        **{name: {name: Part(_whole, partial(_analysis, name))} for name in ANALYSES},
    }
)


def check(name: str) -> None:
    """Raise NotFound when there is no finding of a name."""
    if name not in FINDINGS:
        raise NotFound(_WHAT, name)


def size_of(name: str, asked: Asked) -> int:
    """How many features lie in the layers that a finding asks."""
    if name not in _EVERYWHERE:
        return downloads.size_of(asked)
    criteria = replace(asked.question.criteria, layers=None)
    return downloads.size_of(replace(asked, question=replace(asked.question, criteria=criteria)))


def find(name: str, asked: Asked, told: Told = nobody) -> Found:
    """Find every part; ``told`` hears when the plan was read, and of each part that was found.

    Raises
    ------
    InputError
        The plan cannot answer the question.
    NotFound
        The table has no such row.
    """
    parts = FINDINGS[name]
    ahead: tuple[Callable[[], object], ...] = (
        asked.plan.projects,
        lambda: asked.plan.surroundings.metric,
    )
    steps = len(ahead) + len(parts)
    for done, prepare in enumerate(ahead):
        told(done, steps)
        prepare()
    found: dict[str, Kept] = {}
    for done, (part, how) in enumerate(parts.items(), start=len(ahead)):
        told(done, steps)
        found[part] = how.find(asked, how.question(asked), found)
    return found


def write(found: Found) -> bytes:
    """Write the parts down."""
    return kept.write(found)


def read(name: str, asked: Asked, raw: bytes) -> Found:
    """Read what was written down for the same question."""
    return kept.read(raw, {part: how.question(asked) for part, how in FINDINGS[name].items()})
