"""The comparison of two versions as a page and for programs; the history of a layer."""

import pytest
import shapely

from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import Question, table
from layers.store import Store
from tests.changed import change_gardens, change_parks, edit, publish_layer
from webapp import create_app
from webapp.settings import Settings


@pytest.fixture
def site(town, published, gate):
    """The town with two versions of its gardens: the gate of its pages, both ids, a client."""
    published(town)
    older = Store(town, software="test").current("gardens").id
    edit(town, "gardens", change_gardens)
    newer = publish_layer(town, "gardens", "花园<i>调整</i>")
    app = create_app(Settings(data=town))
    return gate(app), older, newer, app.test_client()


@pytest.fixture(scope="module")
def second(tmp_path_factory, published):
    """The sample with two versions of its parks."""
    from tests.conftest import ROOT, copy_sources

    folder = published(copy_sources(ROOT / "data", tmp_path_factory.mktemp("d") / "data"))
    older = Store(folder, software="test").current("parks").id
    edit(folder, "parks", change_parks)
    return folder, older, publish_layer(folder, "parks")


# ---------------------------------------------------------------- where it begins


def test_every_layer_leads_to_its_history_and_those_with_two_versions_to_the_comparison(site):
    gate, _, _, _ = site
    page = gate.open("/compare")
    links = [link.get("href") for link in page.one("main").iter("a")]
    assert [link for link in links if link.endswith("/history")] == [
        "/layers/streets/history",
        "/layers/gardens/history",
        "/layers/stops/history",
    ]
    assert [link for link in links if link.endswith("/compare")] == ["/layers/gardens/compare"]
    assert page.texts("td", class_="number") == ["1", "2", "1"]
    assert "花园<i>调整</i>" in page.text
    assert page.one("a", aria_current="page").get("href") == "/compare"


# ---------------------------------------------------------------- the page


def test_without_names_the_current_version_is_compared_with_the_one_before(site):
    gate, older, newer, _ = site
    page = gate.open("/layers/gardens/compare")
    canonical = page.one("link", rel="canonical").get("href")
    assert canonical.endswith(f"/layers/gardens/compare?from={older}&to={newer}")
    assert page.text == gate.open(f"/layers/gardens/compare?from={older}&to={newer}").text


def test_the_page_tells_every_change_in_words_and_in_the_table(site):
    gate, *_ = site
    page = gate.open("/layers/gardens/compare")
    assert page.texts("a", class_="sentence") == [
        "<b>枣园</b> {{ 7*7 }}：新增，面积 42.53 公顷；示意图形",
        "桂园：删除，面积 21.26 公顷；示意图形",
        "桑园：面积 21.26 → 23.39 公顷（+10.0 %），向东扩展；计划目标 启动 → 完成",
    ]
    for link in page.all("a", class_="sentence"):
        page.one("tr", id=link.get("href").removeprefix("#"))
    assert "计划目标 启动 → 完成" in page.text
    assert page.text.count("椭球面") >= 4


def test_the_page_in_english(site):
    gate, *_ = site
    page = gate.open("/layers/gardens/compare?lang=en", lang="en")
    assert "extended to the east; Aim To start → To complete" in page.text
    assert "Schematic" in page.text


@pytest.mark.parametrize(
    ("only", "ids"),
    [
        ("added", ["G03"]),
        ("added,removed", ["G03", "G02"]),
        ("attributes", ["G01"]),
        ("moved", []),
    ],
)
def test_classes_are_filtered_without_scripts(site, only, ids):
    gate, _, _, client = site
    page = gate.open(f"/layers/gardens/compare?only={only}")
    rows = [row for row in page.all("tr") if (row.get("id") or "").startswith("row-")]
    assert [one.get("data-change") for one in page.all("a", class_="sentence")] == [
        row.get("id").removeprefix("row-") for row in rows
    ]
    answer = client.get(f"/layers/gardens/compare.json?only={only}").get_json()
    assert [one["id"] for one in answer["changes"]] == ids
    assert "未变或未选" in page.text
    assert len(rows) == len(ids)


def test_a_layer_of_one_version_says_that_there_is_nothing_to_compare(site):
    gate, *_ = site
    page = gate.open("/layers/streets/compare")
    assert "没有可比较的" in page.text
    assert not page.all("section", id="compare")


@pytest.mark.parametrize("query", ["from=000000000000", "to=zzz", "from=../x", "to=000000000000"])
def test_a_version_that_never_was_is_not_found(site, query):
    gate, *_, client = site
    gate.open(f"/layers/gardens/compare?{query}", status=404)
    for end in ("json", "geojson"):
        assert client.get(f"/layers/gardens/compare.{end}?{query}").status_code == 404
    gate.open("/layers/nowhere/compare", status=404)
    gate.open("/layers/nowhere/history", status=404)


def test_what_the_page_does_not_know_is_told_and_programs_are_refused(site):
    gate, *_, client = site
    page = gate.open("/layers/gardens/compare?only=zzz&mode=film&at=900")
    (told,) = page.all("div", role="alert")
    assert "".join(told.itertext()).count("zzz") == 1
    assert page.one("section", id="compare").get("data-mode") == "changes"
    for query in ("only=zzz", "mode=swipe", "x=1"):
        assert client.get(f"/layers/gardens/compare.json?{query}").status_code == 400


def test_mode_swipe_and_place_are_kept_in_the_links_of_the_page(site):
    gate, older, newer, _ = site
    address = (
        f"/layers/gardens/compare?from={older}&to={newer}&mode=swipe&at=30&view=30.6,104.99,14"
    )
    page = gate.open(address)
    section = page.one("section", id="compare")
    assert (section.get("data-mode"), section.get("data-at")) == ("swipe", "30")
    assert section.get("data-view") == "30.6,104.99,14"
    for link in page.all("a", class_="class"):
        assert "mode=swipe&at=30&view=30.6,104.99,14" in link.get("href").replace("%2C", ",")


