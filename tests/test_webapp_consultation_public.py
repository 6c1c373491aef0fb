"""What the public pages of a consultation are made from: plain words, dates, feed, sheet, list."""

import io
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import html5lib
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from geo.errors import NotFound
from tests import announcing as notices
from tests.announcing import CLOSES, DURING, OPENS
from webapp.consultation import calendar, feed, plain, poster, reading, showing
from webapp.consultation.announced import all_announced, announced, touching
from webapp.consultation.clock import ZONE, written
from webapp.translating import Voice

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESS = "https://plan.example.org/consultations/2026-001"


# ---------------------------------------------------------------- plain words


def test_plain_words_are_a_small_piece_of_html():
    html = plain.to_html(notices.PLAIN)
    assert "<h4>要做什么</h4>" in html
    assert "<strong>扩建绿地</strong>" in html
    assert 'rel="nofollow noopener noreferrer"' in html
    assert "<li>保留现有树木</li>" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "foreign.example" not in html


@pytest.mark.parametrize(
    "words",
    [
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<iframe src=//foreign.example></iframe>",
        '<p style="x" onclick="alert(1)">',
        "| a |\n|:-:|\n| b |",
        "<style>*{}</style>",
        "![x](https://foreign.example/x.png 'onerror=alert(1)')",
        "`{{7*7}}` <b/onmouseover=alert(1)>",
    ],
)
def test_nothing_runs_from_plain_words(words):
    root = html5lib.parseFragment(plain.to_html(words), namespaceHTMLElements=False)
    elements = [element for element in root.iter() if element is not root]
    assert {element.tag for element in elements} <= {
        *("p", "code", "table", "thead", "tbody", "tr", "th", "td")
    }
    assert not [element.attrib for element in elements if element.attrib]


@given(st.text())
def test_any_text_is_plain_words_and_has_a_summary(words):
    html = plain.to_html(words)
    assert "<script" not in html
    assert len(plain.summary(words, 20)) <= 20
    assert "\n" not in plain.summary(words)


def test_paragraphs_keep_the_words_and_lose_the_marks():
    found = plain.paragraphs("# 题\n\n一 **二**\n三\n\n- 四\n- 五\n", bullet="• ")
    assert found == ("题", "一 二 三", "• 四", "• 五")


# ---------------------------------------------------------------- notices that are announced


def test_what_is_not_announced_is_not_there(database):
    with database.writing() as session:
        notices.notice(session, "2026-001")
        notices.notice(session, "2026-002", published_at=None, published_by=None)
        notices.notice(session, "2026-003", opens_at=DURING + timedelta(seconds=1))
        notices.notice(session, "2026-004", opens_at=DURING + timedelta(days=1), withdrawn_at=OPENS)
    with database.reading() as session:
        assert [one.id for one in all_announced(session, DURING)] == ["2026-001"]
        told = set()
        for id_ in ("2026-002", "2026-003", "2026-004", "2026-999"):
            with pytest.raises(NotFound) as refused:
                announced(session, id_, DURING)
            told.add(str(refused.value.problems[0].message("zh")).replace(id_, ""))
        assert len(told) == 1


def test_the_days_of_a_notice(database):
    with database.writing() as session:
        notices.notice(session)
    with database.reading() as session:

        def at(moment):
            return announced(session, "2026-001", moment)

        assert (at(OPENS).day, at(OPENS).days, at(OPENS).days_left) == (0, 30, 30)
        assert (at(DURING).day, at(DURING).days_left, at(DURING).state) == (12, 18, "open")
        last = at(CLOSES - timedelta(seconds=1))
        assert (last.day, last.days_left, last.state) == (30, 0, "closing")
        after = at(CLOSES)
        assert (after.day, after.days_left, after.state) == (30, 0, "closed")
        assert not touching([after], "P01")
        assert touching([last], "P01") == (last,)
        assert not touching([last], "P02")


def test_midnight_is_the_end_of_the_day_before():
    assert written(CLOSES) == "2026-04-01 24:00"
    assert written(CLOSES.astimezone(UTC)) == "2026-04-01 24:00"
    assert written(OPENS) == "2026-03-02 09:00"
    assert written(OPENS + timedelta(seconds=5)) == "2026-03-02 09:00:05"


