"""The pages of notices at the desk: the form, the checklist, the moments, who sees what."""

import io
import re
import zipfile
from datetime import datetime

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from geo.errors import InputError, LimitError
from layers.store import Store
from tests.changed import change_gardens, edit, publish_layer
from tests.desk import token_of
from webapp import clocks
from webapp.accounts import Person
from webapp.consultation import reading
from webapp.consultation.clock import ZONE, SetClock
from webapp.consultation.notices import files
from webapp.desk import drafts

START = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
HOME = "/desk/consultations"
TITLE = "中央公园 <b>{{ 7*7 }}</b>"
FIELDS = {
    "title_zh": TITLE,
    "title_en": "Central park",
    "plain_zh": "# 公园\n\n**东扩**，见 [网页](https://example.org)。<script>alert(1)</script>",
    "procedure": "plan-draft",
    "organiser": "规划建设局",
    "decider": "区人民政府",
    "address": "文惠路 16 号",
    "contact": "0510-00000000",
    "projects": ["P01", "R08"],
    "topics": ["green"],
    "topic_zh_1": "夜间照明",
    "review_number": "苏S(2026)012号",
}


@pytest.fixture
def clock(at_desk):
    found = SetClock(START)
    clocks.install(at_desk.app, found)
    return found


@pytest.fixture
def planner(at_desk, clock):
    return at_desk.client("planner")


def post(client, where, /, *, page=None, **fields):
    """Send a form as its page would; the form of a notice has a field ``address``."""
    data = {"csrf_token": token_of(client, page or where), **fields}
    return client.post(where, data=data)


def begun(client, **fields):
    """The address of a new notice."""
    answer = post(client, f"{HOME}/new", **{**FIELDS, **_versions(client), **fields})
    assert answer.status_code == 303, answer.text
    return answer.location


def _versions(client):
    """The form sends every choice, also those that are left open."""
    page = client.get(f"{HOME}/new").text
    return dict.fromkeys(re.findall(r'<select id="[^"]+" name="([^"]+)"', page), "")


def published(client, **fields):
    address = begun(client)
    fields = {"when": "now", "closes_at": "2026-04-01", **fields}
    answer = post(client, f"{address}/publish", **fields)
    assert answer.status_code == 303, answer.text
    return address


def notice(at_desk, address):
    with at_desk.database.reading() as session:
        return reading.notice_of(session, address.rpartition("/")[2])


# ---------------------------------------------------------------- who sees it


def test_moderators_look_and_readers_do_not(at_desk, planner):
    address = published(planner)
    moderator = at_desk.client("moderator")
    for part in ("", "/preview"):
        assert moderator.get(address + part).status_code == 200
    assert moderator.get(HOME).status_code == 200
    assert "拟定公示</a>" not in moderator.get(HOME).text
    for part in ("/edit", "/publish", "/lengthen", "/withdraw", "/documents", "/hearings"):
        assert moderator.get(address + part).status_code == 404, part
    reader = at_desk.client("reader")
    for part in ("", "/preview", "/edit"):
        assert reader.get(address + part).status_code == 404
    assert "/desk/consultations" not in reader.get("/desk").text
    assert at_desk.client().get(address).status_code == 303


def test_a_notice_that_is_not_there(planner):
    assert planner.get(f"{HOME}/2026-404").status_code == 404
    assert planner.get(f"{HOME}/2026-404/edit").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_passes_the_gate_in_both_languages(at_desk, planner, clock, gate, lang):
    through = gate(at_desk.app, planner)
    draft, open_one = begun(planner), published(planner)
    pages = ("", "/preview", "/edit", "/publish", "/lengthen", "/downtime", "/withdraw")
    for address in (draft, open_one):
        for part in (*pages, "/take-back", "/documents", "/hearings"):
            through.open(f"{address}{part}?lang={lang}", lang=lang)
    for address in (HOME, f"{HOME}/new"):
        through.open(f"{address}?lang={lang}", lang=lang)


# ---------------------------------------------------------------- the form


