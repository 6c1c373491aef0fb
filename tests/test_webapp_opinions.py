"""Giving an opinion without scripts: form, preview, receipt; and nothing written is lost."""

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import copy_sources
from tests.consulting import ADDRESS, CLOSES, DURING, OPENS, notice, paper, photo, told_photo
from tests.desk import Desk
from webapp import clocks, limits
from webapp.consultation import receipts, spam, staging
from webapp.consultation.clock import SetClock
from webapp.consultation.reading import voice_of, voices
from webapp.consultation.spam import Form, proves

WORDS = "多种树，\n少修路。"
FORM = "/consultations/2026-003/opinion"
_INPUT = re.compile(r'name="form" value="([^"]+)"')
CONTACT_KEY = "a key that is long enough to be one 0123456789"


class Resident:
    """Somebody at the form, with the clock in our hand."""

    def __init__(self, desk, clock):
        self.desk, self.clock = desk, clock
        self.client = desk.app.test_client()
        self.token = None

    def open(self, query=""):
        """Open the form, and take the time to fill it in."""
        answer = self.client.get(FORM + query)
        self.token = _INPUT.search(answer.text)[1]
        self.clock.forward(seconds=20)
        return answer

    def press(self, do="preview", files=(), **fields):
        """Press a button of the form."""
        data = {"form": self.token, "words": WORDS, "do": do, **fields}
        data["files"] = [(io.BytesIO(content), name) for name, content in files]
        answer = self.client.post(FORM, data=data, content_type="multipart/form-data")
        if found := _INPUT.search(answer.text):
            self.token = found[1]
        return answer

    def send(self, **fields):
        """Go the whole way; give the receipt."""
        self.open()
        assert self.press(**fields).status_code == 200
        answer = self.press("send", **fields)
        assert answer.status_code == 303, answer.text
        return answer.location.split("/")[2]

    def voices(self):
        """What was received."""
        with self.desk.database.reading() as session:
            return voices(session, "2026-003")


@pytest.fixture
def clock():
    return SetClock(DURING)


@pytest.fixture
def make_resident(sample, tmp_path, clock):
    """A resident at an application with a notice; the plan is the sample's."""
    made = []

    def make(url="", **settings):
        data = tmp_path / "data"
        if not data.exists():
            copy_sources(sample, data)
            (data / "published").symlink_to(sample / "published")
        desk = Desk(data, url, add=False, **settings)
        clocks.install(desk.app, clock)
        made.append(desk)
        with desk.database.writing() as session:
            session.add(notice())
        return Resident(desk, clock)

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def resident(make_resident):
    return make_resident(contact_key=CONTACT_KEY)


@pytest.fixture
def on_each(make_resident, database_url):
    """A resident on SQLite, and one on PostgreSQL."""
    return make_resident(database_url)


# ---------------------------------------------------------------- the whole way


def test_form_preview_receipt_status(on_each):
    resident = on_each
    assert "发表意见" in resident.open("?project=R08").text
    preview = resident.press(project="R08", stance="oppose", topics=["green", "traffic"])
    assert preview.status_code == 200
    assert "会公开" in preview.text
    assert "不会公开" in preview.text
    assert resident.voices() == []
    sent = resident.press("send", project="R08", stance="oppose", topics=["green", "traffic"])
    assert sent.status_code == 303
    [voice] = resident.voices()
    opinion = voice.opinion
    assert sent.location == f"/receipts/{opinion.receipt}/slip"
    assert (opinion.words, opinion.stance, opinion.project) == (WORDS, "oppose", "R08")
    assert opinion.topics == ["green", "traffic"]
    slip = resident.client.get(sent.location).text
    assert opinion.receipt in slip
    assert "<svg" in slip
    page = resident.client.get(f"/receipts/{opinion.receipt}").text
    assert WORDS in page
    assert "等待审核" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_passes_the_gate(resident, gate, lang):
    through = gate(resident.desk.app, resident.client)
    receipt = resident.send(topics=["green"])
    addresses = [FORM, "/receipts", f"/receipts/{receipt}", f"/receipts/{receipt}/slip"]
    for address in addresses:
        through.open(f"{address}?lang={lang}", lang=lang)
    resident.clock.at = CLOSES
    assert ADDRESS in through.open(f"{FORM}?lang={lang}", lang=lang).text


