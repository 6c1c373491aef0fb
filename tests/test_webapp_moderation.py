"""The pages on which opinions are worked on: the queue, one opinion, groups, the board."""

import io
import shutil
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.changed import change_parks, edit, publish_layer
from tests.desk import token_of
from tests.voices import CLOSES, MAO, OPENS, Consultation
from webapp import clocks
from webapp.consultation import deciding, grouping, moderation, reading
from webapp.consultation.clock import ZONE, SetClock
from webapp.consultation.tables import Notice

LETTER = "我是新城花园的居民，希望在惠山新城中央公园多种树、少修路，给孩子们留一块能玩的草地。"
DECISION = {
    "do": "decide",
    "verdict": "partly",
    "reason": "北段加宽",
    "body": "规建局",
    "change": "",
}


class Work:
    """A notice with opinions, and somebody of the staff who works on them."""

    def __init__(self, at_desk, gate, role="moderator"):
        self.consultation = Consultation(at_desk.database, projects=["R01", "R08"])
        self.clock = SetClock(OPENS)
        clocks.install(at_desk.app, self.clock)
        self.client, self.role = at_desk.client(role), role
        self.gate = gate(at_desk.app, self.client)

    def say(self, words, **values):
        return self.consultation.say(words, **values)

    def page(self, name, lang="zh", **query):
        asked = "&".join(f"{key}={value}" for key, value in {**query, "lang": lang}.items())
        return self.gate.open(f"/desk/consultations/2026-003/{name}?{asked}", lang=lang)

    def opinion(self, receipt, lang="zh"):
        return self.gate.open(f"/desk/opinions/{receipt}?lang={lang}", lang=lang)

    def post(self, address, **fields):
        token = token_of(self.client, "/desk/account")
        return self.client.post(address, data={"csrf_token": token, **fields})

    def moderate(self, receipt, **fields):
        fields = {"seen": "0", **fields}
        return self.post(f"/desk/opinions/{receipt}/moderate", **fields)

    def decide(self, receipt, **fields):
        return self.post(f"/desk/opinions/{receipt}/decide", **{"seen": "0", **DECISION, **fields})

    def voice(self, receipt):
        return self.consultation.voice(receipt)


@pytest.fixture
def work(at_desk, gate):
    return Work(at_desk, gate)


# ---------------------------------------------------------------- the queue


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_queue_shows_the_one_that_waits_longest(work, lang):
    first = work.say(
        "多种树。\n张三 13812345678", project="R08", stance="support", topics=["green"]
    )
    work.say("少修路")
    page = work.page("queue", lang)
    assert first in page.text
    assert page.one(id="public").text == "多种树。\n张三 ■■■■■■■■■■■"
    assert [
        (one.get("data-start"), one.text) for one in page.all("span", class_="words__line")
    ] == [
        ("0", "多种树。"),
        ("5", "张三 13812345678"),
    ]
    assert page.one("input", name="proposal").get("checked") is not None
    assert page.one("input", name="proposal").get("value") == "9-19"


def test_one_after_the_other_is_shown_or_withheld(work):
    first, second = work.say("多种树"), work.say("骂人")
    answer = work.moderate(first, do="show", **{"from": "queue"})
    assert (answer.status_code, answer.location.split("?")[1]) == (303, f"done={first}")
    page = work.gate.open(answer.location)
    assert "第 1 号" in page.texts("p", role="status")[0]
    assert second in page.text
    work.moderate(second, do="withhold", code="insult", **{"from": "queue"})
    assert "没有待审核的意见" in work.page("queue").text
    assert [work.voice(one).standing for one in (first, second)] == ["shown", "withheld"]


def test_the_queue_goes_on_to_the_next_and_round(work):
    receipts = [work.say(one) for one in ("一", "二", "三")]
    seen = [work.page("queue", after=number).text for number in (1, 2, 3, 99)]
    shown = [next(one for one in receipts if one in text) for text in seen]
    assert shown == [receipts[1], receipts[2], receipts[0], receipts[0]]


def test_a_preview_saves_nothing(work):
    receipt = work.say("多种树。张三住在 3 号楼")
    answer = work.moderate(
        receipt, do="preview", hidden="张三\r\n3 号楼", masks="1", **{"from": "queue"}
    )
    assert answer.status_code == 200
    assert "■种树。■■住在 ■■■■" in answer.text
    assert "还没有保存" in answer.text
    assert work.voice(receipt).standing == "pending"


