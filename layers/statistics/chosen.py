"""Which layers an analysis looks at when the question names none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from layers.plan import Plan
from layers.statistics.question import Question

LINES = frozenset({"LineString"})
POLYGONS = frozenset({"Polygon"})


def layers_for(
    plan: Plan, question: Question, usual: str, geometry: Collection[str]
) -> tuple[str, ...]:
    """The layers of the question, else the usual one, else every one with this geometry."""
    if question.criteria.layers is not None:
        return question.criteria.layers
    if usual in plan.project_layer_ids:
        return (usual,)
    fit = (layer for layer in plan.layers if layer.is_projects)
    return tuple(layer.id for layer in fit if set(layer.geometry) == set(geometry))


def narrowed(question: Question, layers: tuple[str, ...]) -> Question:
    """The same question of some layers only."""
    return replace(question, criteria=replace(question.criteria, layers=layers))
