"""Masks: what covers personal data, what is proposed, and that nothing shows through."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from webapp.consultation import masks
from webapp.consultation.reading import MASK, masked

NAME = "张三的电话是 138 1234 5678，车牌苏B·12345，身份证 32020319900307123X，信箱 zs@example.com。"


def covered(words, found):
    return [words[one.start : one.end] for one in found]


def test_what_third_parties_are_known_by_is_proposed():
    found = masks.proposals(NAME)
    assert [one.kind for one in found] == ["phone", "plate", "id-number", "e-mail"]
    assert covered(NAME, found) == [
        "138 1234 5678",
        "苏B·12345",
        "32020319900307123X",
        "zs@example.com",
    ]
    assert all(one.title.zh and one.title.en for one in found)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("13812345678", "phone"),
        ("+86 13812345678", "phone"),
        ("１３８１２３４５６７８", "phone"),
        ("0510-83591234", "phone"),
        ("(0510)83591234", "phone"),
        ("320203900307123", "id-number"),
        ("３２０２０３１９９００３０７１２３ｘ", "id-number"),
        ("苏BD12345", "plate"),
        ("苏b12345", "plate"),
        ("粤Z1234港", "plate"),
    ],
)
def test_each_way_of_writing_is_seen_whole(words, kind):
    for around in (f"{words}", f"打{words}找他", f"（{words}）"):
        found = masks.proposals(around)
        assert [one.kind for one in found] == [kind]
        assert covered(around, found) == [words]


@pytest.mark.parametrize(
    "words",
    ["", "2026 年 3 月 2 日", "1000000 平方米", "华惠路 12345 号", "第 138 条", "苏州 12 条路"],
)
def test_plain_figures_are_left_alone(words):
    assert masks.proposals(words) == []


def test_ranges_are_read_as_people_write_them():
    assert masks.parse("1-3, 5，7 － 9；20~21") == [(0, 3), (4, 5), (6, 9), (19, 21)]
    assert masks.parse("  ") == []
    with pytest.raises(InputError) as told:
        masks.parse("1-3, 甲, 4-")
    assert [one.values["value"] for one in told.value.problems] == ["甲", "4-"]


def test_a_mask_outside_of_the_words_is_refused():
    for wrong in ((0, 6), (3, 3), (4, 2), (-1, 2)):
        with pytest.raises(InputError) as told:
            masks.checked("一二三四五", [(0, 1), wrong])
        assert told.value.code == "mask-outside"


def test_words_are_masked_wherever_they_stand():
    words = "李四说，李四和李四四"
    assert masks.exact(words, ["李四", ""]) == [(0, 2), (4, 6), (7, 9)]
    assert masked(words, masks.exact(words, ["李四"])) == "■■说，■■和■■四"
    assert masks.checked("aaab", masks.exact("aaab", ["aa"])) == [(0, 3)]
    with pytest.raises(InputError) as told:
        masks.exact(words, ["王五"])
    assert "王五" in told.value.message("zh")


@pytest.mark.parametrize(
    ("words", "mask", "wanted"),
    [
        ("e\u0301a", (0, 1), (0, 2)),
        ("e\u0301a", (1, 2), (0, 2)),
        ("x👩\u200d👧y", (1, 2), (1, 4)),
        ("x👩\u200d👧y", (3, 4), (1, 4)),
        ("a\u2764\ufe0fb", (1, 2), (1, 3)),
    ],
)
def test_a_character_is_masked_with_what_is_joined_to_it(words, mask, wanted):
    assert masks.checked(words, [mask]) == [wanted]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@st.composite
def words_and_masks(draw):
    words = draw(WORDS.filter(bool))
    ends = st.integers(0, len(words))
    pairs = draw(st.lists(st.tuples(ends, ends).filter(lambda one: one[0] != one[1]), max_size=5))
    return words, [tuple(sorted(one)) for one in pairs]


@given(words_and_masks())
def test_what_is_masked_is_gone_and_the_rest_is_as_it_was(given_):
    words, ranges = given_
    found = masks.checked(words, ranges)
    shown, hidden = masked(words, found), {n for one in found for n in range(*one)}
    assert hidden >= {n for one in ranges for n in range(*one)}
    assert len(shown) == len(words)
    for place, character in enumerate(words):
        assert shown[place] == (MASK if place in hidden else character)


@given(words_and_masks())
def test_masks_are_in_order_apart_and_stay_as_they_are(given_):
    words, ranges = given_
    found = masks.checked(words, ranges)
    assert all(one[1] < other[0] for one, other in pairwise(found))
    assert masks.checked(words, found) == found
    assert masks.parse(masks.written(found)) == found


@given(WORDS)
def test_proposals_lie_in_the_words_and_apart(words):
    found = masks.proposals(words)
    assert masks.checked(words, [(one.start, one.end) for one in found]) is not None
    assert all(one.end <= other.start for one, other in pairwise(found))
