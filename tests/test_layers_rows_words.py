"""The index of words: what it finds is what a look at every row finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from layers.rows.words import ROW, WORD, WordIndex, spoken
from layers.search import matches, terms

LETTERS = st.text("ab1 　Ａ凤翔路é\u0301ß-", max_size=8)


@given(st.lists(st.lists(LETTERS, min_size=1, max_size=3), max_size=200), LETTERS)
def test_words_are_found_as_a_look_at_every_row_finds_them(rows, q):
    words = [terms(row[0], row[1:]) for row in rows]
    spelt = [[row[0], *(word for name in row[1:] for word in spoken(name))] for row in rows]
    found = WordIndex.of(spelt).find(q)
    assert found.tolist() == [n for n, row in enumerate(words) if matches(q, row or [""])]


def test_blocks_that_cannot_have_the_words_are_not_looked_at():
    index = WordIndex.of([f"P{n:06d}"] for n in range(10_000))
    needle = np.frombuffer(b"p004711", np.uint8)
    [(begin, end)] = index._stretches(needle)
    assert end - begin <= 64 * len(ROW + "p000000" + WORD)
    assert index.find("p004711").tolist() == [4711]
    assert index.find("47").tolist() == [n for n in range(10_000) if "47" in f"P{n:06d}"]


@pytest.mark.parametrize("q", [ROW, WORD, f"p000001{WORD}", f"1{WORD}{ROW}p000002"])
def test_marks_between_words_are_found_nowhere(q):
    index = WordIndex.of([f"P{n:06d}"] for n in range(10))
    assert index.find(q).tolist() == []


def test_a_whole_word_is_the_first_and_nothing_more():
    index = WordIndex.of([["P1", "P2"], ["P12"], ["p1"], ["P 1"]])
    assert index.find_whole("P1").tolist() == [0, 2, 3]
    assert index.find_whole("P2").tolist() == []


NAMES = ["凤翔路1号", "长安（西）区", "S1线·银行站", "重庆 Road 长乐里", "ü凤"]
STYLES = (Style.NORMAL, Style.FIRST_LETTER)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_spoken_as_pypinyin_speaks_them_whole(name):
    whole = ["".join(lazy_pinyin(name, style=style)) for style in STYLES]
    assert list(spoken(name)) == [name, *whole]


def test_no_rows():
    index = WordIndex.of([])
    assert (len(index), index.find("a").tolist(), index.find("").tolist()) == (0, [], [])