def test_masks_of_all_kinds_hold_together(work):
    receipt = work.say("多种树。张三 13812345678")
    work.moderate(receipt, do="show", hidden="张三", masks="1-1", proposal="8-18")
    found = work.voice(receipt)
    assert found.public_words == "■种树。■■ ■■■■■■■■■■■"
    assert found.opinion.words == "多种树。张三 13812345678"
    page = work.opinion(receipt)
    assert page.one("input", name="masks").get("value") == "1-1, 5-6, 8-18"
    assert page.one("input", name="proposal").get("checked") is None


def test_what_is_wrong_with_masks_is_told_and_the_form_kept(work):
    receipt = work.say("多种树")
    answer = work.moderate(receipt, do="show", masks="2-9", hidden="", note="看看")
    assert answer.status_code == 400
    assert "超出了原文" in answer.text
    assert 'value="2-9"' in answer.text
    assert 'value="看看"' in answer.text
    assert work.moderate(receipt, do="show", hidden="王五").status_code == 400
    assert work.moderate(receipt, do="withhold").status_code == 400
    assert work.moderate(receipt, do="delete").status_code == 400
    assert work.voice(receipt).standing == "pending"


def test_the_second_moderator_is_told_what_the_first_decided(work):
    receipt = work.say("多种树")
    work.moderate(receipt, do="withhold", code="advertising")
    answer = work.moderate(receipt, do="show", note="我的")
    assert answer.status_code == 400
    assert "moderator 在您查看期间已审核" in answer.text
    assert 'name="seen" value="1"' in answer.text
    assert 'value="我的"' in answer.text
    assert work.voice(receipt).standing == "withheld"
    assert work.moderate(receipt, do="show", seen="1").status_code == 303
    assert work.voice(receipt).standing == "shown"


def test_the_preview_for_the_script(work):
    receipt = work.say("多种树")
    address = f"/desk/opinions/{receipt}/preview.json"
    assert work.post(address, masks="1").json == {"public": "■种树", "problems": []}
    told = work.post(address, masks="1-9").json
    assert [one["code"] for one in told["problems"]] == ["mask-outside"]
    assert "public" not in told


# ---------------------------------------------------------------- one opinion


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_an_opinion_has_its_whole_history(work, lang):
    receipt = work.say("多种树")
    work.moderate(receipt, do="withhold", code="insult", note="先看")
    work.moderate(receipt, do="show", seen="1")
    work.decide(receipt, reason="没有用地", verdict="rejected")
    holding = work.voice(receipt).decision.id
    work.decide(receipt, seen=str(holding), projects=["R08"])
    page = work.opinion(receipt, lang)
    entries = page.texts("li")
    assert any("先看" in one for one in entries)
    assert any("没有用地" in one for one in entries)
    assert any("北段加宽" in one and "R08" not in one for one in entries)
    assert work.voice(receipt).decision.projects == ["R08"]


def test_a_planner_decides_and_does_not_moderate(at_desk, gate):
    work = Work(at_desk, gate, "planner")
    receipt = work.say("多种树")
    page = work.opinion(receipt)
    assert not page.all("form", class_="moderate")
    assert work.moderate(receipt, do="show").status_code == 404
    assert work.decide(receipt).status_code == 303
    found = work.voice(receipt)
    assert (found.decision.by, found.standing) == ("planner", "pending")
    assert work.client.get("/desk/consultations/2026-003/queue").status_code == 404


def test_a_decision_without_a_reason_is_refused_with_the_law(work):
    receipt = work.say("多种树")
    answer = work.decide(receipt, reason=" ", body="", verdict="")
    assert answer.status_code == 400
    for words in ("没有写理由", "第二十六条", "没有写负责单位", "没有选择怎样处理"):
        assert words in answer.text
    assert work.decide(receipt, change="parks/000000000000").status_code == 400
    assert work.voice(receipt).decision is None


def test_the_second_who_decides_is_told_and_their_words_are_kept(work):
    receipt = work.say("多种树")
    work.decide(receipt)
    answer = work.decide(receipt, verdict="rejected", reason="另一个理由")
    assert answer.status_code == 400
    assert "已作出决定" in answer.text
    assert "另一个理由" in answer.text
    assert "北段加宽" in answer.text
    assert work.voice(receipt).decision.verdict == "partly"


