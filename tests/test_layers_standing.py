"""What is open in the published data is counted by layer, and each count is a list."""

import json
import shutil
from pathlib import Path

import pytest

from layers.catalog import Catalog
from layers.plan import Plan
from layers.publishing import own_source, publish
from layers.standing import CHECKS, standing
from layers.statistics import Question, stated
from layers.store import Store

TOWN = Path(__file__).parent / "town"


@pytest.fixture(scope="module")
def found(plan):
    return standing(plan)


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


def test_the_sample_is_as_the_plan_counts_it(found, plan):
    projects = plan.projects()
    assert found.count("unlocated") == sum(not one.located for one in projects) == 13
    roads = {one.id for one in found.of("unclassified", "roads")}
    assert roads == set(next(s.unclassified for s in plan.summaries() if s.spec.id == "roads"))
    sketched = [one for one in projects if one.schematic]
    of_projects = [
        one for one in found.of("schematic") if plan.catalog.layer(one.layer).is_projects
    ]
    assert [one.id for one in of_projects] == [one.id for one in sorted_by_page(found, sketched)]


def sorted_by_page(found, projects):
    order = [one.spec.id for one in found.layers]
    return sorted(projects, key=lambda one: order.index(one.layer))


def test_shared_ground_is_that_of_the_parks_and_not_of_the_studies(found):
    """The pair and its area are those of the page of overlaps; studies overlap by their nature."""
    [pair] = found.of("overlap")
    assert (pair.layer, pair.id) == ("parks", "P09")
    assert "1,217" in pair.note.en
    lon, lat = pair.place
    assert 120.2 < lon < 120.4
    assert 31.6 < lat < 31.8


def test_stated_against_drawn_is_flagged_as_in_the_statistics(found, plan):
    flagged = [row.id for row in stated(plan, Question(schematic=True)).rows if row.flagged]
    assert [one.id for one in found.of("stated")] == flagged


def test_empty_optional_fields_are_counted_by_field(found, plan):
    undated = [one.id for one in plan.projects() if one.layer == "roads" and one.undated]
    assert [one.id for one in found.of("missing", "roads", "year_from")] == undated
    assert found.count("missing", "roads", "year_from") == len(undated)
    roads = next(one for one in found.layers if one.spec.id == "roads")
    gaps = {name: count for name, _, count in found.gaps(roads)}
    assert gaps["year_from"] == len(undated)
    assert not gaps.keys() & {name for name, one in roads.spec.fields.items() if one.required}
    assert sum(gaps.values()) == found.count("missing", "roads")


def test_each_count_is_the_length_of_its_list(found):
    for check in CHECKS:
        assert found.count(check) == len(found.of(check))
        for layer in found.layers:
            assert found.count(check, layer.spec.id) == len(found.of(check, layer.spec.id))


def test_the_json_has_every_count_and_finding(found):
    value = json.loads(json.dumps(found.to_dict()))
    assert [one["id"] for one in value["checks"]] == list(CHECKS)
    assert len(value["findings"]) == len(found.findings)
    parks = next(one for one in value["layers"] if one["id"] == "parks")
    assert parks["counts"]["overlap"] == 1


def test_warnings_of_the_report_are_listed_once(tmp_path):
    town = Path(shutil.copytree(TOWN, tmp_path / "town"))
    path = town / "gardens.geojson"
    collection = json.loads(path.read_text("utf-8"))
    first = collection["features"][0]
    twin = {**first, "properties": {**first["properties"], "id": "G09", "painter": "张"}}
    twin.pop("id", None)
    collection["features"].append(twin)
    path.write_text(json.dumps(collection), "utf-8")
    catalog, store = Catalog.read(town), Store(town, software="test")
    spec = catalog.layer("gardens")
    outcome = publish(catalog, store, spec, own_source(catalog, spec), by="test", reason="test")
    assert outcome.version, list(outcome.report.lines("en"))
    found = standing(Plan(catalog, store))
    told = {(one.field, one.id) for one in found.of("warning")}
    assert told == {("painter", None), ("name_zh", "G09")}
    # G01 and G02 of the town share ground; the twin of G01 lies on both.
    assert [one.id for one in found.of("overlap")] == ["G02", "G09", "G09"]
