"""Likeness and groups: proposed with a score, put together by a person, none deleted."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.errors import InputError, NotFound
from tests.voices import MAO, Consultation
from webapp import journal
from webapp.consultation import grouping, reading, similar

LETTER = "我是新城花园的居民，希望在惠山新城中央公园多种树、少修路，给孩子们留一块能玩的草地。"


@pytest.fixture
def consultation(database):
    return Consultation(database)


def group(consultation, receipts, title="多种树", **values):
    return consultation.do(
        grouping.group, consultation.id, receipts, title, by=MAO, clock=consultation.clock, **values
    )


def ungroup(consultation, receipts):
    consultation.do(grouping.ungroup, consultation.id, receipts, by=MAO)


# ---------------------------------------------------------------- likeness


def places(texts, apart=()):
    return [sorted(one.scores) for one in similar.clusters(texts, apart)]


def test_texts_that_differ_in_a_few_letters_are_together():
    texts = [
        LETTER,
        "完全不同的另一件事，说的是公交车站的位置太远",
        LETTER.replace("新城花园", "惠景家园"),
    ]
    found = similar.clusters(texts)
    assert [sorted(one.scores) for one in found] == [[0, 2], [1]]
    assert found[0].scores[0] == 100
    assert 85 <= found[0].scores[2] < 100


def test_short_texts_are_together_only_when_they_are_the_same():
    assert places(["同意", "不同意", "同意", "不"]) == [[0, 2], [1], [3]]


def test_for_and_against_are_never_together():
    assert places([LETTER] * 3, ["support", "oppose", "support"]) == [[0, 2], [1]]
    assert places([LETTER] * 2, ["support", None]) == [[0, 1]]


def test_texts_of_other_writing_and_odd_characters_are_taken():
    odd = ["", "\ud800" * 9, "🌳" * 20, "a" * 2000, "🌳" * 20]
    assert places(odd) == [[0], [1], [2, 4], [3]]


def test_the_same_is_found_whatever_else_was_sent():
    """A thousand other letters hide none of the fifty that are alike."""
    chance = random.Random(7)  # noqa: S311 - letters, no secret
    others = [
        "".join(chance.choices(LETTER + "公交站停车场医院学校地铁", k=60)) for _ in range(1000)
    ]
    alike = [LETTER.replace("草地", f"草地{number}") for number in range(50)]
    mixed = [*others[:500], *alike, *others[500:]]
    found = [sorted(one.scores) for one in similar.clusters(mixed) if len(one.scores) > 1]
    assert found == [list(range(500, 550))]


# ---------------------------------------------------------------- groups


def test_alike_opinions_are_proposed_and_nothing_is_changed(consultation):
    receipts = [
        consultation.say(LETTER),
        consultation.say("别的事"),
        consultation.say(f"{LETTER}!"),
    ]
    [found] = grouping.proposals(consultation.voices())
    assert [one.opinion.receipt for one in found.voices] == [receipts[0], receipts[2]]
    assert found.scores == (100, 100)
    assert found.group is None
    assert grouping.groups(consultation.voices()) == []


def test_a_group_keeps_every_receipt_and_counts_as_one_subject(consultation):
    receipts = [consultation.say(LETTER) for _ in range(4)] + [consultation.say("别的事")]
    made = group(consultation, receipts[:3])
    voices = consultation.voices()
    counted = reading.tally(voices)
    assert (counted.receipts, counted.texts, counted.subjects) == (5, 2, 3)
    [members] = grouping.groups(voices)
    assert (members.group.title, members.group.by) == ("多种树", "mao")
    assert [one.opinion.receipt for one in members.voices] == receipts[:3]
    [found] = grouping.proposals(voices)
    assert found.group.id == made.id
    assert [one.opinion.receipt for one in found.voices] == [receipts[0], receipts[3]]
    group(consultation, receipts[3:4], into=made.id)
    assert grouping.proposals(consultation.voices()) == []


def test_opinions_leave_a_group_again(consultation):
    receipts = [consultation.say(LETTER) for _ in range(3)]
    made = group(consultation, receipts)
    ungroup(consultation, receipts[:1])
    assert consultation.voice(receipts[0]).group is None
    ungroup(consultation, receipts)
    assert grouping.groups(consultation.voices()) == []
    assert len(consultation.voices()) == 3
    told = [words for _actor, _subject, words in consultation.logged("opinion-grouped")]
    assert [(one["group"], one["added"], one["removed"]) for one in told] == [
        (made.id, receipts, []),
        (made.id, [], receipts[:1]),
        (made.id, [], receipts[1:]),
    ]
    assert told[0]["row"]["table"] == "opinion_group"
    assert consultation.ask(journal.verify).broken is None


def test_two_groups_that_are_alike_are_not_proposed_as_one(consultation):
    receipts = [consultation.say(LETTER) for _ in range(4)]
    group(consultation, receipts[:2])
    group(consultation, receipts[2:])
    assert grouping.proposals(consultation.voices()) == []


def test_what_cannot_be_grouped_is_named(consultation):
    first, second, third = (consultation.say(LETTER) for _ in range(3))
    with pytest.raises(InputError) as told:
        group(consultation, [first, first])
    assert told.value.code == "group-too-few"
    with pytest.raises(InputError) as told:
        group(consultation, [first, "HS-2026-003-00000-00000"])
    assert told.value.code == "group-foreign"
    group(consultation, [first, second])
    with pytest.raises(InputError) as told:
        group(consultation, [second, third])
    assert told.value.code == "group-taken"
    assert second in told.value.message("zh")
    with pytest.raises(NotFound):
        group(consultation, [third], into=99)


def test_a_group_of_another_notice_takes_nothing(consultation, database):
    other = Consultation(database, "2026-004")
    foreign = group(other, [other.say(LETTER), other.say(LETTER)])
    receipt = consultation.say(LETTER)
    with pytest.raises(NotFound):
        group(consultation, [receipt], into=foreign.id)
    with pytest.raises(InputError):
        group(consultation, [receipt, other.say(LETTER)])
    assert consultation.voice(receipt).group is None


def test_of_several_who_group_at_once_each_opinion_is_in_one_group(consultation):
    receipts = [consultation.say(LETTER) for _ in range(6)]

    def act(start):
        try:
            return group(consultation, receipts[start : start + 3]).id
        except InputError as told:
            return told.code

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(act, range(4)))
    made = [one for one in found if isinstance(one, int)]
    assert made
    assert {one for one in found if isinstance(one, str)} == {"group-taken"}
    members = grouping.groups(consultation.voices())
    assert [one.group.id for one in members] == sorted(made)
    assert all(len(one.voices) == 3 for one in members)
