"""Notices and opinions for tests: plain rows, a clock that stands, and short ways to ask."""

from datetime import datetime, timedelta

from webapp import journal
from webapp.accounts import Person
from webapp.consultation import reading, receipts
from webapp.consultation.clock import ZONE, SetClock
from webapp.consultation.tables import Notice, Opinion

OPENS = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
CLOSES = datetime(2026, 4, 2, 0, 0, tzinfo=ZONE)
MAO, LI = Person("mao", "毛"), Person("li.hua", "李华")


class Consultation:
    """A notice that is open in a database, and what is done with its opinions."""

    def __init__(self, database, notice_id="2026-003", **words):
        self.database, self.id, self.clock = database, notice_id, SetClock(OPENS)
        with database.writing() as session:
            session.add(notice(notice_id, **words))

    def say(self, words, **values):
        """An opinion is received; give its receipt."""
        self.clock.forward(minutes=1)
        with self.database.writing() as session:
            made = opinion(session, self.id, words, self.clock.now(), **values)
        return made.receipt

    def do(self, act, *args, **values):
        """Do something in a transaction of its own."""
        with self.database.writing() as session:
            return act(session, *args, **values)

    def ask(self, question, *args):
        """Ask something."""
        with self.database.reading() as session:
            return question(session, *args)

    def voices(self):
        """Every opinion with what became of it."""
        return self.ask(reading.voices, self.id)

    def voice(self, receipt):
        """One opinion with what became of it."""
        return self.ask(reading.voice_of, receipt)

    def logged(self, action):
        """What the log tells of an action, the oldest first."""
        with self.database.reading() as session:
            found = list(journal.entries_of(session, journal.Wanted(action=action)))
        return [(one.actor, one.subject, one.words) for one in found]


def notice(notice_id="2026-003", **words):
    """A notice that is open for thirty days."""
    values = {
        "title_zh": "惠山新城中央公园",
        "title_en": "Central Park",
        "plain_zh": "",
        "plain_en": "",
        "procedure": "plan-draft",
        "organiser": "惠山经济开发区规划建设局",
        "projects": [],
        "topics": [],
        "compared": [],
        "revision": 1,
        "begun_by": "mao",
        "begun_at": OPENS - timedelta(days=3),
        "published_by": "mao",
        "published_at": OPENS - timedelta(days=2),
        "opens_at": OPENS,
        "closes_at": CLOSES,
    }
    return Notice(id=notice_id, **{**values, **words})


def opinion(session, notice_id, words, at, **values):
    """An opinion as it is received by the web, or as the values say."""
    number = len(reading.voices(session, notice_id)) + 1
    receipt = receipts.make("HS", notice_id)
    plain = {
        "channel": "web",
        "received_at": at,
        "entered_at": at,
        "entered_by": None,
        "stance": None,
        "topics": [],
        "project": None,
    }
    made = Opinion(
        notice_id=notice_id,
        number=number,
        receipt=receipt,
        key=f"key-{receipt}",
        words=words,
        **{**plain, **values},
    )
    session.add(made)
    session.flush()
    return made
