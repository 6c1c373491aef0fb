from __future__ import annotations

import importlib
import pickle
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo.errors import (
    HuituError,
    InputError,
    LimitError,
    NotFound,
    ProblemKind,
    listed,
    ranges,
    shown,
    unranged,
)
from geo.types import Text

KIND = ProblemKind(
    "too-high",
    "error",
    Text(zh="“{name}”高 {height} 米", en="“{name}” is {height} m high"),
    Text(zh="改低到 {limit}", en="Lower it to {limit}"),
)


def all_kinds() -> list[ProblemKind]:
    modules = pkgutil.walk_packages(geo.__path__, "geo.")
    found = [getattr(importlib.import_module(module.name), "KINDS", ()) for module in modules]
    return [kind for kinds in found for kind in kinds]


def test_a_problem_says_what_and_where() -> None:
    problem = KIND.at(
        row=3, feature="R08", field="height", vertex=2, position=(120.3, 31.68),
        name="塔", height=12.5, limit=Text(zh="十米", en="ten metres"),
    )  # fmt: skip
    assert problem.message() == "“塔”高 12.5 米"
    assert problem.hint("en") == "Lower it to ten metres"
    assert problem.to_dict("en") == {
        "code": "too-high",
        "severity": "error",
        "row": 3,
        "feature": "R08",
        "field": "height",
        "vertex": 2,
        "position": [120.3, 31.68],
        "message": "“塔” is 12.5 m high",
        "hint": "Lower it to ten metres",
    }
    assert pickle.loads(pickle.dumps(problem)) == problem  # noqa: S301 - our own


@pytest.mark.parametrize("value", ["{limit}", "{0}", "{name.__class__}", "%s", "{{7*7}}", "${x}"])
def test_a_value_is_never_a_template(value: str) -> None:
    assert KIND.at(name=value, height=1, limit=1).message() == f"“{value}”高 1 米"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a\x1b[31mb", "a\\u001b[31mb"),
        ("left\u202eright", "left\\u202eright"),
        ("\ud800", "\\ud800"),
        ("全\u3000角", "全\u3000角"),
        ("x" * 500, "x" * 120 + "…"),
        (None, "None"),
    ],
)
def test_values_are_shown_safely(value: object, text: str) -> None:
    assert shown(value) == text


def test_fifty_of_a_kind_are_listed_and_the_rest_is_counted_and_named() -> None:
    problems = [KIND.at(row=row, name="x", height=1, limit=1) for row in range(1, 1001)]
    told = listed(problems)
    assert len(told) == 51
    assert told[:50] == problems[:50]
    assert told[50].kind.code == "too-high"
    assert told[50].kind.severity == "error"
    assert told[50].values["count"] == 950
    assert "51-1000" in told[50].message()
    assert listed(problems[:50]) == problems[:50]


def test_ranges_of_rows() -> None:
    assert ranges([5, 1, 2, 3, 9, 3]) == "1-3, 5, 9"
    assert ranges([]) == ""


@given(st.sets(st.integers(1, 400)))
def test_ranges_are_read_again(numbers: set[int]) -> None:
    assert unranged(ranges(numbers)) == sorted(numbers)
    assert unranged("—") == []


def test_the_tree_of_errors() -> None:
    problem = KIND.at(row=1, name="x", height=1, limit=1)
    for error in (InputError(problem), InputError([problem, problem]), LimitError(problem)):
        assert isinstance(error, HuituError)
        assert error.code == "too-high"
        assert error.hint("en") == "Lower it to 1"
    assert InputError([problem, problem]).message("en").endswith("(and 1 more)")
    assert str(InputError(problem)) == "“x” is 1 m high"


def test_not_found_names_the_thing() -> None:
    error = NotFound(Text(zh="图层", en="layer"), "roads")
    assert error.code == "not-found"
    assert error.message("en") == "There is no layer roads"
    assert error.message() == "找不到 图层：roads"
    assert (error.what, error.id) == (Text(zh="图层", en="layer"), "roads")


def test_every_kind_has_its_own_code_and_both_languages() -> None:
    kinds = set(all_kinds())
    assert len(kinds) > 60
    for kind in kinds:
        assert kind.code.replace("-", "").isalnum()
        assert kind.code == kind.code.lower()
        for text in (kind.message, kind.hint):
            assert any(character >= "\u4e00" for character in text.zh)
            assert not any(character >= "\u3000" for character in text.en)
    shared = {"position-not-finite", "height-dropped"}
    codes = [kind.code for kind in kinds if kind.code not in shared]
    assert len(codes) == len(set(codes))