def test_a_project_is_chosen_by_the_address_and_one_of_another_notice_is_told(resident, gate):
    through = gate(resident.desk.app)
    chosen = through.open(f"{FORM}?project=R08").one("option", value="R08")
    assert chosen.get("selected") is not None
    page = through.open(f"{FORM}?project=R01")
    assert "“R01”不在这次公示里" in page.text


# ---------------------------------------------------------------- once, and in time


def test_a_double_click_is_one_opinion_with_one_receipt(resident):
    resident.open()
    resident.press()
    answers = {resident.press("send").location for _ in range(3)}
    assert len(answers) == len(resident.voices()) == 1
    # Also when it is begun anew with the same text, after a lost connection.
    assert {resident.press("preview").location} == answers
    assert resident.press("edit").status_code == 200


def test_what_was_sent_is_found_after_the_end_when_it_is_sent_again(resident):
    resident.open()
    resident.press()
    first = resident.press("send").location
    resident.clock.at = CLOSES + timedelta(days=1)
    assert resident.press("send").location == first


def test_another_text_by_the_same_form_is_another_opinion(resident):
    resident.open()
    resident.press()
    first = resident.press("send").location.split("/")[2]
    again = resident.press("send", words="Something else")
    assert again.status_code == 200
    assert first in again.text
    assert "另一份意见" in again.text
    assert resident.press("send", words="Something else").status_code == 303
    assert [one.opinion.words for one in resident.voices()] == [WORDS, "Something else"]


def test_to_the_last_second(resident):
    resident.clock.at = CLOSES - timedelta(seconds=41)
    receipt = resident.send()
    assert receipts.parse(receipt)


def test_one_second_after_the_end_the_text_is_kept_and_the_address_told(resident):
    resident.open()
    resident.press(stance="support")
    resident.clock.at = CLOSES
    answer = resident.press("send", stance="support")
    assert answer.status_code == 409
    assert ADDRESS in answer.text
    assert WORDS in answer.text
    assert "已经截止" in answer.text
    assert 'value="preview"' not in answer.text
    assert resident.voices() == []


def test_a_notice_that_nobody_may_see_is_not_there(resident):
    with resident.desk.database.writing() as session:
        session.add(notice("2026-004", published_at=None))
    for id_ in ("2026-004", "2026-999"):
        assert resident.client.get(f"/consultations/{id_}/opinion").status_code == 404
        assert resident.client.post(f"/consultations/{id_}/opinion").status_code == 404
    resident.clock.at = OPENS - timedelta(seconds=1)
    assert resident.client.get(FORM).status_code == 404


# ---------------------------------------------------------------- nothing is lost


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"words": "x" * 2001}, "2001"),
        ({"project": "R99"}, "R99"),
        ({"stance": "furious"}, "furious"),
        ({"topics": ["nothing"]}, "nothing"),
        ({"contact-email": "nobody"}, "电子邮箱"),
        ({"homepage": "http://spam.example"}, "看不见的栏目"),
    ],
)
def test_every_error_keeps_the_text_the_choices_and_the_files(resident, wrong, said):
    resident.open()
    answer = resident.press(
        files=[("树.jpg", photo())],
        **{"stance": "oppose", "topics": ["green"], "project": "P01", "contact-name": "张三"}
        | wrong,
    )
    assert answer.status_code == 400
    assert said in answer.text
    assert wrong.get("words", WORDS) in answer.text
    assert "树.jpg" in answer.text
    assert 'value="张三"' in answer.text
    if "stance" not in wrong:
        assert re.search(r'value="oppose" checked', answer.text)
    assert "spam.example" not in answer.text
    assert resident.voices() == []


def test_haste_is_asked_to_press_once_more(resident):
    resident.open()
    resident.clock.forward(seconds=-18)
    answer = resident.press()
    assert answer.status_code == 400
    assert "太快" in answer.text
    assert WORDS in answer.text
    resident.clock.forward(seconds=9)
    assert resident.press().status_code == 200


