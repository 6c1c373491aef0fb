"""Letters reach a real SMTP server once, whatever happens on the way; contact data goes nowhere."""

import logging
import smtplib
import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from tests.consulting import CLOSES, DURING, notice, sent
from webapp.accounts import Person
from webapp.chores import Chores
from webapp.consultation import contacts, deciding, grouping, mailing, purging
from webapp.consultation.attachments import Files
from webapp.consultation.clock import SetClock
from webapp.consultation.contacts import Details
from webapp.consultation.mailing import GRACE, MOST_TRIES, Refused, Round, Unreachable, pause
from webapp.consultation.reading import notice_of
from webapp.consultation.receiving import receive
from webapp.consultation.tables import Contact, Mail, Opinion
from webapp.settings import Settings

ID, BY = "2026-003", Person("mao", "毛")
KEY = "a key that is long enough to be one 0123456789"
WORDS = {"verdict": "adopted", "reason": "绿带加宽 5 米", "body": "规划建设局"}
ADDRESS = "li.hua@example.org"


class Box:
    """Keeps what a mail server took; refuses or delays as it is told."""

    def __init__(self):
        self.taken, self.answer = [], "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server, _session, envelope):
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def box():
    """A real SMTP server on a port of the loopback, in a thread of its own."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    found = Box()
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    found.address = f"127.0.0.1:{port}"
    found.stop = controller.stop
    yield found
    if controller._thread is not None:
        controller.stop()


class Office:
    """A notice whose authors may be written to."""

    def __init__(self, database, data, server):
        self.database, self.clock, self.data = database, SetClock(DURING), data
        self.settings = Settings(
            data=data,
            contact_key=KEY,
            mail_server=server,
            mail_from="notice@huishan.example",
            public_url="https://plan.example.org/huitu/",
        )
        with database.writing() as session:
            session.add(notice(title_zh="公园\r\nBcc: all@example.org"))

    def send(self, number=1, email=ADDRESS, name="李华"):
        with self.database.writing() as session:
            return receive(
                session,
                Files(self.data),
                self.settings,
                notice_of(session, ID),
                sent(number, contact=Details(name=name, email=email)),
                at=self.clock.now(),
            ).receipt

    def decide(self, **words):
        with self.database.writing() as session:
            return deciding.decide(session, **{**WORDS, **words}, by=BY, clock=self.clock)

    def post(self, post=None):
        found = post or mailing.Server(self.settings)
        return mailing.post_due(self.database, self.settings, found, self.clock)

    def mails(self):
        with self.database.reading() as session:
            return session.scalars(select(Mail).order_by(Mail.id)).all()


@pytest.fixture
def office(database, tmp_path, box):
    return Office(database, tmp_path, box.address)


def test_a_receipt_goes_out_once_with_its_link_and_none_of_the_words(office, box):
    receipt = office.send()
    assert office.post() == Round(sent=1)
    assert office.post() == Round()
    ((to, message),) = box.taken
    assert to == [ADDRESS]
    text = message.get_content()
    assert f"https://plan.example.org/huitu/receipts/{receipt}" in text
    assert "已于 2026-03-05 09:00 收到" in text
    assert "was received at" in text
    assert "多种" not in text
    assert message["From"] == "notice@huishan.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert office.mails()[0].sent_at == office.clock.now()


def test_a_title_cannot_become_a_header(office, box):
    office.send()
    office.post()
    ((to, message),) = box.taken
    assert to == [ADDRESS]
    assert message["Bcc"] is None
    assert message["Subject"].endswith("公园 Bcc: all@example.org")


@pytest.mark.parametrize(
    "address",
    ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a@b\n", "", "<a@b>"],
)
def test_an_address_that_is_more_than_one_goes_nowhere(office, box, address):
    receipt = office.send()
    with office.database.writing() as session:
        opinion = session.scalars(select(Opinion).where(Opinion.receipt == receipt)).one()
        session.get(Contact, opinion.id).sealed = contacts.seal(KEY, {"email": address})
    assert office.post() == Round(given_up=1)
    assert box.taken == []


def test_no_letter_without_an_address_or_a_server(office, tmp_path):
    office.send(1, email="")
    office.settings = office.settings.model_copy(update={"mail_server": ""})
    office.send(2)
    assert office.mails() == []
    assert not mailing.enabled(office.settings)


def test_a_server_that_is_away_is_tried_again_and_later_each_time(office, box):
    office.send()
    box.stop()
    for tries in range(1, MOST_TRIES):
        assert office.post() == Round(put_off=1), tries
        assert office.post() == Round()
        office.clock.at += pause(tries)
    assert office.mails()[0].tries == MOST_TRIES - 1
    assert office.post() == Round(given_up=1)
    office.clock.forward(days=1)
    assert office.post() == Round()


def test_pauses_grow_to_a_bound():
    pauses = [pause(tries) for tries in range(1, MOST_TRIES)]
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=16)]
    assert pauses[-1] == timedelta(hours=6)


def test_a_letter_that_was_put_off_arrives(office, box):
    office.send()
    box.answer = "451 later"
    assert office.post() == Round(put_off=1)
    box.answer = "250 OK"
    office.clock.at += pause(1)
    assert office.post() == Round(sent=1)
    assert len(box.taken) == 1


def test_an_address_that_is_refused_for_good_is_given_up(office, box):
    office.send()
    box.answer = "550 nobody"
    assert office.post() == Round(given_up=1)
    office.clock.forward(days=1)
    assert office.post() == Round()


def test_a_letter_that_was_claimed_is_nobody_elses(office):
    office.send()
    seen = []

    def post(message):
        seen.append(message["To"])
        assert office.post() == Round()

    assert office.post(post) == Round(sent=1)
    assert len(seen) == 1


def test_every_author_of_a_group_is_told_the_decision_that_holds(office, box):
    first, second, third = (office.send(n, email=f"a{n}@example.org") for n in (1, 2, 3))
    office.post()
    with office.database.writing() as session:
        made = grouping.group(session, ID, [first, second], "树", by=BY, clock=office.clock)
    office.decide(group=made.id, verdict="rejected", reason="没有用地")
    office.decide(receipt=third)
    assert office.post() == Round()
    office.clock.forward(minutes=5)
    office.decide(group=made.id)
    office.clock.at += GRACE
    # The first decision on the group holds no more: its letters are given up.
    assert office.post() == Round(sent=3, given_up=2)
    letters = [(to[0], message.get_content()) for to, message in box.taken[3:]]
    assert sorted(to for to, _text in letters) == [f"a{n}@example.org" for n in (1, 2, 3)]
    for _to, text in letters:
        assert "采纳情况：采纳" in text
        assert "绿带加宽 5 米" in text
        assert "Decision: Adopted" in text


def test_the_close_is_told_once(office, box):
    office.send()
    office.post()
    office.clock.at = CLOSES
    assert office.post() == Round(sent=1)
    assert office.post() == Round()
    assert "已于 2026-04-01 24:00 截止" in box.taken[-1][1].get_content()


def test_letters_of_long_ago_are_not_sent(office, box):
    office.send()
    office.clock.forward(days=8)
    assert office.post() == Round(given_up=1)
    assert box.taken == []


def test_what_a_server_says_is_kept_nowhere(office, caplog, tmp_path):
    office.send()

    def post(_message):
        raise Unreachable

    caplog.set_level(logging.DEBUG)
    office.post(post)
    Chores(office.settings, office.database, office.clock).do()
    assert ADDRESS not in caplog.text


def test_refusals_say_nothing_of_the_address(office, box, monkeypatch):
    server = mailing.Server(office.settings)

    def refuse(*_args, **_options):
        raise smtplib.SMTPRecipientsRefused({ADDRESS: (550, ADDRESS.encode())})

    monkeypatch.setattr(smtplib.SMTP, "send_message", refuse)
    with pytest.raises(Refused) as told:
        server(None)
    assert ADDRESS not in repr(told.value)
    assert told.value.__suppress_context__


def test_the_chores_send_delete_and_note(office, box):
    office.send()
    chores = Chores(office.settings, office.database, office.clock)
    chores.do()
    assert len(box.taken) == 1
    assert (office.data / "log-heads.txt").read_text().count("\n") == 1
    with office.database.writing() as session:
        notice_of(session, ID).answered_at = DURING
    chores.do()
    with office.database.reading() as session:
        assert session.scalars(select(Contact)).one().sealed is not None
    office.clock.forward(days=office.settings.contact_days)
    chores.do()
    with office.database.reading() as session:
        contact = session.scalars(select(Contact)).one()
    assert (contact.sealed, contact.purged_at) == (None, office.clock.now())


def test_purged_contacts_get_no_letter(office, box):
    office.send()
    with office.database.writing() as session:
        notice_of(session, ID).answered_at = DURING
        assert purging.purge(session, DURING, 0) == {ID: 1}
    assert office.post() == Round()
    assert box.taken == []