def test_a_reason_of_before_is_filled_in(work):
    first, second = work.say("多种树"), work.say("少修路")
    work.decide(first, reason="  绿带已加宽，\n见图。")
    answer = work.decide(second, do="block", block="0", reason="", verdict="")
    assert answer.status_code == 200
    assert "绿带已加宽，\n见图。</textarea>" in answer.text
    assert work.voice(second).decision is None


def test_what_is_no_receipt_is_not_found(work):
    for typed in ("HS-2026-003-00000-00000", "x", "2026-003"):
        answer = work.client.get(f"/desk/opinions/{typed}")
        assert answer.status_code == 404
        assert "找不到 意见" in answer.text


# ---------------------------------------------------------------- groups


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_alike_opinions_are_grouped_decided_and_taken_out_again(work, lang):
    receipts = [work.say(LETTER), work.say(f"{LETTER}！"), work.say("别的事")]
    page = work.page("groups", lang)
    proposed = [one.get("value") for one in page.all("input", name="receipt")]
    assert proposed == receipts[:2]
    answer = work.post(
        "/desk/consultations/2026-003/groups",
        do="group",
        receipt=proposed,
        title="多种树",
        into="new",
    )
    assert answer.status_code == 303
    group = work.voice(receipts[0]).group
    address = f"/desk/consultations/2026-003/groups/{group.id}"
    assert work.post(address, seen="0", **DECISION).status_code == 303
    shown = work.gate.open(f"{address}?lang={lang}", lang=lang)
    assert "北段加宽" in shown.text
    verdicts = [work.voice(one).decision for one in receipts]
    assert [one and one.verdict for one in verdicts] == ["partly", "partly", None]
    work.post("/desk/consultations/2026-003/groups", do="ungroup", receipt=receipts[0])
    assert work.voice(receipts[0]).group is None
    assert work.voice(receipts[0]).decision is None
    assert len(work.consultation.voices()) == 3


def test_opinions_are_grouped_by_their_numbers(work):
    receipts = [work.say(str(number)) for number in range(4)]
    work.post("/desk/consultations/2026-003/groups", do="group", numbers="1, 3-4", into="new")
    grouped = [work.voice(one).group is not None for one in receipts]
    assert grouped == [True, False, True, True]
    answer = work.post("/desk/consultations/2026-003/groups", do="group", numbers="甲", into="new")
    assert answer.status_code == 400
    for into in ("99", "甲"):
        answer = work.post(
            "/desk/consultations/2026-003/groups", do="group", numbers="2", into=into
        )
        assert answer.status_code == 404
    for group_id in ("99", "x"):
        answer = work.client.get(f"/desk/consultations/2026-003/groups/{group_id}")
        assert answer.status_code == 404


# ---------------------------------------------------------------- the board


def filled(work):
    receipts = [
        work.say(f"第 {number} 条", project=project, topics=topics)
        for number, (project, topics) in enumerate(
            [("R01", ["green"]), ("R01", ["green", "traffic"]), ("R08", []), (None, ["traffic"])]
        )
    ]
    work.moderate(receipts[0], do="show")
    work.decide(receipts[0])
    return receipts


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_board_counts_as_the_tally_does(work, lang):
    receipts = filled(work)
    work.clock.at = CLOSES
    page, counted = work.page("board", lang), reading.tally(work.consultation.voices())
    figures = [int(one) for one in page.texts("dd")[:4]]
    assert figures == [
        counted.by_verdict[None],
        counted.by_standing["pending"],
        counted.receipts,
        counted.subjects,
    ]
    projects, topics = page.all("table")[:2]
    rows = [[cell.text for cell in row.iter("td")] for row in projects.iter("tr")]
    assert sorted(rows[1:]) == [["1", "1"], ["1", "1"], ["1", "2"]]
    assert sum(int(row[1]) for row in rows[1:]) == counted.receipts
    assert [[cell.text for cell in row.iter("td")] for row in topics.iter("tr")][1:] == [
        ["2", "2"],
        ["1", "2"],
    ]
    assert len(receipts) == counted.receipts


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [2, 3, 4]),
        ({"answer": ""}, [1, 2, 3, 4]),
        ({"answer": "answered"}, [1]),
        ({"project": "R01"}, [2]),
        ({"project": "-"}, [4]),
        ({"topic": "traffic"}, [2, 4]),
        ({"topic": "traffic", "project": "R01"}, [2]),
        ({"age": "30"}, [2, 3, 4]),
        ({"age": "1000", "answer": "x"}, [1, 2, 3, 4]),
        ({"project": "nothing"}, []),
    ],
)
def test_the_board_is_filtered(work, query, numbers):
    filled(work)
    work.clock.at = CLOSES
    page = work.page("board", **query)
    body = page.all("tbody")[-1] if numbers else None
    found = [one.find("th/a").text for one in body.iter("tr")] if numbers else []
    assert found == [f"第 {number} 号" for number in numbers]
    assert page.texts("p", class_="tally")[0].startswith(str(len(numbers)))