@pytest.mark.parametrize("token", ["", "nonsense", "W10.x"])
def test_a_form_of_nobody_is_made_anew_with_everything_in_it(resident, token):
    resident.token = token
    answer = resident.press(stance="support")
    assert answer.status_code == 400
    assert WORDS in answer.text
    resident.clock.forward(seconds=9)
    assert resident.press(stance="support").status_code == 200


def test_the_form_of_another_notice_is_no_form_of_this(resident):
    with resident.desk.database.writing() as session:
        session.add(notice("2026-004"))
    other = resident.client.get("/consultations/2026-004/opinion").text
    resident.token = _INPUT.search(other)[1]
    resident.clock.forward(seconds=9)
    assert resident.press().status_code == 400


def test_control_characters_are_told_and_taken_out_before_the_eyes_of_the_author(resident):
    resident.open()
    answer = resident.press(words="a\0b\x0bc")
    assert answer.status_code == 400
    assert "U+0000" in answer.text
    assert "已去掉这些控制字符" in answer.text
    assert "\nabc</textarea>" in answer.text


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n\t"),
        min_size=1,
        max_size=200,
    )
    | st.sampled_from(
        [
            "\n\nleading lines",
            "\u202ereversed\u202c \u2066isolated\u2069",
            "zero\u200bwidth\u200d\ufeff\u2060",
            "👩‍👩‍👧‍👦𠮷野家🏴",
            "Z" + "\u0301\u0316\u20dd" * 600,
            "{{7*7}}{% raw %}${1}<script>alert(1)</script>&amp;\"'</textarea>",
            "\t\u2028\u2029\u3000 ends in blanks  ",
        ]
    )
)
def test_the_same_text_comes_back_from_form_preview_page_and_json(resident, gate, words):
    limits.install(resident.desk.app)
    through = gate(resident.desk.app, resident.client)
    resident.open()
    preview = resident.press(words=words)
    if preview.status_code == 400:
        assert "还没有写意见" in preview.text
        return
    form = resident.press("edit", words=words)
    assert _text(form, "textarea") == words
    # A browser sends a new line as two characters.
    answer = resident.press("send", words=words.replace("\n", "\r\n"))
    receipt = answer.location.split("/")[2]
    with resident.desk.database.reading() as session:
        assert voice_of(session, receipt).opinion.words == words
    found = resident.client.get(f"/receipts/{receipt}/status.json")
    assert found.json["words"] == words
    page = through.open(f"/receipts/{receipt}")
    assert page.one("p", class_="words").text == words


def _text(answer, tag):
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
    return root.find(f".//{tag}").text


# ---------------------------------------------------------------- files


def test_files_wait_between_preview_and_sending_and_are_kept(resident):
    resident.open()
    files = [("树.jpg", told_photo()), ("信.pdf", paper())]
    preview = resident.press(files=files)
    assert "树.jpg" in preview.text
    receipt = resident.press("send").location.split("/")[2]
    [voice] = resident.voices()
    assert [one.media_type for one in voice.attachments] == ["image/jpeg", "application/pdf"]
    answer = resident.client.get(f"/receipts/{receipt}/files/1")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"SPY" not in answer.data
    answer.close()
    assert resident.client.get(f"/receipts/{receipt}/files/3").status_code == 404
    waiting = resident.desk.settings.data / staging.FOLDER
    assert list(waiting.iterdir()) == []


def test_a_file_can_be_taken_off_again(resident):
    resident.open()
    resident.press("edit", files=[("a.jpg", photo()), ("b.jpg", photo())])
    answer = resident.press("drop-1")
    assert "a.jpg" not in answer.text
    assert "b.jpg" in answer.text
    assert WORDS in answer.text


def test_a_wrong_file_takes_no_other_along(resident):
    resident.open()
    answer = resident.press(files=[("a.jpg", photo()), ("b.exe", b"MZ")])
    assert answer.status_code == 400
    assert "“b.exe”不是照片" in answer.text
    assert ">a.jpg<" in answer.text
    assert resident.press("send").status_code == 303
    assert len(resident.voices()[0].attachments) == 1