def test_what_the_form_says_is_kept_and_stays_words(at_desk, planner):
    address = begun(planner)
    kept = notice(at_desk, address)
    assert kept.title_zh == TITLE
    assert kept.projects == ["R08", "P01"]
    assert kept.topics == [
        {"id": "green", "zh": "绿地与公园", "en": "Green and parks"},
        {"id": "own-1", "zh": "夜间照明", "en": ""},
    ]
    for part in ("", "/edit", "/preview", "/publish"):
        html = planner.get(address + part).text
        assert "<b>{{" not in html
        assert "<script>alert" not in html
        assert "&lt;b&gt;{{ 7*7 }}" in html
    assert "<strong>东扩</strong>" in planner.get(f"{address}/preview").text


def test_projects_of_large_layers_are_named_by_their_ids(town, published, desk):
    made = desk(published(town), tile_features=0)
    clocks.install(made.app, SetClock(START))
    client = made.client("planner")
    fields = {**FIELDS, **_versions(client), "projects": [], "projects_by_id": "G01， T02"}
    address = post(client, f"{HOME}/new", **fields).location
    assert sorted(notice(made, address).projects) == ["G01", "T02"]
    assert re.search(r'value="G01" checked', client.get(f"{address}/edit").text)
    answer = post(client, f"{HOME}/new", **{**fields, "projects_by_id": "G01, G99"})
    assert answer.status_code == 400
    assert 'name="projects_by_id" value="G99"' in answer.text


def test_saving_the_form_as_it_is_changes_nothing(at_desk, planner, gate):
    address = begun(planner)
    page = gate(at_desk.app, planner).open(f"{address}/edit")
    sent = _as_sent(page)
    answer = planner.post(f"{address}/edit", data=sent)
    assert answer.status_code == 303, answer.text
    assert notice(at_desk, address).revision == 1


def _as_sent(page):
    """What a browser would send of the form."""
    sent = {}
    form = page.one("form", class_="notice-form")
    for one in form.iter("input"):
        kind = one.get("type")
        if kind not in {"checkbox", "radio"} or one.get("checked") is not None:
            sent.setdefault(one.get("name"), []).append(one.get("value") or "")
    for one in form.iter("textarea"):
        sent[one.get("name")] = "".join(one.itertext())
    for one in form.iter("select"):
        chosen = [option for option in one.iter("option") if option.get("selected") is not None]
        sent[one.get("name")] = (chosen or list(one.iter("option")))[0].get("value")
    sent.pop(None, None)
    return sent


def test_a_preview_saves_nothing_and_keeps_what_was_written(at_desk, planner):
    answer = post(planner, f"{HOME}/new", **{**FIELDS, "do": "preview"})
    assert answer.status_code == 200
    assert "<strong>东扩</strong>" in answer.text
    assert 'rel="nofollow noopener' in answer.text
    assert "<script>alert" not in answer.text
    assert 'value="P01" checked' in answer.text
    assert planner.get(f"{HOME}/2026-001").status_code == 404


def test_everything_wrong_is_told_at_once_at_its_field(planner, gate, at_desk):
    answer = post(
        planner,
        f"{HOME}/new",
        **{
            **FIELDS,
            **_versions(planner),
            "title_zh": " ",
            "procedure": "none",
            "projects": ["P01", "X99"],
            "review_number": "12",
            "title_en": "x" * 201,
            "draft": "0" * 16,
        },
    )
    assert answer.status_code == 400
    for field in ("title_zh", "procedure", "projects", "review_number", "title_en", "draft"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}"' in answer.text
    assert "文惠路 16 号" in answer.text


def test_versions_of_a_layer_are_compared(at_desk, planner, sample):
    version = Store(sample, software="test").current("roads").id
    address = begun(planner, **{"after-roads": version})
    kept = notice(at_desk, address)
    assert kept.compared == [{"layer": "roads", "before": None, "after": version}]
    assert f'value="{version}" selected' in planner.get(f"{address}/edit").text
    fields = {**FIELDS, **_versions(planner), "before-roads": version}
    answer = post(planner, f"{HOME}/new", **fields)
    assert answer.status_code == 400
    assert 'href="#after-roads"' in answer.text


def test_versions_before_and_after_lead_to_what_differs(town, published, desk):
    publish = published(town)
    before = Store(publish, software="test").current("gardens").id
    edit(town, "gardens", change_gardens)
    after = publish_layer(town, "gardens")
    client = desk(publish).client("planner")
    versions = {"before-gardens": before, "after-gardens": after}
    same = {**FIELDS, **_versions(client), "projects": ["G01"], **versions}
    answer = post(client, f"{HOME}/new", **{**same, "before-gardens": after})
    assert 'href="#before-gardens"' in answer.text
    address = post(client, f"{HOME}/new", **same).location
    for part in ("", "/preview"):
        html = client.get(address + part).text
        assert f"from={before}&amp;to={after}" in html
    assert "second" in client.get(f"{address}/edit").text


