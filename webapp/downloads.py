"""What can be taken away: tables, features and the report of a question, made for any format."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.errors import NotFound
from geo.types import Text, Told, nobody
from layers.export import Format, features, table_names, tables
from layers.export.formats import refuse_kind
from layers.query import Criteria
from layers.statistics import table
from webapp.questions import Asked, find_row

#: What can be taken beside the tables.
FEATURES, REPORT = "features", "report"
_WHAT = Text(zh="下载内容", en="download")


def made(what: str, asked: Asked, lang: str, told: Told = nobody) -> tuple[str, Any]:
    """What is to be written, and what its file is called.

    Raises
    ------
    NotFound
        There is nothing of that name to take.
    """
    plan, question = asked.plan, asked.question
    if what in table_names():
        found = tables(what, plan, question, unit=asked.unit, lang=lang)
        return found.name, found
    if what == FEATURES:
        chosen = features(plan, criteria=_chosen(asked), lang=lang)
        return chosen.name, chosen
    if what == REPORT:
        from layers.reporting import compose

        return f"{plan.catalog.zone.id}-{REPORT}", compose(plan, question, lang, told)
    raise NotFound(_WHAT, what)


def check(what: str, chosen: Format) -> None:
    """Refuse what cannot be made before anything is.

    Raises
    ------
    NotFound
        There is nothing of that name to take.
    InputError
        The format cannot hold it.
    """
    if what in table_names():
        refuse_kind(chosen, "table")
    elif what == FEATURES:
        refuse_kind(chosen, "features")
    elif what == REPORT:
        refuse_kind(chosen, "report")
    else:
        raise NotFound(_WHAT, what)


def size_of(asked: Asked) -> int:
    """How many features lie in the layers that a question is asked of."""
    plan = asked.plan
    wanted = asked.question.criteria.layers
    return sum(
        plan.version(layer).features
        for layer in (plan.project_layer_ids if wanted is None else wanted)
        if layer in plan.versions
    )


def _chosen(asked: Asked) -> Criteria:
    """The projects that the question counts, or one of its rows."""
    question = asked.question
    found = table(asked.plan, question if asked.row else replace(question, group=()))
    row = find_row(found, asked.row) if asked.row else found.total
    return Criteria(layers=question.criteria.layers, ids=row.ids)