def test_six_files_are_five_and_a_word(resident):
    resident.open()
    answer = resident.press(files=[(f"{n}.jpg", photo()) for n in range(6)])
    assert answer.status_code == 400
    assert "附件最多 5 个" in answer.text
    assert ">4.jpg<" in answer.text
    assert ">5.jpg<" not in answer.text


def test_what_nobody_sent_is_swept_after_a_day(resident):
    resident.open()
    resident.press(files=[("a.jpg", photo())])
    data = resident.desk.settings.data
    assert staging.sweep(data, DURING) == 0
    [waiting] = (data / staging.FOLDER).iterdir()
    after = waiting.stat().st_mtime + staging.KEPT.total_seconds() + 9
    assert staging.sweep(data, datetime.fromtimestamp(after, UTC)) == 1
    assert list((data / staging.FOLDER).iterdir()) == []


# ---------------------------------------------------------------- contact data


def test_contact_data_is_asked_for_only_where_it_can_be_sealed(make_resident):
    assert "联系方式" not in make_resident().open().text


def test_contact_data_stands_on_no_page_after_the_preview(resident):
    receipt = resident.send(**{"contact-name": "张三丰", "contact-phone": "0510-83591234"})
    page = resident.client.get(f"/receipts/{receipt}").text
    assert "张三丰" not in page
    assert "已加密保存" in page


# ---------------------------------------------------------------- under attack


def prove(key, bits=spam.PROOF_BITS):
    number = 0
    while int.from_bytes(hashlib.sha256(f"{key}:{number}".encode()).digest()[:4]) >> (32 - bits):
        number += 1
    return str(number)


def attacked(resident):
    """Send so many that a proof is asked for; give the page that asks."""
    for _ in range(10):
        resident.send()
    resident.open()
    resident.press()
    answer = resident.press("send")
    assert answer.status_code == 429
    assert "寄来的意见很多" in answer.text
    assert len(resident.voices()) == 10
    return answer


def test_under_attack_a_proof_of_work_opens_the_way(resident):
    page = attacked(resident)
    key = re.search(r'data-key="([0-9a-f]{32})"', page.text)[1]
    assert resident.press("send", proof="12").status_code == 429
    assert resident.press("send", proof=prove(key)).status_code == 303


def test_without_scripts_waiting_opens_it(resident):
    page = attacked(resident)
    waited = re.search(r'name="waited" value="([^"]+)"', page.text)[1]
    assert resident.press("send", waited=waited).status_code == 429
    resident.clock.forward(seconds=31)
    assert resident.press("send", waited="nonsense").status_code == 429
    assert resident.press("send", waited=waited).status_code == 303


def test_far_too_many_are_refused_and_the_text_is_kept(resident):
    resident.open()
    resident.press()
    with resident.desk.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for _ in range(100):
            limits.count_opinion("2026-004")
    answer = resident.press("send")
    assert answer.status_code == 429
    assert WORDS in answer.text


def test_one_village_with_many_addresses_is_asked_only_when_very_many_come(resident):
    for number in range(40):
        resident.client.environ_base = {"REMOTE_ADDR": f"10.0.0.{number}"}
        resident.send()
    assert len(resident.voices()) == 40


@pytest.mark.parametrize("answer", ["", "-1", "1.5", "１２", "9" * 40, "x"])
def test_what_is_no_number_proves_nothing(answer):
    assert not proves(Form("0" * 32, DURING), answer)


# ---------------------------------------------------------------- headers


def test_the_pages_of_one_person_are_kept_by_nobody(resident):
    receipt = resident.send()
    for address in (f"/receipts/{receipt}", f"/receipts/{receipt}/slip"):
        headers = resident.client.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
    assert resident.client.get(FORM).headers["Cache-Control"] == "no-store"


def test_a_form_of_a_foreign_page_is_refused(resident):
    resident.open()
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert resident.client.post(FORM, data={"words": WORDS}, headers=headers).status_code == 403
