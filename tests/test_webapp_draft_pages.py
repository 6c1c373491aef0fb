"""The pages of drafts: who sees them, what they answer."""

import pytest

from tests.desk import post, token_of


@pytest.fixture
def town_desk(town, published, desk):
    return desk(published(town))


@pytest.fixture
def planner(town_desk):
    return town_desk.client("planner")


@pytest.fixture
def address(planner):
    """The address of a new draft of the gardens."""
    answer = post(planner, "/desk/drafts", layer="gardens", title="东园 <b>{{ 7*7 }}</b>")
    assert answer.status_code == 303
    return answer.location


def send(client, address, **body):
    headers = {"X-CSRFToken": token_of(client, "/desk/drafts")}
    return client.post(f"{address}/edits.json", json=body, headers=headers)


def renamed(client, address, name):
    features = client.get(f"{address}/state.json").json["features"]
    content = next(one["content"] for one in features if one["key"] == "G01")
    return {**content, "properties": {**content["properties"], "name_zh": name}}


@pytest.mark.parametrize("role", ["reader", "moderator"])
def test_nobody_but_planners_sees_a_draft(town_desk, address, role):
    client = town_desk.client(role)
    for part in ("", "/state.json", "/edits.json", "/check.json", "/publish", "/carry"):
        assert client.get(address + part).status_code == 404, part
    assert client.get("/desk/drafts").status_code == 404
    assert town_desk.client().get(f"{address}/state.json").status_code == 401


def test_a_draft_is_on_no_public_page(town_desk, planner, address):
    content = renamed(planner, address, "只在草稿里")
    assert send(planner, address, kind="edit", feature="G01", content=content).status_code == 200
    public = town_desk.app.test_client()
    for page in ("/projects", "/projects/G01", "/projects.geojson", "/search.json"):
        assert "只在草稿里" not in public.get(page).text


def test_words_of_a_draft_stay_words(planner, address):
    html = planner.get(address).text
    assert "<b>{{" not in html
    assert "&lt;b&gt;{{ 7*7 }}" in html


def test_a_conflict_is_told_with_both_states(town_desk, planner, address):
    mine, theirs = renamed(planner, address, "我"), renamed(planner, address, "他")
    admin = town_desk.client("admin")
    assert send(admin, address, kind="edit", feature="G01", content=theirs).status_code == 200
    answer = send(planner, address, kind="edit", feature="G01", revision=0, content=mine)
    assert answer.status_code == 409
    assert answer.json["theirs"]["content"]["properties"]["name_zh"] == "他"
    assert answer.json["theirs"]["by"] == "admin"
    assert answer.json["error"]["code"] == "draft-conflict"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"kind": "else"}', '{"kind": "note"}'])
def test_what_is_no_edit_is_refused(planner, address, body):
    headers = {"X-CSRFToken": token_of(planner, "/desk/drafts")}
    answer = planner.post(f"{address}/edits.json", data=body, headers=headers)
    assert answer.status_code == 400


def test_an_edit_without_a_token_is_refused(planner, address):
    answer = planner.post(f"{address}/edits.json", json={"kind": "undo"})
    assert answer.status_code == 400
    assert planner.get(f"{address}/edits.json").json == []


def test_a_draft_is_published_with_its_reason(town_desk, planner, address):
    content = renamed(planner, address, "新园")
    send(planner, address, kind="edit", feature="G01", content=content)
    told = planner.get(f"{address}/check.json").json
    assert told["ok"]
    assert "新园" in told["changes"][0]["words"]
    fields = {"seen": "1", "reason": "按新边界", "accepted": "on"}
    assert post(planner, f"{address}/publish", **{**fields, "reason": ""}).status_code == 400
    assert post(planner, f"{address}/publish", **fields).status_code == 303
    assert "新园" in town_desk.app.test_client().get("/projects/G01").text
    log = town_desk.client("admin").get("/desk/log").text
    assert "发布草稿" in log
    assert "按新边界" in log
    assert "只能查看" in planner.get(address).text


def test_a_discarded_draft_is_listed(planner, address):
    assert post(planner, f"{address}/discard", page=address).status_code == 303
    assert "已放弃" in planner.get("/desk/drafts").text
    assert send(planner, address, kind="undo").status_code == 400


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_pass_the_gate_in_both_languages(town_desk, planner, address, gate, lang):
    through = gate(town_desk.app, planner)
    for part in ("", "/publish", "/carry"):
        assert through.open(f"{address}{part}?lang={lang}", lang=lang).all("form", method="post")


def test_whoever_has_seen_no_edit_is_told_of_the_first(planner, address):
    assert planner.get(f"{address}/state.json?after=0").json["features"] == []
    content = renamed(planner, address, "一")
    send(planner, address, kind="edit", feature="G01", content=content)
    told = planner.get(f"{address}/state.json?after=0").json["features"]
    assert [one["key"] for one in told] == ["G01"]
