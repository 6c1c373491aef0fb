"""The public pages of consultations, over HTTP, on both databases."""

import hashlib
import io
import shutil
from datetime import timedelta

import pikepdf
import pytest

from layers.catalog import Catalog
from layers.diff import difference
from layers.store import Store
from tests import announcing as notices
from tests.announcing import CLOSES, DURING, HOSTILE
from tests.changed import change_gardens, edit, publish_layer
from webapp import clocks
from webapp.accounts import Person
from webapp.consultation import reading
from webapp.consultation.clock import SetClock
from webapp.desk import drafts
from webapp.desk.drafts import Content
from webapp.desk.drafts.features import base_features, by_key, to_frame
from webapp.journal import append
from webapp.openapi import documented
from webapp.views.consultations.touching import Patience

HERE = "/consultations/2026-001"
LANGS = ("zh", "en")
#: Every address of a notice.
PARTS = (
    "",
    "/card",
    "/dates.ics",
    "/notice.pdf",
    "/documents/1",
    "/opinions",
    "/opinions.json",
    "/draft.geojson",
    "/changes.geojson",
)


class Site:
    """The pages on a database of the test's own, at a moment that it sets."""

    def __init__(self, desk, gate):
        self.desk = desk
        self.clock = SetClock(DURING)
        clocks.install(desk.app, self.clock)
        self.client = desk.app.test_client()
        self._gate = gate(desk.app)

    def writing(self):
        return self.desk.database.writing()

    def page(self, address, **options):
        return self._gate.open(address, **options)


@pytest.fixture
def site(desk, gate, database_url):
    """The sample with no notice yet."""
    return Site(desk(database_url=database_url, add=False), gate)


@pytest.fixture
def light(desk, gate, tmp_path):
    """The same on SQLite alone, for what no database changes."""
    return Site(desk(database_url=f"sqlite:///{tmp_path / 'light.sqlite'}", add=False), gate)


# ---------------------------------------------------------------- the list


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_notice_the_list_says_so(light, lang):
    page = light.page(f"/consultations?lang={lang}", lang=lang)
    assert {"zh": "目前没有公示", "en": "no consultation at present"}[lang] in page.text
    assert light.client.get("/consultations.json").json == {"consultations": []}


def test_the_list_has_a_section_for_each_place_where_notices_stand(site):
    day = timedelta(days=1)
    with site.writing() as session:
        notices.notice(session, "2026-001")
        notices.notice(session, "2026-002", closes_at=DURING + day)
        notices.notice(session, "2026-003", closes_at=DURING - day)
        notices.notice(session, "2026-004", closes_at=DURING - day, answered_at=DURING)
        notices.notice(session, "2026-005", withdrawn_at=DURING, withdrawn_reason="图件有误")
        notices.notice(session, "2026-006", opens_at=DURING + day)
        notices.notice(session, "2026-007", published_at=None)
        notices.opinion(session, 1)
        notices.opinion(session, 2, show="insult")
    page = site.page("/consultations")
    assert page.texts("h2") == [
        "正在征求意见 2",
        "已截止，意见办理中 1",
        "已答复 1",
        "已撤回 1",
    ]
    assert page.texts("span", class_="state") == [
        "即将截止",
        "公示中",
        "已截止，意见办理中",
        "已答复",
        "已撤回",
    ]
    assert "第 12 / 30 日" in page.text
    assert "2 条意见" in page.text
    told = site.client.get("/consultations.json").json["consultations"]
    assert {one["id"]: one["state"] for one in told} == {
        "2026-002": "closing",
        "2026-001": "open",
        "2026-003": "closed",
        "2026-004": "answered",
        "2026-005": "withdrawn",
    }
    assert {one["id"]: one["receipts"] for one in told}["2026-001"] == 2


