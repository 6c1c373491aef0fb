"""Every answer by its name, for programs: one door for the command line and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from geo.errors import NotFound
from geo.types import Text
from layers.plan import Plan, software
from layers.statistics.analyses import ANALYSES, analyse
from layers.statistics.overlaps import Overlaps, overlaps
from layers.statistics.question import Question
from layers.statistics.stated import StatedTable, stated
from layers.statistics.table import Table, table

_TABLES: Mapping[str, Callable[[Plan, Question], Table | Overlaps | StatedTable]] = (
    MappingProxyType({"statistics": table, "overlaps": overlaps, "stated": stated})
)

#: The tables, then the analyses.
NAMES = (*_TABLES, *ANALYSES)


def answer(plan: Plan, name: str, question: Question) -> dict[str, Any]:
    """Answer a question as JSON, in metres and square metres, with the software that did it.

    Parameters
    ----------
    name
        One of :data:`NAMES`.

    Raises
    ------
    NotFound
        There is no such table or analysis.
    InputError
        The plan cannot answer the question.
    """
    if name not in NAMES:
        raise NotFound(Text(zh="统计表", en="table"), name)
    if name in _TABLES:
        told = _TABLES[name](plan, question).to_dict()
    else:
        told = analyse(plan, name, question).to_dict()
    return {"question": question.to_dict(), **told, "software": software()}