def test_the_second_of_two_editors_keeps_what_they_wrote(at_desk, planner):
    address = begun(planner)
    admin = at_desk.client("admin")
    fields = {**FIELDS, **_versions(planner), "revision": "1"}
    theirs = post(admin, f"{address}/edit", **{**fields, "contact": "他的电话"})
    assert theirs.status_code == 303
    mine = post(planner, f"{address}/edit", **{**fields, "contact": "我的电话"})
    assert mine.status_code == 409
    assert "另有人保存了" in mine.text
    assert "他的电话" in mine.text
    assert "我的电话</textarea>" in mine.text
    assert 'name="revision" value="2"' in mine.text
    assert notice(at_desk, address).contact == "他的电话"
    again = post(planner, f"{address}/edit", **{**fields, "revision": "2", "contact": "我的电话"})
    assert again.status_code == 303
    assert notice(at_desk, address).contact == "我的电话"


# ---------------------------------------------------------------- publishing


def test_the_checklist_leads_to_each_field(planner):
    address = begun(planner, plain_zh="", organiser="", review_number="")
    html = planner.get(f"{address}/publish").text
    for field in ("plain_zh", "organiser", "review_number"):
        assert f'href="{address}/edit#{field}"' in html
    assert f'href="{address}/edit#decider"' not in html
    assert f'href="{address}/documents"' in html
    answer = post(planner, f"{address}/publish", when="now", closes_at="2026-03-05")
    assert answer.status_code == 400
    assert answer.text.count("还缺：") >= 3
    assert "城乡规划报送审批前，草案公告的时间不得少于三十日" in answer.text
    assert "2026-04-01 24:00" in answer.text


def test_it_opens_now_and_closes_by_itself(at_desk, planner, clock):
    address = published(planner)
    assert "公示中" in planner.get(address).text
    assert "第 0 / 30 日" in planner.get(address).text
    clock.forward(days=12)
    assert "第 12 / 30 日" in planner.get(address).text
    clock.at = notice(at_desk, address).closes_at
    assert "已截止" in planner.get(address).text
    assert "已截止" in planner.get(HOME).text


def test_it_opens_later_and_can_be_taken_back(at_desk, planner, clock):
    address = published(planner, when="later", opens_at="2026-03-10T08:30", closes_at="2026-04-09")
    assert notice(at_desk, address).opens_at == datetime(2026, 3, 10, 8, 30, tzinfo=ZONE)
    assert "即将公示" in planner.get(address).text
    assert "收回" in planner.get(f"{address}/edit").text
    assert post(planner, f"{address}/take-back").status_code == 303
    assert "拟稿" in planner.get(address).text
    assert post(planner, f"{address}/take-back", page=f"{address}/edit").status_code == 400


@pytest.mark.parametrize(
    "fields",
    [
        {"when": "later", "opens_at": "2026-03-10T08:30", "closes_at": "2026-04-08"},
        {"when": "later", "opens_at": "2026-03-01T08:30", "closes_at": "2026-04-08"},
        {"when": "later", "opens_at": "", "closes_at": "2026-04-09"},
        {"when": "now", "closes_at": "soon"},
        {"when": "now", "closes_at": "0001-01-01"},
        {"when": "now", "closes_at": "9999-12-31"},
    ],
)
def test_moments_that_cannot_be_are_refused(at_desk, planner, fields):
    address = begun(planner)
    answer = post(planner, f"{address}/publish", **fields)
    assert answer.status_code == 400
    assert notice(at_desk, address).published_at is None


def test_the_content_of_an_open_notice_stands_and_the_page_says_why(at_desk, planner):
    address = published(planner)
    html = planner.get(f"{address}/edit").text
    assert "撤回后重新公示" in html
    assert "notice-form" not in html
    fields = {**FIELDS, **_versions(planner), "revision": "1", "title_zh": "别的"}
    answer = post(planner, f"{address}/edit", page=f"{address}/lengthen", **fields)
    assert answer.status_code == 400
    assert "不能修改内容" in answer.text
    assert notice(at_desk, address).title_zh == TITLE


