"""Opinions on paper, of meetings and by telephone: one register, the day of receipt counts."""

from datetime import date, datetime, time, timedelta

import pytest

from geo.errors import InputError
from tests.voices import CLOSES, LI, OPENS, Consultation
from webapp.consultation import entering, reading
from webapp.consultation.attachments import Files
from webapp.consultation.clock import ZONE
from webapp.consultation.receiving import Closed, Sent
from webapp.consultation.tables import Notice
from webapp.settings import Settings


@pytest.fixture
def consultation(database):
    return Consultation(database, projects=["R08"])


def enter(consultation, tmp_path, words="多种树", channel="paper", at=OPENS, key="k", **values):
    def act(session):
        return entering.enter(
            session,
            Files(tmp_path),
            Settings(data=tmp_path),
            reading.notice_of(session, consultation.id),
            Sent(key=key, words=words, **values),
            channel=channel,
            received_at=at,
            by=LI,
            clock=consultation.clock,
        )

    return consultation.do(act)


def test_a_letter_stands_in_the_same_register(consultation, tmp_path):
    consultation.say("少修路")
    consultation.clock.at = CLOSES + timedelta(days=3)
    made = enter(consultation, tmp_path, at=CLOSES - timedelta(seconds=1), project="R08")
    assert (made.number, made.channel, made.entered_by) == (2, "paper", "li.hua")
    assert made.received_at == CLOSES - timedelta(seconds=1)
    assert made.entered_at == CLOSES + timedelta(days=3)
    assert made.receipt.startswith("HS-2026-003-")
    assert reading.tally(consultation.voices()).by_channel == {"web": 1, "paper": 1}
    [(actor, subject, told)] = consultation.logged("opinion-entered")
    assert (actor, subject, told["receipt"]) == ("li.hua", "2026-003", made.receipt)


def test_the_same_form_twice_is_one_opinion(consultation, tmp_path):
    receipts = {enter(consultation, tmp_path).receipt for _ in range(2)}
    assert len(receipts) == 1
    assert len(consultation.voices()) == 1


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"at": CLOSES}, "entry-late"),
        ({"at": OPENS - timedelta(days=1)}, "entry-before"),
        ({"at": CLOSES + timedelta(days=9)}, "entry-ahead"),
        ({"channel": "web"}, "entry-channel"),
        ({"channel": ""}, "entry-channel"),
        ({"words": " \n"}, "opinion-empty"),
        ({"project": "R01"}, "opinion-choice"),
    ],
)
def test_what_cannot_be_entered_is_told(consultation, tmp_path, values, code):
    consultation.clock.at = CLOSES + timedelta(days=5)
    with pytest.raises(InputError) as told:
        enter(consultation, tmp_path, **values)
    assert code in [one.kind.code for one in told.value.problems]
    assert consultation.voices() == []


def test_everything_that_is_wrong_is_told_at_once(consultation, tmp_path):
    with pytest.raises(InputError) as told:
        enter(consultation, tmp_path, words="", channel="x", at=OPENS - timedelta(days=1))
    codes = [one.kind.code for one in told.value.problems]
    assert codes == ["entry-channel", "entry-before", "opinion-empty"]


def test_a_notice_that_was_withdrawn_takes_no_letters(consultation, tmp_path, database):
    with database.writing() as session:
        session.get(Notice, "2026-003").withdrawn_at = OPENS
    with pytest.raises(Closed):
        enter(consultation, tmp_path)


@pytest.mark.parametrize(
    ("day", "at", "wanted"),
    [
        (date(2026, 3, 2), None, OPENS),
        (date(2026, 3, 3), None, datetime(2026, 3, 3, tzinfo=ZONE)),
        (date(2026, 4, 1), None, datetime(2026, 4, 1, tzinfo=ZONE)),
        (date(2026, 4, 1), time(17, 30), datetime(2026, 4, 1, 17, 30, tzinfo=ZONE)),
        (date(2026, 3, 2), time(8), datetime(2026, 3, 2, 8, tzinfo=ZONE)),
    ],
)
def test_the_moment_of_a_day(day, at, wanted):
    notice = Notice(id="2026-003", opens_at=OPENS, closes_at=CLOSES)
    assert entering.moment_of(notice, day, at) == wanted
