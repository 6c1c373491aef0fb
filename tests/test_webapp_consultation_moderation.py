"""Moderation on SQLite and PostgreSQL: shown or withheld, never edited, nothing lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from geo.errors import InputError, NotFound
from tests.voices import LI, MAO, Consultation
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import moderation, reading, rows
from webapp.consultation.fields import digests


@pytest.fixture
def consultation(database):
    return Consultation(database)


def moderate(consultation, receipt, verdict, by=MAO, **values):
    return consultation.do(
        moderation.moderate, receipt, verdict, by=by, clock=consultation.clock, **values
    )


def test_an_opinion_is_shown_and_its_words_stay(consultation):
    receipt = consultation.say("多种树。找张三 13812345678")
    assert consultation.voice(receipt).public_words is None
    moderate(consultation, receipt, "show", masks=[(8, 19)])
    found = consultation.voice(receipt)
    assert found.standing == "shown"
    assert found.public_words == "多种树。找张三 " + "■" * 11
    assert found.opinion.words == "多种树。找张三 13812345678"


def test_a_newer_decision_takes_the_older_back_and_both_stay(consultation):
    receipt = consultation.say("骂人的话")
    moderate(consultation, receipt, "withhold", code="insult", note="看原文", seen=0)
    assert consultation.voice(receipt).public_words is None
    moderate(consultation, receipt, "show", by=LI, seen=1)
    found = consultation.voice(receipt)
    assert found.public_words == "骂人的话"
    kept = consultation.ask(moderation.history, found.opinion.id)
    assert [(one.number, one.verdict, one.code, one.note, one.by) for one in kept] == [
        (1, "withhold", "insult", "看原文", "mao"),
        (2, "show", "", "", "li.hua"),
    ]


def test_what_is_withheld_has_a_reason(consultation):
    receipt = consultation.say("好")
    for code in ("", "不喜欢"):
        with pytest.raises(InputError) as told:
            moderate(consultation, receipt, "withhold", code=code)
        assert told.value.code == "moderation-code"
    assert consultation.voice(receipt).standing == "pending"
    assert consultation.logged("opinion-moderated") == []


def test_a_receipt_that_is_none_is_not_found(consultation):
    with pytest.raises(NotFound):
        moderate(consultation, "HS-2026-003-00000-00000", "show")


def test_the_queue_has_those_first_that_wait_longest(consultation):
    first, second, third = (consultation.say(one) for one in ("一", "二", "三"))
    moderate(consultation, second, "show")
    waiting = moderation.queue(reversed(consultation.voices()))
    assert [one.opinion.receipt for one in waiting] == [first, third]


def test_the_second_of_two_moderators_is_told_and_nothing_is_lost(consultation):
    receipt = consultation.say("好")
    moderate(consultation, receipt, "show", seen=0)
    with pytest.raises(moderation.Meanwhile) as told:
        moderate(consultation, receipt, "withhold", code="insult", by=LI, seen=0)
    assert (told.value.theirs.by, told.value.theirs.verdict) == ("mao", "show")
    assert "mao" in told.value.message("en")
    assert consultation.voice(receipt).standing == "shown"
    moderate(consultation, receipt, "withhold", code="insult", by=LI, seen=1)
    assert consultation.voice(receipt).standing == "withheld"


def test_of_eight_at_once_one_decides_and_seven_are_told(consultation):
    receipt = consultation.say("好")

    def decide(number):
        try:
            return moderate(consultation, receipt, "show", by=Person(f"p{number}"), seen=0).by
        except moderation.Meanwhile as told:
            return told

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(decide, range(8)))
    winners = {one for one in found if isinstance(one, str)}
    assert len(winners) == 1
    assert {one.theirs.by for one in found if not isinstance(one, str)} == winners
    assert len(consultation.logged("opinion-moderated")) == 1


def test_the_log_knows_each_field_and_none_of_the_words(consultation):
    receipt = consultation.say("请别写出来")
    made = moderate(consultation, receipt, "show", masks=[(0, 1)], note="内部")
    [(actor, subject, told)] = consultation.logged("opinion-moderated")
    assert (actor, subject, told["receipt"], told["verdict"]) == (
        "mao",
        "2026-003",
        receipt,
        "show",
    )
    opinion = consultation.voice(receipt).opinion
    assert told["row"]["table"] == "opinion_moderation"
    assert told["row"]["key"] == [opinion.id, 1]
    kept = consultation.voice(receipt).moderation
    assert told["row"]["fields"] == digests(opinion.key, rows.values(kept))
    assert set(told["row"]["fields"]) == {"verdict", "code", "masks", "note", "by", "at"}
    assert made.masks == [[0, 1]]
    assert "内部" not in str(told)
    assert consultation.ask(journal.verify).broken is None


def test_the_counts_are_those_of_everybody(consultation):
    receipts = [consultation.say(f"第{number}条") for number in range(5)]
    moderate(consultation, receipts[0], "show")
    moderate(consultation, receipts[1], "withhold", code="advertising")
    voices = consultation.voices()
    counted = reading.tally(voices)
    assert counted.by_standing == {"pending": 3, "shown": 1, "withheld": 1}
    assert len(moderation.queue(voices)) == counted.by_standing["pending"]
    assert counted.by_code == {"advertising": 1}
