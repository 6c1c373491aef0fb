"""A project is found by id, Chinese and English name, alias, pinyin and its initials."""

import pytest

from layers.search import matches, normalise, terms

FENGXIANG = terms(
    "R08", ("凤翔高架北延", "Fengxiang elevated road north extension", "风翔高架北延")
)


@pytest.mark.parametrize(
    "query",
    [
        "凤翔",
        "风翔",
        "R08",
        "r08",
        "Ｒ０８",
        "fengxiang",
        "FXGJ",
        "fxgjby",
        "elevated road",
        "北延",
        "",
    ],
)
def test_it_is_found(query):
    assert matches(query, FENGXIANG)


@pytest.mark.parametrize("query", ["通江", "R09", "tjdd", "{{7*7}}"])
def test_it_is_not_found(query):
    assert not matches(query, FENGXIANG)


def test_terms_have_no_repeats_and_a_fixed_order():
    assert FENGXIANG[0] == "r08"
    assert len(set(FENGXIANG)) == len(FENGXIANG)


def test_hostile_words_are_only_words():
    assert normalise("{{ 7*7 }}") == "{{7*7}}"
    assert "<imgonerror=alert(1)>" in terms("X01", ("<img onerror=alert(1)>",))
