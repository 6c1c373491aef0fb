"""Moderation in a browser: what is selected is masked, the preview follows, keys are enough."""

from types import SimpleNamespace

import pytest

from tests.desk import Desk, signed_in
from tests.test_browser_access import AXE, faults
from tests.voices import Consultation
from webapp.consultation import reading

pytestmark = pytest.mark.browser

WORDS = "🌳 第一行 👩\u200d👧\n张三住在 3 号楼\n电话 13812345678"
LETTER = "我是新城花园的居民，希望在惠山新城中央公园多种树、少修路，给孩子们留一块能玩的草地。"

#: Selects from one line and place in it to another, as a hand would with a mouse.
SELECT = """([from, at, to, end]) => {
  const lines = document.querySelectorAll("#words [data-start]");
  getSelection().setBaseAndExtent(lines[from].firstChild, at, lines[to].firstChild, end);
}"""


@pytest.fixture
def busy_desk(serve, town, published):
    """A server of the town with a notice, three opinions and an account of each role."""
    published(town)
    desk = Desk(town)
    consultation = Consultation(desk.database)
    receipts = [consultation.say(one) for one in (WORDS, LETTER, f"{LETTER}！")]
    yield SimpleNamespace(url=serve(town).url, consultation=consultation, receipts=receipts)
    desk.close()


def shown(page):
    return page.locator("#public").text_content()


def until(page, words):
    page.wait_for_function(
        "(words) => document.getElementById('public').textContent === words", arg=words
    )


@pytest.mark.parametrize("width", [1440, 375])
def test_what_is_selected_is_masked_and_published(busy_desk, visitors, width):
    _visitor, page = signed_in(visitors, busy_desk.url, "moderator", width=width)
    page.goto(f"{busy_desk.url}/desk/consultations/2026-003/queue")
    assert faults(page, AXE.read_text("utf-8")) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    masked_phone = WORDS.replace("13812345678", "■" * 11)
    assert shown(page) == masked_phone
    page.evaluate(SELECT, [1, 0, 1, 2])
    page.click(".moderate__select button")
    until(page, masked_phone.replace("张三", "■■"))
    page.evaluate(SELECT, [0, 2, 0, 4])
    page.click(".moderate__select button")
    until(page, masked_phone.replace("张三", "■■").replace(" 第", "■■"))
    page.uncheck("input[name=proposal]")
    until(page, WORDS.replace("张三", "■■").replace(" 第", "■■"))
    page.check("input[name=proposal]")
    page.fill("#hidden", "3 号楼")
    wanted = masked_phone.replace("张三", "■■").replace(" 第", "■■").replace("3 号楼", "■■■■")
    until(page, wanted)
    page.click("button[value=show].button--main")
    page.wait_for_url("**/queue?done=*")
    found = busy_desk.consultation.voice(busy_desk.receipts[0])
    assert found.public_words == wanted
    assert found.opinion.words == WORDS


def test_a_selection_over_lines_and_one_outside(busy_desk, visitors):
    _visitor, page = signed_in(visitors, busy_desk.url, "moderator")
    page.goto(f"{busy_desk.url}/desk/consultations/2026-003/queue")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.click(".moderate__select button")
    assert page.input_value("#masks") == ""
    page.evaluate(SELECT, [0, len("🌳 第一行 👩\u200d👧".encode("utf-16-le")) // 2 - 2, 1, 2])
    page.click(".moderate__select button")
    assert page.input_value("#masks") == "9-12"
    until(page, WORDS.replace("👩\u200d👧\n张三", "■" * 6).replace("13812345678", "■" * 11))


def test_keys_are_enough_and_enter_publishes_nothing(busy_desk, visitors):
    _visitor, page = signed_in(visitors, busy_desk.url, "moderator")
    page.goto(f"{busy_desk.url}/desk/consultations/2026-003/queue")
    page.focus("#masks")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=还没有保存")
    assert busy_desk.consultation.voice(busy_desk.receipts[0]).standing == "pending"
    page.focus('[accesskey="s"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue?done=*")
    page.focus('[accesskey="w"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('h2 code').textContent !== ''")
    page.wait_for_selector(f"text={busy_desk.receipts[2]}")
    counted = reading.tally(busy_desk.consultation.voices())
    assert counted.by_standing == {"shown": 1, "withheld": 1, "pending": 1}


@pytest.mark.parametrize("width", [1440, 375])
def test_from_a_group_to_its_answer(busy_desk, visitors, width):
    _visitor, page = signed_in(visitors, busy_desk.url, "planner", width=width)
    axe = AXE.read_text("utf-8")
    home = f"{busy_desk.url}/desk/consultations/2026-003"
    for address in ("board", "groups", "enter"):
        page.goto(f"{home}/{address}")
        assert faults(page, axe) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{home}/groups")
    page.fill("#title-1", "多种树")
    page.click(".proposal button.button--main")
    page.click("p.notice a")
    page.check("input[value=adopted]")
    page.fill("#reason", "绿带加宽")
    page.click("button[value=decide]")
    page.wait_for_selector("text=已对全组 2 条作出决定")
    assert faults(page, axe) == []
    page.click("ul.members a")
    page.wait_for_selector("text=按组")
    assert faults(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert reading.tally(busy_desk.consultation.voices()).by_verdict == {"adopted": 2, None: 1}


def test_everything_works_without_scripts(busy_desk, visitors):
    _visitor, page = signed_in(visitors, busy_desk.url, "moderator", java_script_enabled=False)
    page.goto(f"{busy_desk.url}/desk/consultations/2026-003/queue")
    assert not page.locator(".moderate__select").is_visible()
    page.fill("#hidden", "张三")
    page.click(".moderate__masks button[value=preview]")
    assert shown(page) == WORDS.replace("张三", "■■").replace("13812345678", "■" * 11)
    page.click("button[value=show].button--main")
    assert "张三" not in busy_desk.consultation.voice(busy_desk.receipts[0]).public_words