def test_a_draft_is_announced_as_it_was_when_the_notice_was_published(town, published, desk):
    made = desk(published(town))
    clocks.install(made.app, SetClock(START))
    with made.database.writing() as session:
        base = Store(town, software="test").current("gardens").id
        draft = drafts.begin(session, "gardens", base, "东园", by=Person("planner"))
        drafts.save(session, draft.id, "G02", None, based_on=0, by=Person("planner"))
    client = made.client("planner")
    fields = {**FIELDS, **_versions(client), "projects": ["G01"], "draft": draft.id}
    address = post(client, f"{HOME}/new", **fields).location
    assert f'data-after="{address}/draft.geojson"' in client.get(f"{address}/preview").text
    kept = [
        one["properties"]["id"] for one in client.get(f"{address}/draft.geojson").json["features"]
    ]
    assert "G01" in kept
    assert "G02" not in kept
    assert client.get(f"{address}/changes.geojson").json["features"]
    assert made.client("reader").get(f"{address}/draft.geojson").status_code == 404
    answer = post(client, f"{address}/publish", when="now", closes_at="2026-04-01")
    assert answer.status_code == 303
    with made.database.writing() as session:
        drafts.save(session, draft.id, "G01", None, based_on=0, by=Person("planner"))
    public = made.client().get(f"{address.removeprefix('/desk')}/draft.geojson").json
    assert [one["properties"]["id"] for one in public["features"]] == kept
    assert "此后又有 1 次编辑，不在公示内" in client.get(address).text


# ---------------------------------------------------------------- its course


def test_lengthening_and_shortening(at_desk, planner):
    address = published(planner)
    earlier = post(planner, f"{address}/lengthen", closes_at="2026-03-31", reason="够了")
    assert earlier.status_code == 400
    assert "只能延长，不能缩短" in earlier.text
    assert "城乡规划法" in earlier.text
    fields = {"closes_at": "2026-04-10", "reason": "参与的人多"}
    assert post(planner, f"{address}/lengthen", **{**fields, "reason": ""}).status_code == 400
    assert post(planner, f"{address}/lengthen", **fields).status_code == 303
    html = planner.get(address).text
    assert "2026-04-10 24:00" in html
    assert "参与的人多" in html


def test_a_downtime_adds_a_day(at_desk, planner, clock):
    address = published(planner)
    clock.forward(days=3)
    fields = {"since": "2026-03-04T10:00", "until": "2026-03-04T12:00", "reason": "停电"}
    assert post(planner, f"{address}/downtime", **fields).status_code == 303
    assert "2026-04-02 24:00" in planner.get(address).text
    answer = post(planner, f"{address}/downtime", **{**fields, "until": "2026-03-04T10:00"})
    assert answer.status_code == 400


def test_a_withdrawn_notice_stays_readable(at_desk, planner):
    address = published(planner)
    assert post(planner, f"{address}/withdraw", reason=" ").status_code == 400
    assert post(planner, f"{address}/withdraw", reason="方案重做").status_code == 303
    html = planner.get(address).text
    assert "已撤回" in html
    assert "方案重做" in html
    assert planner.get(f"{address}/preview").status_code == 200


def test_hearings_are_added_and_cancelled_with_a_reason(at_desk, planner):
    address = published(planner)
    fields = {
        "title": "听证会",
        "place": "一楼会议室",
        "starts_at": "2026-03-20T14:00",
        "ends_at": "2026-03-20T16:00",
    }
    assert post(planner, f"{address}/hearings", **{**fields, "place": ""}).status_code == 400
    assert post(planner, f"{address}/hearings", **fields).status_code == 303
    cancel = f"{address}/hearings/1/cancel"
    assert post(planner, cancel, page=f"{address}/hearings").status_code == 400
    assert post(planner, cancel, page=f"{address}/hearings", reason="停用").status_code == 303
    assert "已取消" in planner.get(address).text
    public = at_desk.client().get(address.removeprefix("/desk")).text
    assert "停用" in public


# ---------------------------------------------------------------- documents


