"""Lines of a report: they fit, lose nothing, and begin and end as Chinese typesetting has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import fonts
from layers.reporting.lines import broken

SIZE_MM = 3.0


def lines(text, width):
    return broken(text, width, SIZE_MM, fonts.REGULAR)


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    text = "增加绿化带宽度，并与市政、交警等部门（含街道）核对道路断面。" * 6
    for width in range(10, 60):
        for line in lines(text, width):
            assert line[0] not in "，、。）"
            assert line[-1] != "（"


def test_words_of_letters_stay_whole_and_long_ones_are_cut():
    assert lines("park and road", 16) == ["park and", "road"]
    assert "".join(lines("W" * 200, 30)) == "W" * 200


def test_own_line_ends_stay():
    assert lines("一\n\n二", 50) == ["一", "", "二"]


@given(
    st.text(st.characters(codec="gb2312", exclude_characters="\r\n \t\u3000"), max_size=80),
    st.floats(12, 80),
)
def test_nothing_is_lost_and_every_line_fits(text, width):
    found = lines(text, width)
    assert "".join(found) == text
    for line in found:
        assert fonts.width(line, SIZE_MM) <= width or len(line) == 1


def test_a_form_feed_is_no_blank_at_the_end_of_a_line():
    assert lines("\x0c", 12.0) == ["\x0c"]


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_blanks_are_no_trouble(text):
    assert not "".join(lines(text, 20)).strip()