# ---------------------------------------------------------------- one notice


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_a_notice_says_everything(site, lang):
    with site.writing() as session:
        made = notices.notice(session, closes_at=CLOSES + timedelta(days=5))
        assert made.projects == ["P01", "R08"]
        notices.hearing(session)
        notices.extension(session, CLOSES + timedelta(days=5))
        notices.document(session, "0" * 64, 1_234_567)
        notices.opinion(session, 1, project="P01")
    page = site.page(f"{HERE}?lang={lang}", lang=lang)
    words = {
        "zh": (
            "第 12 / 35 日",
            "还剩 23 天",
            "北京时间",
            "应居民要求",
            "第二十六条",
            "草案阶段的示意图",
        ),
        "en": ("Day 12 of 35", "days left: 23", "Beijing time", "应居民要求", "article 26", "草案"),
    }[lang]
    for said in (
        *words,
        "2026-04-06 24:00",
        "管委会二楼会议室",
        "1.2 MB",
        "无锡市人民政府",
        "政和大道",
    ):
        assert said in page.text, said
    links = {a.get("href").partition("?")[0] for a in page.all("a")}
    assert {
        f"{HERE}/opinion",
        f"{HERE}/opinions",
        f"{HERE}/dates.ics",
        f"{HERE}/documents/1",
        f"{HERE}/notice.pdf",
        "/consultations.atom",
        "/projects/P01",
        "/projects/R08",
        "/receipts",
    } <= links
    frame = page.one("iframe")
    assert "ids=P01,R08" in frame.get("src")
    assert f"{HERE}/card" in page.one("textarea", id="embed").text


