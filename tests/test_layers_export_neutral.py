"""No text that leaves is a formula, numbers stay numbers, every text can be got back."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layers.export.neutral import STARTERS, is_formula, neutral, restored

#: Written apart from the module under test: what a reader sees nothing of.
SEEN_AS_NOTHING = ["\u3000", "\u00a0", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e"]
SEEN_AS_NOTHING += [" ", "\x00", "\x1f", "\u180e", "\u3164", "\u2800", "\u2028"]
SEEN_AS_NOTHING += ["\ufe0f", "\u034f", "\U000e0100"]
UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}

blanks = st.text(st.sampled_from(SEEN_AS_NOTHING), max_size=4)
starters = st.sampled_from(list(STARTERS))
texts = st.text(max_size=30)
attacks = st.builds("{}{}{}".format, blanks, starters, texts)
marked = st.builds("{}{}".format, st.text("'", max_size=3), attacks)
numbers = st.one_of(
    st.integers().map(str),
    st.integers(min_value=0).map("+{}".format),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["-.5", "+1.", "-1.5E+10", "-0", "+8613800000000"]),
)


def first_seen(text):
    """The first character that is not blank, found another way than the module finds it."""
    for character in text:
        if character in SEEN_AS_NOTHING or unicodedata.category(character) in UNSEEN:
            if character not in "\t\r\n":
                continue
            return character
        return character
    return ""


def is_number(text):
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII) is not None


@given(st.one_of(attacks, marked, texts, numbers))
@example("\u3000=1+1")
@example("\ufeff＝cmd|'/c calc'!A0")
@example("\u200b\u200b@SUM(A1)")
@example("\t=1")
@example("-5 \u200b")
@example("+5\n=1")
def test_no_cell_begins_a_formula(text):
    cell = neutral(text)
    assert is_number(cell) or first_seen(cell) not in set("=+-@\t\r\n＝＋－＠")


@given(st.one_of(attacks, marked, texts, numbers))
@example("'=1")
@example("''=1")
@example("'")
@example("'-5")
@example("'\u3000=1")
@example("")
def test_every_text_can_be_got_back(text):
    assert restored(neutral(text)) == text


@given(numbers)
def test_a_plain_number_stays_what_it_is(text):
    assert neutral(text) == text


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20))
def test_plain_words_are_not_touched(text):
    assert neutral(text) == text


@pytest.mark.parametrize(
    "text", ["=1+1", "＝1", "－1", "-1+2", "- 5", "+", "@x", "\tx", "\rx", "\nx"]
)
def test_these_are_formulas(text):
    assert is_formula(text)
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("text", ["", " ", "\u3000", "道路", "R01", "'=1", "1=1", "3-5", "#VALUE!"])
def test_these_are_none(text):
    assert not is_formula(text)
