"""The sample's figures against PostGIS: another program, another build of GEOS and PROJ.

``tests/golden/make_postgis.py`` writes the golden file; nothing here can.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layers.plan import Plan
from layers.query import Criteria
from layers.statistics import Question, Row, analyse, overlaps, provenance, stated, table
from tests.golden.make_postgis import digest

GOLDEN = json.loads((Path(__file__).parent / "golden" / "postgis.json").read_text("utf-8"))
#: The same corners in two builds of PROJ differ by nanometres.
EXACT = {"rel": 1e-9, "abs": 1e-3}


@pytest.fixture(scope="module")
def plan(sample: Path) -> Plan:
    return Plan.open(sample)


def parts(row: Row, *names: str) -> dict[str, float | None]:
    return {name: getattr(row, name) for name in names}


def golden(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {
        name: None if row[name] is None else pytest.approx(row[name], **EXACT) for name in names
    }


FIGURES = ("length_m", "gross_m2", "net_m2")


def test_the_golden_file_is_of_this_sample(sample: Path) -> None:
    made = {layer: digest(sample, layer) for layer in GOLDEN["sources"]}
    assert made == GOLDEN["sources"], "run tests/golden/make_postgis.py again"


def test_every_layer(plan: Plan) -> None:
    rows = {row.value("layer"): row for row in table(plan, Question(schematic=True)).rows}
    assert len(rows) == len(GOLDEN["layers"])
    for expected in GOLDEN["layers"]:
        row, names = rows[expected["layer"]], (*FIGURES, "count", "unlocated", "schematic")
        assert parts(row, *names) == golden(expected, *names)
        assert row.geodesic_length_m == golden(expected, "geodesic_length_m")["geodesic_length_m"]


def test_the_total(plan: Plan) -> None:
    total = table(plan, Question(schematic=True)).total
    assert parts(total, *FIGURES) == golden(GOLDEN["total"][0], *FIGURES)


def test_without_what_is_schematic(plan: Plan) -> None:
    rows = {row.value("layer"): row for row in table(plan, Question()).rows}
    for expected in GOLDEN["approximate_or_better"]:
        assert parts(rows[expected["layer"]], *FIGURES) == golden(expected, *FIGURES)


def test_every_feature_in_the_plane_and_on_the_ellipsoid(plan: Plan) -> None:
    told = provenance(plan, Question(schematic=True))
    found = {one.id: one for one in told.contributions if one.quality != "none"}
    assert sorted(found) == [row["id"] for row in GOLDEN["features"]]
    for expected in GOLDEN["features"]:
        one = found[expected["id"]]
        for name in ("length_m", "area_m2"):
            assert getattr(one, name) == golden(expected, name)[name], one.id
        for name in ("geodesic_length_m", "geodesic_m2"):
            wanted = expected[name] and pytest.approx(expected[name], rel=1e-7)
            assert getattr(one, name) == wanted, one.id


def test_every_layer_in_every_district(plan: Plan) -> None:
    answer = table(plan, Question(group=("layer", "district"), schematic=True))
    found = {
        (row.value("layer"), row.value("district")): row
        for row in answer.rows
        if row.value("district") not in ("outside", "unlocated")
    }
    expected = {(row["layer"], row["district"]): row for row in GOLDEN["layer_district"]}
    assert found.keys() == expected.keys()
    for key, row in found.items():
        assert parts(row, "count", *FIGURES) == golden(expected[key], "count", *FIGURES), key
        area_m2 = next(d["area_m2"] for d in GOLDEN["districts"] if d["id"] == key[1])
        share = row.net_m2 and pytest.approx(row.net_m2 / area_m2)
        assert row.share_of_district == share


def test_every_pair(plan: Plan) -> None:
    found = {
        tuple(sorted((pair.left.id, pair.right.id))): pair
        for pair in overlaps(plan, Question()).pairs
    }
    expected = {
        (row["left"], row["right"]): row
        for row in GOLDEN["pairs"]
        if max(row["area_m2"] or 0, row["length_m"] or 0) >= 1
    }
    assert found.keys() == expected.keys()
    for key, pair in found.items():
        row = golden(expected[key], "area_m2", "length_m")
        assert {"area_m2": pair.area_m2, "length_m": pair.length_m} == row, key


def test_the_nearest_station_of_every_project(plan: Plan) -> None:
    rows = analyse(plan, "nearest_station", Question()).rows
    found = {row["id"]: row for row in rows if row["station"] is not None}
    assert sorted(found) == [row["id"] for row in GOLDEN["nearest_station"]]
    for expected in GOLDEN["nearest_station"]:
        row = found[expected["id"]]
        assert row["station"] == expected["station"]
        assert row["distance_m"] == golden(expected, "distance_m")["distance_m"]


# ---------------------------------------------------------------- the statistician's questions


def test_park_land_in_the_east_within_800_m_of_a_station_by_phase(plan: Plan) -> None:
    question = Question(
        criteria=Criteria(layers=("parks",)),
        districts=("D_EAST",),
        within_m=800,
        group=("phase",),
        schematic=True,
    )
    answer = table(plan, question)
    measured = [row for row in answer.rows if row.net_m2 is not None]
    years = [
        str(row["first"]) if row["first"] == row["last"] else f"{row['first']}-{row['last']}"
        for row in GOLDEN["east_parks_near_stations"]
    ]
    assert [row.value("phase") for row in measured] == years
    for row, expected in zip(measured, GOLDEN["east_parks_near_stations"], strict=True):
        assert parts(row, "gross_m2", "net_m2") == golden(expected, "gross_m2", "net_m2")
        assert "schematic" in {mark.id for mark in row.marks}
    lost = answer.rows[-1]
    assert (lost.value("phase"), lost.ids, lost.net_m2) == ("unlocated", ("P06",), None)


def test_length_of_road_by_class_and_district(plan: Plan) -> None:
    question = Question(
        criteria=Criteria(layers=("roads",)), group=("class", "district"), schematic=True
    )
    found = {
        (row.value("class"), row.value("district")): row.length_m
        for row in table(plan, question).rows
        if row.value("district") not in ("outside", "unlocated")
    }
    expected = {(row["class"], row["district"]): row for row in GOLDEN["road_class_district"]}
    assert found == {key: golden(row, "length_m")["length_m"] for key, row in expected.items()}


def test_what_r02_and_p05_share(plan: Plan) -> None:
    answer = overlaps(plan, Question(), ids=("R02", "P05"))
    assert [(pair.left.id, pair.right.id) for pair in answer.pairs] == [("R02", "P05")]
    pair = answer.pairs[0]
    road = table(plan, Question(criteria=Criteria(q="R02"), schematic=True)).total
    assert pair.area_m2 is None
    assert pair.length_m == pytest.approx(road.length_m, abs=1e-3), "the whole road lies in P05"
    assert pair.schematic


def test_the_stated_and_the_drawn_area_of_p10(plan: Plan) -> None:
    row = next(row for row in stated(plan, Question()).rows if row.id == "P10")
    drawn = next(one for one in GOLDEN["features"] if one["id"] == "P10")
    assert row.stated == 400_000
    assert row.drawn_m2 == pytest.approx(drawn["area_m2"], **EXACT)
    assert row.geodesic_m2 == pytest.approx(drawn["geodesic_m2"], rel=1e-7)
    assert abs(row.difference) < 1e-6
    assert (row.flagged, row.schematic, row.reason) == (False, True, None)