@pytest.mark.parametrize("part", PARTS)
def test_what_is_not_announced_answers_like_what_is_not_there(site, part):
    with site.writing() as session:
        notices.notice(session, "2026-001", published_at=None)
        notices.notice(session, "2026-002", opens_at=DURING + timedelta(seconds=1))
    answers = [
        site.client.get(f"/consultations/{id_}{part}")
        for id_ in ("2026-001", "2026-002", "2026-999")
    ]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {
        answer.text.replace(id_, "")
        for answer, id_ in zip(answers, ("2026-001", "2026-002", "2026-999"), strict=True)
    }
    assert len(bodies) == 1
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_a_page_is_made_again_when_the_clock_or_the_log_has_moved(site):
    with site.writing() as session:
        notices.notice(session)
    first = site.client.get(HERE)
    assert (
        site.client.get(HERE, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )
    with site.writing() as session:
        notices.opinion(session, 1)
    second = site.client.get(HERE)
    assert second.headers["ETag"] != first.headers["ETag"]
    assert "1 份回执" in second.text
    site.clock.at = CLOSES - timedelta(microseconds=1)
    assert "今天是最后一天" in site.client.get(HERE).text
    assert f"{HERE}/opinion" in {
        a.get("href") for a in site.page(HERE).all("a", class_="button--main")
    }
    site.clock.at = CLOSES
    closed = site.page(HERE)
    assert "截止" in closed.text
    assert f"{HERE}/opinion" not in {a.get("href") for a in closed.all("a")}


def test_a_withdrawn_notice_says_why_and_takes_nothing(site):
    with site.writing() as session:
        notices.notice(session, withdrawn_at=DURING, withdrawn_reason="图件有误")
    page = site.page(HERE)
    assert "图件有误" in page.text
    assert f"{HERE}/opinion" not in {a.get("href") for a in page.all("a")}


@pytest.mark.parametrize(
    ("values", "word", "frames"),
    [
        ({"map_override": "", "review_number": "苏S(2026)001号"}, "审图号：苏S(2026)001号", 1),
        ({"map_override": "仍在送审"}, "地图未送审，没有审图号。仍在送审", 1),
        ({"map_override": ""}, "本公示不附地图：没有审图号。", 0),
        ({"projects": ["M03"]}, "涉及的项目都没有位置", 0),
        ({"projects": ["Z99"]}, "现行规划中没有这个项目", 0),
        ({"projects": []}, "公示针对整个规划", 0),
    ],
)
def test_the_map_has_its_review_number_or_says_why_not(light, values, word, frames):
    with light.writing() as session:
        notices.notice(session, **values)
    page = light.page(HERE)
    assert word in page.text
    assert len(page.all("iframe")) == frames


def test_words_of_the_staff_are_words(light):
    with light.writing() as session:
        notices.notice(
            session, title_zh=HOSTILE[:30], organiser=HOSTILE, address=HOSTILE, map_override=HOSTILE
        )
        notices.hearing(session, title=HOSTILE, place=HOSTILE)
    for address in ("/consultations", HERE, f"{HERE}/card", f"{HERE}/opinions"):
        page = light.page(address)
        assert not page.all("script", src=None)
        assert "{{7*7}}${7*7}<img" in page.html.replace("&lt;", "<")


def test_the_card_may_be_framed_and_leads_to_the_notice(desk, gate, tmp_path):
    made = desk(
        database_url=f"sqlite:///{tmp_path / 'card.sqlite'}",
        add=False,
        embed_ancestors=("https://city.example",),
    )
    site = Site(made, gate)
    with site.writing() as session:
        notices.notice(session)
    page = site.page(f"{HERE}/card")
    assert "frame-ancestors 'self' https://city.example" in page.headers["Content-Security-Policy"]
    assert page.one("a").get("href") == HERE
    assert page.one("a").get("target") == "_blank"


def test_addresses_for_others_are_those_of_the_settings(desk, gate, tmp_path):
    made = desk(
        database_url=f"sqlite:///{tmp_path / 'public.sqlite'}",
        add=False,
        public_url="https://plan.example.org/huitu",
        url_prefix="/huitu",
    )
    site = Site(made, gate)
    with site.writing() as session:
        notices.notice(session)
    page = site.client.get(f"/huitu{HERE}").text
    assert f'value="https://plan.example.org/huitu{HERE}"' in page
    dates = site.client.get(f"/huitu{HERE}/dates.ics").text
    assert "2026-001-close@plan.example.org" in dates
    assert (
        f"https://plan.example.org/huitu{HERE}" in site.client.get("/huitu/consultations.atom").text
    )


def test_contact_data_is_spoken_of_as_it_is_collected(desk, gate, tmp_path):
    key = "k3yk3yabcdefghijklmnopqrstuvwxyz"
    for settings, word in (({}, "不收集联系方式"), ({"contact_key": key}, "答复后 180 天清除")):
        url = f"sqlite:///{tmp_path / f'contact{len(settings)}.sqlite'}"
        site = Site(desk(database_url=url, add=False, **settings), gate)
        with site.writing() as session:
            notices.notice(session)
        assert word in site.page(HERE).text


# ---------------------------------------------------------------- before and after


@pytest.fixture
def changed(desk, gate, published, town, tmp_path):
    """The town with two versions of its gardens, and the names of both."""
    before = published(town) and versions_of(town, "gardens")[0]
    edit(town, "gardens", change_gardens)
    after = publish_layer(town, "gardens")
    site = Site(desk(town, f"sqlite:///{tmp_path / 'changed.sqlite'}", add=False), gate)
    return site, before, after


def versions_of(folder, layer):
    return [entry.version for entry in Store(folder, software="test").publications(layer)]


@pytest.mark.parametrize("lang", LANGS)
def test_where_versions_stand_behind_it_the_map_is_before_and_after(changed, lang):
    site, before, after = changed
    compared = [{"layer": "gardens", "before": before, "after": after}]
    with site.writing() as session:
        notices.notice(session, projects=["G01"], compared=compared)
    page = site.page(f"{HERE}?lang={lang}", lang=lang)
    section = page.one("section", id="compare")
    assert section.get("data-mode") == "swipe"
    assert before in section.get("data-before")
    assert after in section.get("data-after")
    assert len(page.all("a", class_="sentence")) == 3
    whole = next(a for a in page.all("a") if a.get("href").startswith("/layers/gardens/compare"))
    assert site.client.get(whole.get("href")).status_code == 200
    assert "{{ 7*7 }}" in page.text


def test_a_notice_shows_the_plan_that_it_announced_when_it_has_moved_on(changed):
    site, before, _ = changed
    with site.writing() as session:
        compared = [{"layer": "gardens", "before": None, "after": before}]
        notices.notice(session, projects=["G02"], compared=compared)
    page = site.page(HERE)
    assert f"versions=gardens:{before}" in page.one("iframe").get("src")
    assert "现行规划中没有" not in page.text
    assert site.client.get(page.one("iframe").get("src")).status_code == 200


def test_versions_that_were_never_published_are_passed_over(changed):
    site, before, _ = changed
    with site.writing() as session:
        compared = [{"layer": "gardens", "before": before, "after": "0" * 12}]
        notices.notice(session, projects=["G01"], compared=compared)
    page = site.page(HERE)
    assert not page.all("section", id="compare")
    assert len(page.all("iframe")) == 1


def drafted(site, layer="gardens"):
    """A draft in which the first garden is renamed, and that goes on after the notice."""
    person = Person("planner", "Planner")
    frame = Store(site.desk.settings.data, software="test").frame(layer, base_of(site, layer))
    content = by_key(base_features(frame))["G01"]
    with site.writing() as session:
        made = drafts.begin(session, layer, base_of(site, layer), "草案", by=person)
        first = {**content, "properties": {**content["properties"], "name_zh": "公告的名字"}}
        drafts.save(session, made.id, "G01", Content.of(first), based_on=0, by=person)
        notices.notice(session, projects=["G01"], draft=made.id, draft_edit=1)
        later = {**content, "properties": {**content["properties"], "name_zh": "后来的名字"}}
        drafts.save(session, made.id, "G01", Content.of(later), based_on=1, by=person)
    return made.id


def base_of(site, layer):
    return versions_of(site.desk.settings.data, layer)[0]


@pytest.mark.parametrize("lang", LANGS)
def test_a_draft_is_shown_as_it_was_announced(changed, lang):
    site, _, base = changed
    drafted(site)
    page = site.page(f"{HERE}?lang={lang}", lang=lang)
    section = page.one("section", id="compare")
    assert section.get("data-after").partition("?")[0] == f"{HERE}/draft.geojson"
    assert base in section.get("data-before")
    [sentence] = page.texts("a", class_="sentence")
    assert "公告的名字" in sentence or lang == "en"
    features = site.client.get(f"{HERE}/draft.geojson").json["features"]
    names = {one["properties"]["name_zh"] for one in features}
    assert "公告的名字" in names
    assert "后来的名字" not in names
    changes = site.client.get(f"{HERE}/changes.geojson").json["features"]
    assert [one["properties"]["side"] for one in changes] == ["before", "after"]


def test_a_notice_without_a_draft_has_none(light):
    with light.writing() as session:
        notices.notice(session)
        notices.notice(session, "2026-002", draft="f" * 16, draft_edit=1)
    for id_ in ("2026-001", "2026-002"):
        for name in ("draft", "changes"):
            answer = light.client.get(f"/consultations/{id_}/{name}.geojson")
            assert answer.status_code == 404
            assert answer.mimetype == "application/json"
    assert light.client.get(f"{HERE}/draft.geojson?x=1").status_code == 400
    assert light.page("/consultations/2026-002").status == 200


def test_a_draft_without_edits_is_its_version(changed):
    site, _, base = changed
    frame = Store(site.desk.settings.data, software="test").frame("gardens", base)
    spec = Catalog.read(site.desk.settings.data).layer("gardens")
    same = to_frame(base_features(frame), frame)
    assert not difference(frame, same, spec, "EPSG:4549").changes


# ---------------------------------------------------------------- files


def test_the_dates_the_feed_and_the_sheet_are_files(site):
    with site.writing() as session:
        notices.notice(session)
        notices.hearing(session)
    dates = site.client.get(f"{HERE}/dates.ics")
    assert dates.mimetype == "text/calendar"
    assert dates.headers["Content-Disposition"] == 'attachment; filename="2026-001.ics"'
    assert "TZID=Asia/Shanghai" in dates.text
    feed = site.client.get("/consultations.atom")
    assert feed.mimetype == "application/atom+xml"
    assert "公示开始：惠山新城中央公园与欣惠路" in feed.text
    sheet = site.client.get(f"{HERE}/notice.pdf?paper=A3&lang=en")
    assert sheet.mimetype == "application/pdf"
    with pikepdf.open(io.BytesIO(sheet.data)) as read:
        assert float(read.pages[0].mediabox[2]) == pytest.approx(297 * 72 / 25.4, abs=2)
        assert str(read.docinfo["/Title"]) == "Central Park and Xinhui Road"
    assert site.client.get(f"{HERE}/notice.pdf?paper=A0").status_code == 400
    assert site.client.get(f"{HERE}/notice.pdf?size=A3").status_code == 400


def test_documents_are_taken_away_as_they_were_uploaded(desk, gate, sample, tmp_path):
    data = shutil.copytree(sample, tmp_path / "data")
    site = Site(desk(data, add=False), gate)
    content = b"<script>alert(1)</script>"
    sha256 = hashlib.sha256(content).hexdigest()
    folder = data / "private" / "files" / sha256[:2]
    folder.mkdir(parents=True)
    (folder / sha256).write_bytes(content)
    with site.writing() as session:
        notices.notice(session)
        notices.document(session, sha256, len(content))
        notices.document(session, sha256, len(content), 2, removed_at=DURING)
        notices.document(session, "f" * 64, 1, 3)
    answer = site.client.get(f"{HERE}/documents/1")
    assert answer.data == content
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
    again = site.client.get(
        f"{HERE}/documents/1", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    again.close()
    for number in (2, 3, 4):
        assert site.client.get(f"{HERE}/documents/{number}").status_code == 404


# ---------------------------------------------------------------- opinions


@pytest.fixture
def discussed(site):
    """A notice with 211 opinions: 200 of one text, a group, withheld ones, one not looked at."""
    with site.writing() as session:
        notices.notice(session)
        for number in range(1, 201):
            notices.opinion(session, number, "请保留香樟树", project="P01", topics=["green"])
        grouped = [
            notices.opinion(session, 201, "多种树", project="R08", stance="support"),
            notices.opinion(session, 202, "种些树", project="R08"),
        ]
        lot = notices.group(session, grouped, "增加绿带")
        notices.decide(session, group=lot, verdict="partly", reason="增加一排行道树")
        notices.opinion(session, 203, HOSTILE)
        for number in (204, 205):
            notices.opinion(session, number, "秘密辱骂", project="R08", show="insult")
        notices.opinion(session, 206, "秘密广告", show="advertising")
        notices.opinion(session, 207, "秘密未看", show=None)
        for number in range(208, 212):
            notices.opinion(session, number, f"意见{number}", project="Z99")
    return site


def told(site, query=""):
    answer = site.client.get(f"{HERE}/opinions.json{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize("lang", LANGS)
def test_the_opinions_of_a_notice(discussed, lang):
    page = discussed.page(f"{HERE}/opinions?lang={lang}", lang=lang)
    listed = page.all("li", class_="said")
    assert [item.get("id") for item in listed] == [
        "o-1",
        "o-201",
        "o-203",
        "o-208",
        "o-209",
        "o-210",
        "o-211",
    ]
    assert "1–200" in page.text
    assert "增加一排行道树" in page.text
    assert "秘密" not in page.html
    quotes = ["".join(quote.itertext()) for quote in page.all("blockquote")]
    assert HOSTILE in quotes
    for receipt in _receipts(discussed):
        assert receipt not in page.html


def _receipts(site):
    with site.desk.database.reading() as session:
        return [one.opinion.receipt for one in reading.voices(session, "2026-001")]


#: Some of everything that can be asked for.
QUERIES = (
    "",
    "?project=P01",
    "?project=R08",
    "?project=whole",
    "?project=Z99",
    "?topic=green",
    "?topic=traffic",
    "?status=undecided",
    "?status=partly",
    "?status=withheld",
    "?status=pending",
    "?project=R08&status=withheld",
)


def test_list_map_and_programs_have_the_same_set_and_the_same_number(discussed):
    for query in QUERIES:
        page, answer = discussed.page(f"{HERE}/opinions{query}"), told(discussed, query)
        receipts, shown = answer["counts"]["receipts"], len(answer["opinions"])
        assert f"符合条件 {receipts} 份回执" in page.text
        about = page.one("ul", class_="said-about__list")
        assert sum(int(n.text) for n in about.iter("strong")) == receipts
        for name in ("by_project", "by_standing", "by_decision"):
            assert sum(answer["counts"][name].values()) == receipts, (query, name)
        assert answer["counts"]["by_standing"].get("shown", 0) == shown
        assert f"公开 {shown} 条" in page.text
        drawn = sorted({"P01", "R08"} & answer["counts"]["by_project"].keys())
        frames = page.all("iframe")
        assert len(frames) == bool(drawn)
        if drawn:
            assert f"ids={','.join(drawn)}" in frames[0].get("src")


def test_receipts_texts_and_matters_are_counted_apart(discussed):
    counts = told(discussed)["counts"]
    assert (counts["receipts"], counts["texts"], counts["subjects"]) == (211, 11, 210)
    assert counts["withheld_for"] == {"insult": 2, "advertising": 1}
    assert counts["by_standing"] == {"shown": 207, "withheld": 3, "pending": 1}
    page = discussed.page(f"{HERE}/opinions")
    counted = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert counted == {"回执": "211", "不同的文字": "11", "归组后的件数": "210"}
    assert "其中不公开 3 条" in page.text
    assert "侮辱、诽谤 2" in page.text
    assert "广告 1" in page.text
    assert "另有 1 条等待审核" in page.text


def test_programs_read_no_receipt_and_nothing_that_is_withheld(discussed):
    answer = discussed.client.get(f"{HERE}/opinions.json")
    assert "秘密" not in answer.text
    assert not [receipt for receipt in _receipts(discussed) if receipt in answer.text]
    opinions = answer.json["opinions"]
    assert [one["number"] for one in opinions] == sorted(one["number"] for one in opinions)
    assert next(one for one in opinions if one["number"] == 203)["words"] == HOSTILE
    decided = next(one for one in opinions if one["number"] == 202)
    assert decided["group"]["title"] == "增加绿带"
    assert decided["decision"]["verdict"] == "partly"
    assert decided["decision"]["reason"] == "增加一排行道树"


def test_the_list_is_turned_a_page_at_a_time(light):
    with light.writing() as session:
        notices.notice(session)
        for number in range(1, 46):
            notices.opinion(session, number, f"第 {number} 条")
    seen = []
    for number in (1, 2, 3):
        page = light.page(f"{HERE}/opinions?page={number}")
        seen += [item.get("id") for item in page.all("li", class_="said")]
    assert seen == [f"o-{number}" for number in range(1, 46)]
    assert light.page(f"{HERE}/opinions?page=9").text == page.text
    assert "rel" not in page.all("a", class_="button")[-1].attrib
    assert light.page(f"{HERE}/opinions?page=0").all("div", role="alert")


def test_what_cannot_be_read_is_told(light):
    with light.writing() as session:
        notices.notice(session)
    page = light.page(f"{HERE}/opinions?project=nothing&status=x&topic=y")
    assert len(page.all("ul", class_="problems")[0]) == 3
    answer = light.client.get(f"{HERE}/opinions.json?project=nothing&status=x&topic=y&size=1")
    assert answer.status_code == 400
    assert len(answer.json["error"]["problems"]) == 4


def test_a_notices_own_topics_are_offered(light):
    with light.writing() as session:
        notices.notice(session, topics=[{"id": "noise", "zh": "噪声", "en": ""}])
        notices.opinion(session, 1, topics=["noise"])
        notices.opinion(session, 2)
    page = light.page(f"{HERE}/opinions?topic=noise&lang=en", lang="en")
    assert [item.get("id") for item in page.all("li", class_="said")] == ["o-1"]
    assert "噪声" in page.text


# ---------------------------------------------------------------- elsewhere on the site


@pytest.mark.parametrize("lang", LANGS)
def test_a_projects_page_says_that_it_is_under_consultation(site, lang):
    with site.writing() as session:
        notices.notice(session)
        notices.notice(session, "2026-002", title_zh="过去的", closes_at=DURING, projects=["P01"])
        notices.notice(session, "2026-003", title_zh="将来的", opens_at=DURING + timedelta(days=1))
    page = site.page(f"/projects/P01?lang={lang}", lang=lang)
    links = [a.get("href").partition("?")[0] for a in page.all("a")]
    assert [one for one in links if one.startswith("/consultations/")] == [HERE]
    assert "2026-04-01 24:00" in page.text
    other = site.page(f"/projects/P02?lang={lang}", lang=lang)
    assert not [a for a in other.all("a") if a.get("href").startswith(HERE)]


def test_programs_and_the_maps_card_find_the_notices_of_a_project(site):
    with site.writing() as session:
        notices.notice(session)
        notices.notice(session, "2026-002", projects=[])

    def named(project):
        answer = site.client.get(f"/consultations.json?project={project}").json
        return [one["id"] for one in answer["consultations"]]

    assert named("P01") == ["2026-001"]
    assert named("P02") == []
    assert named("whole") == ["2026-002"]
    assert site.client.get("/consultations.json?projects=P01").status_code == 400


def test_a_projects_page_stands_without_the_database_and_asks_it_once(desk, sample, tmp_path):
    url = f"sqlite:///{tmp_path / 'gone.sqlite'}"
    made = desk(database_url=url, add=False)
    made.database.dispose()
    (tmp_path / "gone.sqlite").unlink()
    (tmp_path / "gone.sqlite").mkdir()
    asked = []
    client = made.app.test_client()
    with made.app.app_context():
        patience = made.app.extensions["huitu.consultations.patience"]
        lose = patience.lose
        patience.lose = lambda: asked.append(1) or lose()
    for _ in range(3):
        assert client.get("/projects/P01").status_code == 200
    assert len(asked) == 1


def test_patience_ends():
    now = [100.0]
    patience = Patience(lambda: now[0])
    assert not patience.waits
    patience.lose()
    now[0] += 29
    assert patience.waits
    now[0] += 2
    assert not patience.waits


# ---------------------------------------------------------------- described, and quick


def test_what_programs_are_told_of_a_notice_is_described(light):
    """As test_webapp_openapi.py asks of all else: each path answers, each parameter is taken."""
    with light.writing() as session:
        notices.notice(session)
    paths = light.client.get("/openapi.json").json["paths"]
    rules = documented(light.desk.app)
    assert {"consultations.index_json", "consultations.opinions_json"} <= rules.keys()
    operation = paths["/consultations/{notice_id}/opinions.json"]["get"]
    for parameter in operation["parameters"]:
        if parameter["in"] == "query":
            query = {parameter["name"]: parameter["example"]}
            answer = light.client.get(f"{HERE}/opinions.json", query_string=query)
            assert answer.status_code == 200, query


def test_reading_again_makes_nothing_again(light, monkeypatch):
    with light.writing() as session:
        notices.notice(session)
        notices.opinion(session, 1)
    made = []
    voices = reading.voices
    monkeypatch.setattr(reading, "voices", lambda *asked: made.append(asked) or voices(*asked))
    for _ in range(3):
        for address in (
            "/consultations",
            HERE,
            f"{HERE}/opinions",
            f"{HERE}/opinions?status=pending",
        ):
            assert light.client.get(address).status_code == 200
    assert len(made) == 2
    with light.writing() as session:
        append(session, "notice-edit", actor="test", subject="2026-001")
    light.client.get(HERE)
    assert len(made) == 3