@pytest.mark.parametrize(
    ("at", "label", "days"), [(OPENS, "距截止（日）", "31"), (CLOSES, "距截止（日）", "0")]
)
def test_the_board_tells_the_days(work, at, label, days):
    work.clock.at = at
    page = work.page("board")
    assert (page.texts("dt")[-1], page.texts("dd")[-1]) == (label, days)
    work.clock.at = CLOSES
    work.clock.forward(days=5)
    page = work.page("board")
    assert (page.texts("dt")[-1], page.texts("dd")[-1]) == ("截止后（日）", "5")


# ---------------------------------------------------------------- entering


ENTRY = {
    "key": "a" * 32,
    "channel": "paper",
    "received": "2026-03-20",
    "received_time": "",
    "words": "多种树。\r\n少修路。",
    "project": "R08",
    "topics": ["green", "traffic"],
}


def photo():
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#2a7").save(made, "JPEG")
    made.seek(0)
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_letter_is_entered_with_its_scan(work, lang):
    work.clock.at = CLOSES + timedelta(days=1)
    page = work.page("enter", lang)
    assert page.one("input", name="received").get("value") == "2026-04-03"
    sent = {**ENTRY, "files": (photo(), "信.jpg")}
    answer = work.post("/desk/consultations/2026-003/enter", **sent)
    assert answer.status_code == 303
    [voice] = work.consultation.voices()
    opinion = voice.opinion
    assert (opinion.words, opinion.channel, opinion.topics) == (
        "多种树。\n少修路。",
        "paper",
        ["green", "traffic"],
    )
    assert opinion.received_at == datetime(2026, 3, 20, tzinfo=ZONE)
    assert opinion.entered_by == "moderator"
    shown = work.gate.open(answer.location)
    assert "已登记" in shown.texts("p", role="status")[0]
    [image] = shown.all("img", loading="lazy")
    file = work.client.get(image.get("src"))
    assert (file.mimetype, file.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert file.headers["Cache-Control"] == "no-store"
    assert file.data.startswith(b"\xff\xd8")
    file.close()
    assert work.client.get(f"/desk/opinions/{opinion.receipt}/files/9").status_code == 404
    again = {**ENTRY, "files": (photo(), "信.jpg")}
    work.post("/desk/consultations/2026-003/enter", **again)
    assert len(work.consultation.voices()) == 1


def test_an_entry_that_is_wrong_is_told_and_its_words_kept(work):
    work.clock.at = CLOSES + timedelta(days=1)
    for changed, words in (
        ({"received": "2026-04-02"}, "在截止"),
        ({"received": "2026-02-01"}, "早于公示开始"),
        ({"received": "昨天"}, "写法不对"),
        ({"channel": "web"}, "从哪里来"),
        ({"files": (io.BytesIO(b"MZ"), "x.exe")}, "没有收下"),
    ):
        answer = work.post("/desk/consultations/2026-003/enter", **{**ENTRY, **changed})
        assert answer.status_code == 400
        assert words in answer.text
        assert "少修路。</textarea>" in answer.text
    assert work.consultation.voices() == []


# ---------------------------------------------------------------- back from a version


SECRET = "王五 13912345678"


@pytest.fixture
def changed_sample(desk, sample, tmp_path):
    folder = shutil.copytree(sample, tmp_path / "data")
    edit(folder, "parks", change_parks)
    version = publish_layer(folder, "parks")
    return desk(folder), version


def test_a_version_leads_to_the_opinions_that_led_to_it(changed_sample, gate):
    at_desk, version = changed_sample
    work = Work(at_desk, gate)
    shown, withheld = work.say(f"多种树。{SECRET}"), work.say("不能公开的话")
    other = work.say("别的事")
    work.moderate(shown, do="show", proposal="8-18", hidden="王五")
    work.moderate(withheld, do="withhold", code="insult")
    work.moderate(other, do="show")
    page = work.opinion(shown)
    [change] = [one.get("value") for one in page.all("input", name="change") if one.get("value")]
    assert change == f"parks/{version}"
    work.decide(shown, change=change, verdict="adopted")
    work.decide(withheld, change=change)
    page = work.opinion(shown)
    assert "/layers/parks/compare?" in page.all("p", class_="change-head")[0].find("a").get("href")
    kept = [one for one in page.all("input", name="change") if one.get("checked") is not None]
    assert [one.get("value") for one in kept] == [change]
    public = gate(at_desk.app).open(f"/layers/parks/compare?to={version}")
    assert public.texts("p", class_="led__words") == ["多种树。■■ ■■■■■■■■■■■"]
    for hidden in ("王五", "13912345678", "不能公开的话", "别的事", shown, withheld):
        assert hidden not in public.html
    assert "另有 1 条没有公开。" in public.text
    desk_page = work.gate.open(f"/desk/layers/parks/versions/{version}/opinions")
    assert shown in desk_page.text
    assert withheld in desk_page.text
    assert other not in desk_page.text


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_masked_character_leaks_to_the_public(changed_sample, gate, data):
    """Masked are letters that stand nowhere else on the page."""
    at_desk, version = changed_sample
    letters = "㊀㊁㊂㊃㊄\U0001f9ff\U00020bb7"
    words = data.draw(st.text("多种树 \n", min_size=1, max_size=8)) + "㊀"
    places = data.draw(st.lists(st.sampled_from(letters), min_size=1, max_size=4))
    secret = "".join(places)
    with at_desk.database.writing() as session:
        for table in reversed(Notice.metadata.sorted_tables):
            if table.name.startswith(("opinion", "notice")):
                session.execute(table.delete())
    work = Work(at_desk, gate)
    receipt = work.say(f"{words[:-1]}{secret}树")
    start = len(words)
    work.moderate(receipt, do="show", masks=f"{start}-{start + len(secret) - 1}")
    work.decide(receipt, change=f"parks/{version}")
    client = at_desk.app.test_client()
    for address in (
        f"/layers/parks/compare?to={version}",
        f"/layers/parks/compare.json?to={version}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not set(secret) & set(answer.text)
        assert not {f"&#{ord(one)};" for one in secret} & set(answer.text.split())


# ---------------------------------------------------------------- odd words


NASTY = [
    "<script>alert(1)</script>{{ 7*7 }}${1}",
    "\u202eabc\u202c\u200b",
    "e" + "\u0301" * 50,
    "🌳🏠\n\n\t多种树\n",
    "' \" ` & < >",
]


@pytest.mark.parametrize("words", NASTY)
def test_words_stand_on_the_pages_as_they_were_sent(work, words):
    receipt = work.say(words)
    work.say(f"{words} ")
    for page in (work.page("queue"), work.opinion(receipt)):
        lines = [one.text or "" for one in page.all("span", class_="words__line")]
        assert "\n".join(lines) == words
        assert "".join(page.one(id="public").itertext()) == words
    work.page("groups")
    work.page("board")


@given(
    words=st.text(st.sampled_from("甲乙🌳e\u0301\u200d\n 1"), min_size=2, max_size=12),
    data=st.data(),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_the_preview_masks_is_gone(work, words, data):
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    receipt = work.say(words)
    told = work.post(f"/desk/opinions/{receipt}/preview.json", masks=f"{start + 1}-{end}").json
    assert told["public"][start:end] == "■" * (end - start)
    assert len(told["public"]) == len(words)


def test_rules_and_pages_agree_on_who_was_told(work):
    receipts = [work.say(LETTER), work.say(LETTER)]
    made = work.consultation.do(
        grouping.group, "2026-003", receipts, "组", by=MAO, clock=work.clock
    )
    work.consultation.do(
        deciding.decide,
        group=made.id,
        verdict="adopted",
        reason="好",
        body="局",
        by=MAO,
        clock=work.clock,
    )
    work.consultation.do(moderation.moderate, receipts[0], "show", by=MAO, clock=work.clock)
    page = work.opinion(receipts[0])
    assert "对全组答复" in page.text
    seen = [one.get("value") for one in page.all("input", name="seen")]
    assert seen == ["1", str(work.voice(receipts[0]).decision.id)]
