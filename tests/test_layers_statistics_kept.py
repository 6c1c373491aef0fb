"""Answers that were written down are read as they were: figures exactly, shapes to the last bit."""

from pathlib import Path

import pytest

from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import ANALYSES, Question, analyse, kept, overlaps, provenance, stated, table

QUESTIONS = (
    Question(group=("layer", "class")),
    Question(group=("district",), schematic=True, within_m=800),
    Question(criteria=Criteria(q="nothing of that name")),
)
WAYS = {"table": table, "overlaps": overlaps, "stated": stated, "origin": provenance}


@pytest.fixture(scope="module")
def plan(sample: Path) -> Plan:
    return Plan.open(sample)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_read_as_they_were_written(plan: Plan, question: Question) -> None:
    answers = {name: way(plan, question) for name, way in WAYS.items()}
    raw = kept.write(answers)
    assert kept.read(raw, dict.fromkeys(answers, question)) == answers


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize("question", QUESTIONS[:2])
def test_analyses_are_read_with_their_shapes(plan: Plan, name: str, question: Question) -> None:
    answer = analyse(plan, name, question)
    [again] = kept.read(kept.write({name: answer}), {name: question}).values()
    assert again.to_dict() == answer.to_dict()
    assert again.geojson() == answer.geojson()
    assert again.features.geometry.geom_equals_exact(answer.features.geometry, 0).all()


def test_each_part_has_its_own_question(plan: Plan) -> None:
    one, other = QUESTIONS[:2]
    raw = kept.write({"a": table(plan, one), "b": table(plan, other)})
    found = kept.read(raw, {"b": other, "a": one})
    assert (found["a"].question, found["b"].question) == (one, other)
