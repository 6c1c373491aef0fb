"""Decisions on SQLite and PostgreSQL: for one, for a group, with a reason; the old one stays."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from geo.errors import InputError, NotFound
from layers.catalog import Catalog
from layers.store import Store
from tests.changed import edit, publish_layer
from tests.voices import LI, MAO, Consultation
from webapp import journal
from webapp.accounts import Person
from webapp.consultation import deciding, grouping, reading, rows
from webapp.consultation.fields import digests
from webapp.consultation.moderation import moderate

WORDS = {"verdict": "adopted", "reason": "绿带加宽 5 米", "body": "规划建设局"}


@pytest.fixture
def consultation(database):
    return Consultation(database)


def decide(consultation, by=MAO, **values):
    consultation.clock.forward(minutes=1)
    return consultation.do(deciding.decide, by=by, clock=consultation.clock, **{**WORDS, **values})


def grouped(consultation, *words):
    receipts = [consultation.say(one) for one in words]
    made = consultation.do(
        grouping.group, consultation.id, receipts, "组", by=MAO, clock=consultation.clock
    )
    return made.id, receipts


def test_a_decision_answers_an_opinion(consultation):
    receipt, other = consultation.say("多种树"), consultation.say("少修路")
    decide(consultation, receipt=receipt, projects=["P01"], layer="gardens", version="abc")
    found = consultation.voice(receipt).decision
    assert (found.verdict, found.reason, found.body) == tuple(WORDS.values())
    assert (found.projects, found.layer, found.version, found.by) == (
        ["P01"],
        "gardens",
        "abc",
        "mao",
    )
    left = deciding.unanswered(consultation.voices())
    assert [one.opinion.receipt for one in left] == [other]
    assert len(left) == reading.tally(consultation.voices()).by_verdict[None]


def test_a_decision_on_a_group_answers_all_of_it(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!", "多种些树")
    decide(consultation, group=group)
    voices = consultation.voices()
    assert deciding.unanswered(voices) == []
    assert reading.tally(voices).by_verdict == {"adopted": 3}
    assert len({one.decision.id for one in voices}) == 1
    decide(consultation, receipt=receipts[1], verdict="partly", reason="只有北段")
    verdicts = [one.decision.verdict for one in consultation.voices()]
    assert verdicts == ["adopted", "partly", "adopted"]


def test_second_thoughts_are_one_more_decision(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!")
    decide(consultation, group=group, verdict="rejected", reason="没有用地")
    decide(consultation, receipt=receipts[0], verdict="partly", reason="再看", by=LI)
    decide(consultation, group=group)
    found = consultation.voice(receipts[0])
    assert found.decision.verdict == "adopted"
    kept = consultation.ask(deciding.history, found)
    assert [(one.verdict, one.by) for one in kept] == [
        ("rejected", "mao"),
        ("partly", "li.hua"),
        ("adopted", "mao"),
    ]
    assert len(consultation.ask(deciding.history_of_group, group)) == 2


def test_whoever_leaves_a_group_waits_for_an_answer_again(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!")
    decide(consultation, group=group)
    consultation.do(grouping.ungroup, consultation.id, receipts[:1], by=MAO)
    left = deciding.unanswered(consultation.voices())
    assert [one.opinion.receipt for one in left] == receipts[:1]
    assert len(consultation.ask(deciding.history_of_group, group)) == 1


def test_everything_that_is_missing_is_told_at_once(consultation):
    receipt = consultation.say("多种树")
    with pytest.raises(InputError) as told:
        decide(consultation, receipt=receipt, verdict="", reason=" \n", body="", layer="gardens")
    assert [one.field for one in told.value.problems] == ["verdict", "reason", "body", "change"]
    assert "第二十六条" in told.value.problems[1].hint("zh")
    assert consultation.voice(receipt).decision is None


def test_a_decision_is_on_something_that_is_there(consultation):
    with pytest.raises(NotFound):
        decide(consultation, receipt="HS-2026-003-00000-00000")
    with pytest.raises(NotFound):
        decide(consultation, group=9)
    with pytest.raises(ValueError, match="one of"):
        decide(consultation)


def test_the_second_of_two_who_decide_is_told_and_nothing_is_lost(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!")
    first = decide(consultation, group=group, seen=0)
    for subject in ({"group": group}, {"receipt": receipts[0]}):
        with pytest.raises(deciding.Meanwhile) as told:
            decide(consultation, by=LI, seen=0, verdict="rejected", **subject)
        assert told.value.theirs.id == first.id
        assert "mao" in told.value.message("en")
    decide(consultation, by=LI, seen=first.id, verdict="rejected", receipt=receipts[0])
    assert [one.decision.verdict for one in consultation.voices()] == ["rejected", "adopted"]


def test_of_eight_who_decide_at_once_one_does(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!")

    def act(number):
        subject = {"group": group} if number % 2 else {"receipt": receipts[0]}
        try:
            return consultation.do(
                deciding.decide,
                by=Person(f"p{number}"),
                clock=consultation.clock,
                seen=0,
                **WORDS,
                **subject,
            ).by
        except deciding.Meanwhile:
            return None

    with ThreadPoolExecutor(8) as pool:
        found = [one for one in pool.map(act, range(8)) if one]
    # A decision on the one does not stand in the way of the group, which is more.
    assert 1 <= len(found) <= 2
    assert len(consultation.logged("opinion-decided")) == len(found)


def test_reasons_are_offered_again_those_used_most_first(consultation):
    receipts = [consultation.say(str(number)) for number in range(3)]
    decide(consultation, receipt=receipts[0], verdict="rejected", reason="没有用地")
    decide(consultation, receipt=receipts[1])
    decide(consultation, receipt=receipts[2])
    found = consultation.ask(deciding.blocks, consultation.id)
    assert [(one.verdict, one.reason, one.count) for one in found] == [
        ("adopted", "绿带加宽 5 米", 2),
        ("rejected", "没有用地", 1),
    ]


def test_the_log_knows_each_field_of_a_decision(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!")
    decide(consultation, receipt=receipts[0])
    decide(consultation, group=group)
    own, of_group = (words for _actor, _subject, words in consultation.logged("opinion-decided"))
    first = consultation.voice(receipts[0])
    kept = consultation.ask(deciding.history, first)
    assert own["receipt"] == receipts[0]
    assert own["row"] == {
        "table": "opinion_decision",
        "key": [kept[0].id],
        "fields": digests(first.opinion.key, rows.values(kept[0])),
    }
    assert of_group["group"] == group
    assert of_group["row"]["fields"] == digests(rows.group_salt(group), rows.values(kept[1]))
    assert consultation.ask(journal.verify).broken is None


def test_the_versions_since_a_notice_opened_are_offered(town, published):
    published(town)
    catalog, store = Catalog.read(town), Store(town, software="test")
    layers = [one.id for one in catalog.layers]
    first = store.publications("gardens")[0]
    opened = datetime.fromisoformat(first.at)
    assert deciding.offers(store, layers, opened) == []
    assert deciding.offers(store, layers, None) == []
    edit(town, "gardens", lambda features: features[0]["properties"].update(name_zh="新园"))
    publish_layer(town, "gardens")
    [found] = deciding.offers(store, layers, opened)
    assert (found.layer, found.before) == ("gardens", first)
    assert found.publication == store.publications("gardens")[0]
    assert found.key == f"gardens/{found.publication.version}"


def test_a_version_leads_back_to_what_led_to_it(consultation, database):
    first, second = consultation.say("多种树"), consultation.say("少修路")
    other = Consultation(database, "2026-004")
    third = other.say("多种树")
    decide(consultation, receipt=first, layer="gardens", version="abc")
    decide(consultation, receipt=second, layer="gardens", version="abd")
    decide(other, receipt=third, layer="gardens", version="abc")
    found = consultation.ask(deciding.led_to, "gardens", "abc")
    told = [(one.notice.id, [own.opinion.receipt for own in one.voices]) for one in found]
    assert told == [("2026-003", [first]), ("2026-004", [third])]
    decide(other, receipt=third, verdict="rejected")
    found = consultation.ask(deciding.led_to, "gardens", "abc")
    assert [one.notice.id for one in found] == ["2026-003"]


def test_a_version_leads_back_to_every_member_of_a_group(consultation):
    group, receipts = grouped(consultation, "多种树", "多种树!")
    decide(consultation, group=group, layer="gardens", version="abc")
    [found] = consultation.ask(deciding.led_to, "gardens", "abc")
    assert [one.opinion.receipt for one in found.voices] == receipts


def test_the_public_is_told_each_text_once_and_nothing_that_is_hidden(consultation):
    receipts = [consultation.say(one) for one in ("多种树", "多种树。", "骂人", "少修路", "还没看")]
    for receipt in receipts:
        decide(consultation, receipt=receipt, layer="gardens", version="abc")
    for receipt in (*receipts[:2], receipts[3]):
        consultation.do(moderate, receipt, "show", masks=[(0, 1)], by=MAO, clock=consultation.clock)
    consultation.do(
        moderate, receipts[2], "withhold", code="insult", by=MAO, clock=consultation.clock
    )
    [found] = consultation.ask(deciding.led_to, "gardens", "abc")
    told = [(words, [one.opinion.number for one in own]) for words, own in found.told()]
    assert told == [("■种树", [1, 2]), ("■修路", [4]), (None, [3, 5])]