def office(*parts):
    """A Word or Excel file as far as its parts tell."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return made.getvalue()


DOCX = office("word/document.xml")
GEOJSON = b'\xef\xbb\xbf {"type": "FeatureCollection", "features": []}'


def upload(client, address, content, name, **fields):
    page = f"{address}/documents"
    sent = FileStorage(io.BytesIO(content), name)
    form = {"csrf_token": token_of(client, page), "file": sent, **fields}
    # Written out here: the client itself leaves a large body's temporary file open.
    boundary, body = encode_multipart(form)
    return client.post(page, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def test_a_document_is_kept_and_handed_out_to_be_saved(at_desk, planner):
    address = begun(planner)
    assert upload(planner, address, DOCX, "草案.pdf", title="草案说明").status_code == 303
    html = planner.get(f"{address}/documents").text
    assert "草案说明" in html
    answer = planner.get(f"{address}/documents/1")
    assert answer.data == DOCX
    answer.close()
    assert answer.mimetype == files.DOCX
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "%E8%8D%89%E6%A1%88.docx" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert planner.get(f"{address}/documents/2").status_code == 404
    assert at_desk.client("reader").get(f"{address}/documents/1").status_code == 404
    again = upload(planner, address, DOCX, "b.docx")
    assert again.status_code == 400
    assert "已经有了" in again.text
    remove = f"{address}/documents/1/remove"
    assert post(planner, remove, page=f"{address}/documents").status_code == 303
    assert planner.get(f"{address}/documents/1").status_code == 404


def test_an_open_notice_gets_documents_and_loses_none(at_desk, planner, clock):
    address = published(planner)
    clock.forward(days=2)
    assert upload(planner, address, GEOJSON, "a.json").status_code == 303
    assert "移除" not in planner.get(f"{address}/documents").text
    public = at_desk.client().get(address.removeprefix("/desk")).text
    assert "2026-03-04 09:00 补充" in public
    remove = f"{address}/documents/1/remove"
    assert post(planner, remove, page=f"{address}/documents").status_code == 400
    answer = planner.get(f"{address}/documents/1")
    assert answer.data == GEOJSON
    answer.close()


def test_a_file_that_is_too_large_is_told_on_the_page(planner):
    address = begun(planner)
    answer = upload(planner, address, bytes(files.MOST_BYTES + 1), "大.pdf")
    assert answer.status_code == 413
    assert "大于 50 MB" in answer.text
    assert 'id="file"' in answer.text


def test_without_a_file_nothing_is_added(planner):
    address = begun(planner)
    answer = post(planner, f"{address}/documents")
    assert answer.status_code == 400
    assert "没有选择文件" in answer.text


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"<html><script>alert(1)</script>", "a.pdf", "notice-file-type"),
        (b'{"type": "Topology"}', "a.geojson", "notice-file-type"),
        (b'{"type": ', "a.geojson", "notice-file-type"),
        (b"", "a.pdf", "notice-file-type"),
        (b"PK\x03\x04rest", "a.docx", "notice-file-damaged"),
        (office("other.xml"), "a.docx", "notice-file-type"),
        (office("word/document.xml", "word/vbaProject.bin"), "a.docx", "notice-file-macros"),
        (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "a.xlsx", "notice-file-macros"),
    ],
)
def test_what_is_no_document_is_refused(content, name, code):
    with pytest.raises(InputError) as caught:
        files.accept(content, name)
    assert caught.value.code == code


def test_a_document_that_is_too_large_is_refused():
    with pytest.raises(LimitError):
        files.accept(b"{" * (files.MOST_BYTES + 1), "a.geojson")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("规划.docx", "规划.docx"),
        ("规划.PDF", "规划.docx"),
        ("v1.2 规划", "v1.2 规划.docx"),
        ("../../etc/passwd", "_.._etc_passwd.docx"),
        ("a\u202excod.exe", "a_xcod.exe.docx"),
        ("", "document.docx"),
        ("x" * 300, "x" * 120 + ".docx"),
    ],
)
def test_names_are_such_that_every_system_takes(name, kept):
    assert files.accept(DOCX, name).name == kept


def test_what_was_done_stands_in_the_log(at_desk, planner):
    address = published(planner)
    post(planner, f"{address}/withdraw", reason="方案重做")
    log = at_desk.client("admin").get("/desk/log").text
    for words in ("拟定公示", "发布公示", "撤回公示", "方案重做"):
        assert words in log
