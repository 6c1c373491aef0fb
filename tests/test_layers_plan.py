"""What can be asked of a plan: counts, projects, dossiers, all from one published state."""

import json
import shutil
from pathlib import Path

import pytest

from geo.errors import NotFound
from layers.catalog import Catalog
from layers.plan import Plan
from layers.publishing import own_source, publish
from layers.query import Criteria
from layers.store import Store

TOWN = Path(__file__).parent / "town"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    town = Path(shutil.copytree(TOWN, tmp_path_factory.mktemp("plan") / "town"))
    publish_all(town)
    return town


@pytest.fixture(scope="module")
def plan(folder):
    return Plan.open(folder)


def publish_all(folder):
    catalog, store = Catalog.read(folder), Store(folder, software="test")
    for spec in catalog.layers:
        source = own_source(catalog, spec)
        outcome = publish(catalog, store, spec, source, by="test", reason="test")
        assert outcome.version, list(outcome.report.lines("en"))


def ids(projects):
    return [project.id for project in projects]


def test_every_project_is_there_located_or_not(plan):
    assert ids(plan.projects()) == ["T01", "T02", "T03", "T04", "G01", "G02"]
    assert [project.id for project in plan.projects() if not project.located] == ["T04"]


def test_a_summary_counts_what_is_there(plan):
    streets = plan.summaries()[0]
    assert (streets.features, streets.located, streets.unlocated) == (4, 3, 1)
    assert streets.unclassified == ("T03",)


@pytest.mark.parametrize(
    ("criteria", "wanted"),
    [
        (Criteria(layers=("gardens",)), ["G01", "G02"]),
        (Criteria(layers=()), []),
        (Criteria(stages=("complete",)), ["T02", "T04", "G02"]),
        (Criteria(years=(2024, 2024)), ["T01", "T03", "T04", "G01"]),
        (Criteria(years=(2025, 2025)), ["T02", "T03", "T04", "G01"]),
        (Criteria(q="shuyuan"), ["T02"]),
        (Criteria(q="g0", years=(2026, 2026)), ["G01", "G02"]),
    ],
)
def test_criteria_choose_and_the_undated_stay(plan, criteria, wanted):
    assert ids(plan.projects(criteria)) == wanted


def test_projects_as_geojson_keep_null_geometry(plan):
    features = json.loads(plan.projects_geojson())["features"]
    assert len(features) == 6
    assert [feature["id"] for feature in features if feature["geometry"] is None] == ["T04"]


def test_a_dossier_measures_in_the_zones_crs(plan):
    drawn = plan.dossier("G01").drawn
    assert (drawn.kind, drawn.unit, drawn.crs) == ("area", "m2", "EPSG:4544")
    assert drawn.plane == pytest.approx(drawn.geodesic, rel=2e-4)
    # 0.005 by 0.004 degrees at 30.6 N, from the metres of a degree on GRS 80 there.
    assert drawn.plane == pytest.approx(95_880 * 0.005 * 110_862 * 0.004, rel=1e-3)


def test_a_dossier_knows_its_surroundings(plan):
    dossier = plan.dossier("G01")
    assert [(overlap.id, overlap.area_m2 is None) for overlap in dossier.overlaps] == [
        ("T01", True),
        ("G02", False),
    ]
    assert [near.id for near in dossier.nearby] == ["ST1"]
    assert [(entry.station, entry.relation) for entry in dossier.catchments] == [("ST1", "partly")]


def test_a_project_without_geometry_has_a_dossier_too(plan):
    dossier = plan.dossier("T04")
    assert (dossier.drawn, dossier.position, dossier.nearby) == (None, None, ())


def test_every_dossier_is_json(plan):
    for project in plan.projects():
        assert json.loads(json.dumps(plan.dossier(project.id).to_dict()))["id"] == project.id


def test_a_dossier_cites_its_version(plan):
    dossier = plan.dossier("T01")
    assert dossier.version in dossier.cite.zh
    assert "静溪大街改造" in dossier.cite.zh


def test_what_is_not_there_is_not_found(plan):
    for ask in (plan.project, plan.dossier, plan.publication):
        with pytest.raises(NotFound):
            ask("X99")


def test_the_description_is_json_and_style_and_legend_are_one(plan):
    layers = {layer["id"]: layer for layer in json.loads(json.dumps(plan.describe()))["layers"]}
    assert [symbol["value"] for symbol in layers["streets"]["style"]["symbols"]] == ["main", "lane"]
    assert layers["gardens"]["style"]["symbols"][0]["title"]["zh"] == "园地"
    assert layers["streets"]["counts"]["unclassified"] == 1


def test_the_search_index_says_where_a_project_lies(plan):
    index = {entry["id"]: entry for entry in plan.search_index()}
    assert index["T04"]["at"] is None
    assert 104.98 <= index["T01"]["at"][0] <= 105.0
    assert "shuyuanxiangzhengzhi" in index["T02"]["terms"]


def test_a_layer_is_one_entry_and_one_file(tmp_path):
    town = Path(shutil.copytree(TOWN, tmp_path / "town"))
    with (town / "catalog.toml").open("a", encoding="utf-8") as catalog:
        catalog.write(
            """
            [[layers]]
            id = "schools"
            theme = "green"
            role = "projects"
            title = { zh = "学校", en = "Schools" }
            file = "schools.geojson"
            geometry = ["Point"]
            crs = "EPSG:4326"
            licence = "CC0-1.0"
            source = { zh = "虚构", en = "fictitious" }
            style = "stops"
            fields_from = "project"
            """
        )
    school = {
        "type": "Feature",
        "properties": {"id": "C01", "name_zh": "静溪小学", "geometry_quality": "surveyed"},
        "geometry": {"type": "Point", "coordinates": [105.0, 30.6]},
    }
    collection = {"type": "FeatureCollection", "features": [school]}
    (town / "schools.geojson").write_text(json.dumps(collection), "utf-8")
    publish_all(town)
    assert ids(Plan.open(town).projects(Criteria(layers=("schools",)))) == ["C01"]


def test_the_state_changes_with_what_is_published(tmp_path):
    town = Path(shutil.copytree(TOWN, tmp_path / "town"))
    publish_all(town)
    before = Plan.open(town)
    assert before.fresh
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace("书院巷", "书院街"), "utf-8")
    publish_all(town)
    assert not before.fresh
    assert Plan.open(town).state != before.state
    assert before.project("T02").name.zh == "书院巷整治"


def test_an_unpublished_layer_is_not_part_of_the_plan(tmp_path):
    town = Path(shutil.copytree(TOWN, tmp_path / "town"))
    plan = Plan.open(town)
    assert plan.layers == ()
    assert plan.projects() == ()
    assert plan.describe()["layers"] == []


def test_a_project_of_a_large_layer_is_told_the_same_things(sample):
    small, large = Plan.open(sample), Plan.open(sample, tile_features=0)
    for project in small.projects():
        assert large.project(project.id).properties == project.properties
        assert large.dossier(project.id).to_dict() == small.dossier(project.id).to_dict()
    with pytest.raises(NotFound):
        large.project("R99")


def test_the_search_index_leaves_large_layers_to_their_rows(sample):
    large = Plan.open(sample, tile_features=0)
    assert large.search_index() == []
    assert len(large.rows("roads")) == large.version("roads").features
