"""States, counted days, receipts, masks and counts: the rules that everything else stands on."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.consultation import receipts
from webapp.consultation.clock import ZONE, SetClock, day_of, end_of
from webapp.consultation.procedures import (
    PROCEDURES,
    close_after,
    counted_days,
    day_number,
    least_close,
)
from webapp.consultation.reading import masked, same_text
from webapp.consultation.states import STATES, TAKES_OPINIONS, state_of

OPENS = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
CLOSES = datetime(2026, 4, 2, 0, 0, tzinfo=ZONE)
SECOND = timedelta(seconds=1)


def dated(**moments):
    names = ("published_at", "opens_at", "closes_at", "answered_at", "withdrawn_at")
    return SimpleNamespace(**{name: moments.get(name) for name in names})


PUBLISHED = {"published_at": OPENS - timedelta(days=2), "opens_at": OPENS, "closes_at": CLOSES}


@pytest.mark.parametrize(
    ("moments", "now", "state"),
    [
        ({}, OPENS, "draft"),
        ({"opens_at": OPENS, "closes_at": CLOSES}, OPENS, "draft"),
        (PUBLISHED, OPENS - SECOND, "scheduled"),
        (PUBLISHED, OPENS, "open"),
        (PUBLISHED, CLOSES - timedelta(days=3) - SECOND, "open"),
        (PUBLISHED, CLOSES - timedelta(days=3), "closing"),
        (PUBLISHED, CLOSES - SECOND, "closing"),
        (PUBLISHED, CLOSES, "closed"),
        (PUBLISHED | {"answered_at": CLOSES}, CLOSES + SECOND, "answered"),
        (PUBLISHED | {"withdrawn_at": OPENS}, OPENS + SECOND, "withdrawn"),
        (PUBLISHED | {"withdrawn_at": OPENS, "answered_at": CLOSES}, CLOSES, "withdrawn"),
    ],
)
def test_the_state_follows_from_the_moments(moments, now, state):
    found = state_of(dated(**moments), now)
    assert found == state
    assert found in STATES


def test_opinions_are_taken_to_the_last_second():
    notice = dated(**PUBLISHED)
    assert state_of(notice, CLOSES - timedelta(microseconds=1)) in TAKES_OPINIONS
    assert state_of(notice, CLOSES) not in TAKES_OPINIONS


def test_a_clock_of_another_zone_changes_nothing():
    assert state_of(dated(**PUBLISHED), CLOSES.astimezone(UTC)) == "closed"


def test_a_set_clock_goes_forward_only_when_it_is_told():
    clock = SetClock(OPENS)
    assert clock.now() == clock.now() == OPENS
    clock.forward(days=1, seconds=1)
    assert clock.now() == OPENS + timedelta(days=1) + SECOND


def test_thirty_days_begin_on_the_next_day_and_end_with_the_day():
    close = least_close(PROCEDURES["plan-draft"], OPENS)
    assert close == datetime(2026, 4, 2, 0, 0, tzinfo=ZONE)
    assert counted_days(OPENS, close) == 30
    assert counted_days(OPENS, close - SECOND) == 29
    assert day_number(OPENS, date(2026, 3, 2)) == 0
    assert day_number(OPENS, date(2026, 4, 1)) == 30


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - naive is asked for
    st.integers(min_value=0, max_value=400),
)
def test_days_that_are_asked_for_are_the_days_that_are_counted(opens, days):
    opens = opens.replace(tzinfo=ZONE)
    close = close_after(opens, days)
    assert counted_days(opens, close) == days
    assert close == end_of(day_of(close - timedelta(microseconds=1)))


# ---------------------------------------------------------------- receipts


def test_receipts_differ_and_are_read_as_people_type_them():
    made = {receipts.make("HS", "2026-003") for _ in range(200)}
    assert len(made) == 200
    for receipt in made:
        assert receipt.startswith("HS-2026-003-")
        assert receipts.parse(receipt) == receipt
        assert receipts.parse(f"  {receipt.lower().replace('-', ' ')}\n") == receipt
        assert receipts.parse(receipt.replace("-", "—")) == receipt
        assert receipts.parse(receipt.replace("-", "")) == receipt


CODE = "7F3K9-2QXM"


def test_letters_that_look_like_figures_are_taken_for_them():
    code = "1010A-22ZZ"
    whole = f"HS-2026-003-{code}{receipts.check_character(code.replace('-', ''))}"
    assert receipts.parse(whole.replace("-1010A", "-IOLOA")) == whole


def test_every_wrong_character_and_nearly_every_exchange_is_noticed():
    code = CODE.replace("-", "")
    whole = code + receipts.check_character(code)
    for place in range(len(whole)):
        for other in receipts.ALPHABET:
            wrong = whole[:place] + other + whole[place + 1 :]
            told = receipts.parse(f"HS-2026-003-{wrong[:5]}-{wrong[5:]}")
            assert (told is not None) == (wrong == whole)
    exchanged = [whole[:n] + whole[n + 1] + whole[n] + whole[n + 2 :] for n in range(9)]
    assert [receipts.parse(f"HS-2026-003-{one[:5]}-{one[5:]}") for one in exchanged] == [None] * 9


@pytest.mark.parametrize(
    "typed", ["", "HS", "HS-2026-003", "惠山", "HS-2026-003-UUUUU-UUUUU", "x" * 9999]
)
def test_what_is_no_receipt_is_none(typed):
    assert receipts.parse(typed) is None


# ---------------------------------------------------------------- words


@given(st.text(), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_a_mask_never_changes_how_long_a_text_is(words, masks):
    shown = masked(words, [sorted(one) for one in masks])
    assert len(shown) == len(words)
    hidden = {n for one in masks for n in range(*sorted(one))}
    assert all(shown[n] == words[n] for n in range(len(words)) if n not in hidden)


def test_texts_are_the_same_without_blanks_and_punctuation():
    assert same_text("多种树！ 少修路。") == same_text("多种树,少修路")
    assert same_text("ＡＢ c") == same_text("abC!")
    assert same_text("多种树") != same_text("少种树")
    assert same_text("!!!") == "!!!"
