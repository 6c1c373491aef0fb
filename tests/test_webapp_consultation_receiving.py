"""Taking opinions in: whole or not at all, once, in order, in time, and with a trace that holds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, text

from geo.errors import InputError
from tests.consulting import ADDRESS, CLOSES, DURING, OPENS, notice, photo, sent
from webapp import journal
from webapp.consultation import contacts, fields, receipts
from webapp.consultation.attachments import Cleaned, Files
from webapp.consultation.contacts import Details
from webapp.consultation.reading import notice_of, voice_of, voices
from webapp.consultation.receiving import Closed, is_unfit, problems_of_words, receive
from webapp.consultation.tables import Attachment, Contact, Opinion
from webapp.journal import Wanted
from webapp.settings import Settings

KEY = "a key that is long enough to be one 0123456789"
OF_NOTICE = Wanted(subject="2026-003")
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def desk(database, tmp_path):
    """Takes opinions in as a view does: one transaction each."""
    with database.writing() as session:
        session.add(notice())
    settings = Settings(data=tmp_path, contact_key=KEY)

    def take(one, *, at=DURING, notice_id="2026-003", settings=settings, **options):
        with database.writing() as session:
            wanted = notice_of(session, notice_id)
            return receive(session, Files(tmp_path), settings, wanted, one, at=at, **options)

    take.database, take.settings, take.files = database, settings, Files(tmp_path)
    return take


def codes(told):
    return {problem.kind.code for problem in told.value.problems}


def test_an_opinion_gets_a_number_a_receipt_and_an_entry(desk):
    photo_, topics = Cleaned(photo(), "image/jpeg"), ("green", "traffic")
    opinion = desk(sent(files=(photo_,), topics=topics, project="R08"))
    assert opinion.number == 1
    assert receipts.parse(opinion.receipt) == opinion.receipt
    assert opinion.receipt.startswith("HS-2026-003-")
    with desk.database.reading() as session:
        voice = voice_of(session, opinion.receipt)
        assert voice.opinion.words == "多种 1 棵树。"
        assert (voice.opinion.topics, voice.opinion.project) == (list(topics), "R08")
        assert voice.opinion.received_at == voice.opinion.entered_at == DURING
        [attachment] = voice.attachments
        assert desk.files.path(attachment.sha256).read_bytes() == photo_.content
        [entry] = journal.entries_of(session, OF_NOTICE)
        assert (entry.action, entry.actor) == ("opinion-received", "public")
        assert entry.words == fields.receipt_fields(voice.opinion, voice.attachments)
        assert "多种" not in entry.detail


def test_the_same_key_twice_is_one_opinion(desk):
    first, again = desk(sent()), desk(sent(words="something else"))
    assert (first.receipt, first.number) == (again.receipt, again.number)
    with desk.database.reading() as session:
        assert len(voices(session, "2026-003")) == journal.head(session)[0] == 1


def test_the_same_key_gives_its_receipt_after_the_end_too(desk):
    assert desk(sent()).receipt == desk(sent(), at=CLOSES + timedelta(days=1)).receipt


def test_many_at_once_are_numbered_without_a_gap(desk):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: desk(sent(number % 20)), range(40)))
    assert sorted({one.number for one in taken}) == list(range(1, 21))
    assert len({one.receipt for one in taken}) == 20
    with desk.database.reading() as session:
        assert [one.opinion.number for one in voices(session, "2026-003")] == list(range(1, 21))
        verdict = journal.verify(session)
        assert (verdict.count, verdict.broken) == (20, None)


def test_notices_count_each_for_itself(desk):
    with desk.database.writing() as session:
        session.add(notice("2026-004"))
    desk(sent(1))
    assert desk(sent(2), notice_id="2026-004").number == 1


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        (OPENS - MICROSECOND, False),
        (OPENS, True),
        (CLOSES - MICROSECOND, True),
        (CLOSES, False),
        (CLOSES + timedelta(seconds=1), False),
    ],
)
def test_to_the_last_moment_and_not_after_it(desk, at, taken):
    if taken:
        assert desk(sent(), at=at).received_at == at
        return
    with pytest.raises(Closed) as told:
        desk(sent(), at=at)
    assert ADDRESS in told.value.hint("zh")
    assert ADDRESS in told.value.hint("en")
    with desk.database.reading() as session:
        assert journal.head(session)[0] == 0


def test_a_withdrawn_notice_takes_none_and_one_without_an_address_says_where(desk):
    with desk.database.writing() as session:
        session.add(notice("2026-005", withdrawn_at=OPENS, address=""))
    with pytest.raises(Closed) as told:
        desk(sent(), notice_id="2026-005")
    assert "撤回" in told.value.message("zh")
    assert "公示单位" in told.value.hint("zh")


def test_everything_wrong_is_told_at_once(desk):
    with pytest.raises(InputError) as told:
        desk(
            sent(
                words=" \u200b\n",
                stance="furious",
                topics=("green", "x"),
                project="R99",
                files=(Cleaned(b"", "image/png"),) * 6,
                contact=Details(phone="call me", email="nobody"),
            )
        )
    assert codes(told) == {"opinion-empty", "opinion-choice", "opinion-files", "contact"}
    wrong = [problem.field for problem in told.value.problems]
    assert wrong == [
        "words",
        "stance",
        "topics",
        "project",
        "files",
        "contact-phone",
        "contact-email",
    ]
    assert "call me" not in str(told.value.problems)


def test_a_notice_may_have_topics_of_its_own(desk):
    with desk.database.writing() as session:
        session.add(notice("2026-006", topics=[{"id": "dam", "zh": "堤", "en": "Dam"}]))
    assert desk(sent(1, topics=("dam",)), notice_id="2026-006").topics == ["dam"]
    with pytest.raises(InputError):
        desk(sent(2, topics=("green",)), notice_id="2026-006")


def test_when_the_log_cannot_be_written_nothing_was_received(desk, monkeypatch):
    def fail(*_arguments, **_more):
        raise OSError("the disk")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "append", fail)
        with pytest.raises(OSError, match="disk"):
            desk(sent())
    with desk.database.reading() as session:
        assert voices(session, "2026-003") == []
    assert desk(sent()).number == 1


def test_one_on_paper_is_entered_by_the_staff(desk):
    entered = CLOSES + timedelta(days=2)
    scan = Cleaned(b"scan", "application/pdf")
    one = sent(files=(scan,))
    opinion = desk(one, at=CLOSES - MICROSECOND, channel="paper", by="mo", entered_at=entered)
    assert (opinion.channel, opinion.entered_by, opinion.entered_at) == ("paper", "mo", entered)
    with desk.database.reading() as session:
        assert voice_of(session, opinion.receipt).attachments[0].is_scan
        [entry] = journal.entries_of(session, OF_NOTICE)
        assert (entry.action, entry.actor) == ("opinion-entered", "mo")


# ---------------------------------------------------------------- words

NASTY = [
    "\u202eright to left\u202c",
    "zero\u200bwidth\u200d\ufeff",
    "👩‍👩‍👧‍👦 𠮷野家 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Z" + "\u0301\u0316" * 900,
    "{{7*7}} {% raw %} ${1} <script>alert(1)</script> &lt; '\"",
    "=1+1\n\ttabbed \u2028\u2029 \u3000 end ",
    "\ue000\U0010fffd",
]


@pytest.mark.parametrize("words", NASTY)
def test_nasty_words_come_back_as_they_were_sent(desk, words):
    receipt = desk(sent(words=words)).receipt
    with desk.database.reading() as session:
        assert voice_of(session, receipt).opinion.words == words


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
@example("\0")
@example("a\x0bb")
@example("\x85 ￿")
def test_a_character_is_kept_or_told(words):
    unfit = {one for one in words if is_unfit(one)}
    [*told] = [one for one in problems_of_words(words) if one.kind.code == "opinion-unfit"]
    assert bool(told) == bool(unfit)
    for one in unfit:
        assert f"U+{ord(one):04X}" in told[0].message("en") or len(unfit) > 10
    assert not unfit & set("\n\t")


def test_characters_are_counted_as_people_count_them():
    assert problems_of_words("𠮷" * 2000) == []
    [told] = problems_of_words("𠮷" * 2001)
    assert "2001" in told.message("zh")


# ---------------------------------------------------------------- contact data


def test_contact_data_is_sealed_and_found_nowhere_else(desk, caplog):
    details = Details(name="张三", phone="0510-8359 1234", email="zhang@example.org")
    opinion = desk(sent(contact=details))
    with desk.database.reading() as session:
        kept = session.get(Contact, opinion.id)
        assert contacts.open_sealed(KEY, kept.sealed) == details.given
        assert b"zhang" not in kept.sealed
        assert "zhang" not in session.scalar(select(journal.Entry.detail))
    assert "zhang" not in repr(details) + repr(sent(contact=details)) + caplog.text


def test_without_a_key_or_without_data_nothing_is_kept(desk):
    without = Settings(data=desk.settings.data)
    desk(sent(1, contact=Details(name="张三")), settings=without)
    desk(sent(2, contact=Details()))
    with desk.database.reading() as session:
        assert session.scalars(select(Contact)).all() == []


def test_seals_differ_and_their_length_tells_nothing():
    short, long_ = {"name": "a"}, {"name": "a" * 90, "email": "b" * 60 + "@example.org"}
    sealed = [contacts.seal(KEY, one) for one in (short, short, long_)]
    assert len(set(sealed)) == 3
    assert len({len(one) for one in sealed}) == 1
    assert [contacts.open_sealed(KEY, one) for one in sealed] == [short, short, long_]


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_seal_that_was_changed_or_has_another_key_does_not_open(place):
    sealed = bytearray(contacts.seal(KEY, {"name": "a"}))
    with pytest.raises(InputError):
        contacts.open_sealed(KEY + "x", bytes(sealed))
    sealed[place] ^= 1
    for wrong in (bytes(sealed), b"", b"\x01"):
        with pytest.raises(InputError):
            contacts.open_sealed(KEY, wrong)


# ---------------------------------------------------------------- digests


def test_digests_name_a_field_that_was_changed_behind_the_programs_back(desk):
    opinion = desk(sent(files=(Cleaned(b"x", "image/png"),)))
    with desk.database.writing() as session:
        session.execute(text("UPDATE opinion SET words = 'no trees' WHERE number = 1"))
        session.execute(text("UPDATE opinion_attachment SET size = 7"))
    with desk.database.reading() as session:
        [entry] = journal.entries_of(session, OF_NOTICE)
        found = session.get(Opinion, opinion.id)
        now = fields.receipt_fields(found, session.scalars(select(Attachment)).all())
    before = entry.words["fields"]
    changed = {name for name in before if before[name] != now["fields"][name]}
    assert changed == {"words", "attachments"}


def test_digests_are_salted_and_know_moments_bytes_and_lists():
    values = {"a": DURING, "b": b"\x00", "c": ["x", None, 1], "d": "x", "e": "x"}
    found = fields.digests("salt", values)
    assert found == fields.digests("salt", {**values, "a": DURING.astimezone(UTC)})
    assert found["d"] != found["e"]
    assert set(found.values()).isdisjoint(fields.digests("pepper", values).values())
    with pytest.raises(TypeError):
        fields.digests("salt", {"a": object()})