def test_both_ways_round(site):
    gate, older, newer, _ = site
    page = gate.open(f"/layers/gardens/compare?from={newer}&to={older}")
    assert "−9.1 %" in page.text
    assert "东侧缩减" in page.text


# ---------------------------------------------------------------- for programs


def test_the_figures_are_those_of_the_two_statistics(second):
    folder, older, newer = second
    client = create_app(Settings(data=folder)).test_client()
    found = client.get("/layers/parks/compare.json").get_json()
    assert (found["from"]["version"], found["to"]["version"]) == (older, newer)
    plan = Plan.open(folder)
    for schematic, name in ((False, "measured"), (True, "drawn")):
        question = Question(Criteria(layers=("parks",)), group=(), schematic=schematic)
        old, new = (table(plan.at({"parks": one}), question).total for one in (older, newer))
        balance = found[name]
        for figure in ("count", "length_m", "gross_m2"):
            before, after = getattr(old, figure), getattr(new, figure)
            assert balance["before"][figure] == pytest.approx(before)
            assert balance["after"][figure] == pytest.approx(after)
            if after is not None:
                assert balance["change"][figure] == pytest.approx(after - before, abs=1e-3)
        if not schematic:
            assert found["net_m2"] == {"before": old.net_m2, "after": new.net_m2}


def test_every_class_of_the_sample_is_found(second):
    folder, *_ = second
    found = create_app(Settings(data=folder)).test_client().get("/layers/parks/compare.json")
    counts = found.get_json()["counts"]
    assert {name for name, count in counts.items() if count} == {
        "removed",
        "reshaped",
        "moved",
        "reclassified",
        "attributes",
        "redigitised",
        "unchanged",
    }


def test_the_changed_features_as_geojson(site):
    *_, client = site
    answer = client.get("/layers/gardens/compare.geojson")
    assert answer.mimetype == "application/geo+json"
    features = answer.get_json(force=True)["features"]
    assert [(one["properties"]["side"], one["id"]) for one in features] == [
        ("before", "G02"),
        ("before", "G01"),
        ("after", "G03"),
        ("after", "G01"),
    ]
    served = {
        one["id"]: shapely.geometry.shape(one["geometry"])
        for one in client.get(f"/layers/gardens/{site[1]}/features.geojson").get_json(force=True)[
            "features"
        ]
    }
    for feature in features[:2]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.equals(served[feature["id"]])
    assert features[2]["properties"]["sentence"]["zh"].startswith("<b>枣园</b> {{ 7*7 }}")


def test_context_layers_are_compared_too(town, published, gate):
    published(town)

    def move(features):
        features[0]["geometry"]["coordinates"][0] += 0.001

    edit(town, "stops", move)
    publish_layer(town, "stops")
    page = gate(create_app(Settings(data=town))).open("/layers/stops/compare")
    assert "静溪站：向东移动 96 m" in page.text
    assert "净面积" not in page.texts("th")


# ---------------------------------------------------------------- history


def test_the_history_tells_when_why_and_from_what(site):
    gate, _, newer, client = site
    page = gate.open("/layers/gardens/history")
    entries = page.all("li", class_="history__entry")
    assert [newer in text for text in page.texts("li", class_="history__entry")] == [True, False]
    assert "花园<i>调整</i>" in page.text
    assert len(entries) == 2
    versions = client.get("/layers/gardens/versions").get_json()["versions"]
    for version in versions:
        assert version["sha256"] in page.text
    assert "2 个要素，2 个有图形" in page.text


def test_nobodys_name_is_told(site):
    gate, *_, client = site
    page = gate.open("/layers/gardens/history")
    assert "发布人" not in page.text
    for address in ("compare", "compare.json", "compare.geojson"):
        assert '"by"' not in client.get(f"/layers/gardens/{address}").get_data(as_text=True)


def test_every_link_of_the_history_leads_somewhere(site):
    gate, _, _, client = site
    page = gate.open("/layers/gardens/history")
    links = [one.get("href") for one in page.one("main").iter("a")]
    assert len(links) > 8
    for link in links:
        assert client.get(link).status_code == 200, link


def test_the_statistics_of_then_are_those_of_then(site):
    gate, older, _, client = site
    page = gate.open("/layers/gardens/history")
    (link,) = [one.get("href") for one in page.all("a") if words(one) == "当时的统计"]
    assert f"gardens:{older}" in link.replace("%3A", ":")
    then = client.get(link.replace("/statistics?", "/statistics.json?")).get_json()
    assert then["versions"]["gardens"] == older


def words(element):
    return "".join(element.itertext()).strip()


def test_going_back_stands_in_the_history(site, town):
    gate, older, newer, _ = site
    Store(town, software="x").republish("gardens", older, by="x", reason="暂缓")
    page = gate.open("/layers/gardens/history")
    first, *_ = page.texts("li", class_="history__entry")
    assert "退回旧版本" in first
    assert "暂缓" in first
    assert "当前版本" in first
    assert len(page.all("li", class_="history__entry")) == 3
    link = page.one("link", rel="alternate")
    assert link.get("href") == "/layers/gardens/versions"
    compared = gate.open("/layers/gardens/compare")
    assert compared.one("link", rel="canonical").get("href").endswith(f"from={newer}&to={older}")


def test_project_page_and_list_lead_to_the_history(site):
    gate, *_ = site
    for address in ("/projects/G01", "/projects"):
        links = [one.get("href") for one in gate.open(address).all("a")]
        assert "/layers/gardens/history" in links