def test_what_closes_first_stands_first_and_what_is_over_last(database):
    day = timedelta(days=1)
    with database.writing() as session:
        notices.notice(session, "2026-001", closes_at=DURING + 9 * day)
        notices.notice(session, "2026-002", closes_at=DURING + day)
        notices.notice(session, "2026-003", closes_at=DURING - 3 * day)
        notices.notice(session, "2026-004", closes_at=DURING - day)
    with database.reading() as session:
        listed = [one.id for one in all_announced(session, DURING)]
    assert listed == ["2026-002", "2026-001", "2026-004", "2026-003"]


# ---------------------------------------------------------------- dates, feed, sheet


@pytest.fixture
def one(database):
    """A notice with a hearing that holds and one that does not, lengthened once."""
    with database.writing() as session:
        notices.notice(session, closes_at=CLOSES + timedelta(days=5))
        notices.hearing(session)
        notices.hearing(session, 2, title="座谈会", cancelled_at=DURING)
        notices.extension(session, CLOSES + timedelta(days=5))
    with database.reading() as session:
        return announced(session, "2026-001", DURING)


def test_the_dates_are_in_the_zones_time_and_repeat(one):
    written = calendar.calendar(one, ADDRESS, "plan.example.org", Voice("zh"))
    assert written == calendar.calendar(one, ADDRESS, "plan.example.org", Voice("zh"))
    read = Calendar.from_ical(written)
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    first, second, close = read.walk("VEVENT")
    assert first["DTSTART"].dt == OPENS + timedelta(days=10, hours=5)
    assert first["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert (first["STATUS"], second["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert close["DTEND"].dt == CLOSES + timedelta(days=5)
    assert "2026-04-06 24:00" in close["DESCRIPTION"]
    assert len({str(event["UID"]) for event in (first, second, close)}) == 3
    assert first["UID"] == "2026-001-hearing-1@plan.example.org"


def entries_of(found):
    site = feed.Site(
        "惠山", "https://x/c", "https://x/c.atom", "x", lambda id_: f"https://x/c/{id_}"
    )
    written = feed.feed(found, site, Voice("zh"))
    assert written == feed.feed(found, site, Voice("zh"))
    root = ElementTree.fromstring(written)  # noqa: S314 - our own words
    return root, [
        (entry.find(f"{ATOM}id").text, entry.find(f"{ATOM}title").text)
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_the_feed_tells_what_happened_the_newest_first(one):
    root, told = entries_of([one])
    assert told == [
        ("tag:x,2026:consultations/2026-001/lengthened/1", "公示延长：惠山新城中央公园与欣惠路"),
        ("tag:x,2026:consultations/2026-001/opened", "公示开始：惠山新城中央公园与欣惠路"),
    ]
    assert root.find(f"{ATOM}updated").text == "2026-03-07T09:00:00+08:00"
    assert "应居民要求" in "".join(root.itertext())


def test_the_feed_has_no_clock_of_its_own():
    root, told = entries_of([])
    assert told == []
    assert root.find(f"{ATOM}updated").text == "2008-01-01T00:00:00+08:00"


def test_words_of_a_notice_are_words_in_the_feed(database):
    with database.writing() as session:
        notices.notice(session, title_zh="<b>&", plain_zh="a <i>b</i> & c")
    with database.reading() as session:
        root, told = entries_of([announced(session, "2026-001", DURING)])
    assert told[0][1] == "公示开始：<b>&"
    summary = next(root.iter(f"{ATOM}summary"))
    assert summary.get("type") == "html"
    assert summary.text == "a &lt;i&gt;b&lt;/i&gt; &amp; c"


def a_poster(**values):
    usual = {
        "lang": "zh",
        "over": "惠山 规划公示",
        "title": "中央公园",
        "under": "公示时间",
        "words": ("扩建绿地。",),
        "facts": (("法律依据", "第二十六条"),),
        "map": None,
        "map_caption": "",
        "scan": "扫码",
        "address": ADDRESS,
        "foot": "审图号：苏 S(2026)001",
        "made_at": datetime(2026, 3, 1, tzinfo=ZONE),
    }
    return poster.Poster(**{**usual, **values})


@pytest.mark.parametrize(("paper", "size"), [("A4", (210, 297)), ("A3", (297, 420))])
def test_the_sheet_is_of_its_paper_and_repeats(paper, size):
    written = poster.write(a_poster(), paper)
    assert written == poster.write(a_poster(), paper)
    with pikepdf.open(io.BytesIO(written)) as read:
        assert len(read.pages) == 1
        box = [float(edge) * 25.4 / 72 for edge in read.pages[0].mediabox]
    assert box[2:] == pytest.approx(size, abs=0.6)


def test_a_long_notice_is_set_smaller_before_it_takes_a_second_sheet():
    def pages(lines):
        with pikepdf.open(
            io.BytesIO(poster.write(a_poster(words=("字" * 60,) * lines), "A4"))
        ) as it:
            return len(it.pages)

    assert [pages(lines) for lines in (1, 25, 65)] == [1, 1, 2]


# ---------------------------------------------------------------- what is shown of opinions


@pytest.fixture
def found(database):
    """Seven opinions: three alike, two grouped, one withheld, one not looked at."""
    with database.writing() as session:
        notices.notice(session)
        same = [
            notices.opinion(session, n, "多种树", project="P01", stance="support") for n in (1, 2)
        ]
        notices.opinion(session, 3, " 多种树！", project="P01", stance="oppose", channel="paper")
        grouped = [notices.opinion(session, 4, "少修路"), notices.opinion(session, 5, "路太多")]
        lot = notices.group(session, grouped, "少修路")
        notices.decide(session, group=lot, verdict="rejected")
        notices.decide(session, of=same[1])
        notices.opinion(session, 6, "秘密", show="insult")
        notices.opinion(session, 7, "未看", show=None)
    with database.reading() as session:
        return reading.voices(session, "2026-001")


def test_equal_texts_and_groups_stand_together_in_the_order_of_numbers(found):
    listed = showing.entries(found)
    assert [(one.number, one.title, one.receipts) for one in listed] == [
        (1, "", 2),
        (2, "", 1),
        (4, "少修路", 2),
    ]
    first, decided, group = listed
    assert first.lots[0].numbers == "1, 3"
    assert first.lots[0].stances == {"support": 1, "oppose": 1}
    assert first.lots[0].channels == {"web": 1, "paper": 1}
    assert first.answer is None
    assert decided.answer.verdict == "adopted"
    assert group.answer.verdict == "rejected"
    assert [lot.first.words for lot in group.lots] == ["少修路", "路太多"]


def test_what_is_not_shown_is_in_no_entry_and_in_every_count(found):
    words = [said.words for said in showing.shown(found)]
    assert len(words) == 5
    assert not {"秘密", "未看"} & set(words)
    tally = reading.tally(found)
    assert tally.receipts == 7
    assert tally.by_code == {"insult": 1}
    assert sum(tally.by_project.values()) == 7


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7]),
        ({"project": "P01"}, [1, 2, 3]),
        ({"project": "whole"}, [4, 5, 6, 7]),
        ({"status": "undecided"}, [1, 3]),
        ({"status": "adopted"}, [2]),
        ({"status": "rejected"}, [4, 5]),
        ({"status": "withheld"}, [6]),
        ({"status": "pending"}, [7]),
        ({"topic": "green"}, []),
        ({"project": "P01", "status": "rejected"}, []),
    ],
)
def test_opinions_are_searched_by_project_topic_and_status(found, wanted, numbers):
    asked = showing.Wanted(**wanted)
    assert [one.opinion.number for one in found if asked.admits(one)] == numbers


def test_masked_words_are_masked_for_the_public(database):
    with database.writing() as session:
        notices.notice(session)
        made = notices.opinion(session, 1, "张三电话 13800000000 说多种树", show=None)
        notices.moderate(session, made, "show", masks=[(0, 2), (5, 16)])
    with database.reading() as session:
        [said] = showing.shown(reading.voices(session, "2026-001"))
    assert said.words == "■■电话 ■■■■■■■■■■■ 说多种树"


def test_runs_of_numbers():
    assert showing.runs([1]) == "1"
    assert showing.runs([1, 2, 4, 5, 6, 9]) == "1, 2, 4–6, 9"
    assert showing.runs([]) == ""
