"""What cannot be asked is refused by every address with the one error body that says what to do."""

import json

import pytest

from webapp.security import ROUTES


def polygon(*ring):
    """A polygon of corners in hundredths of a degree from 120 E, 31 N."""
    corners = [(120 + east / 100, 31 + north / 100) for east, north in (*ring, ring[0])]
    return json.dumps({"type": "Polygon", "coordinates": [corners]})


BAD = {
    "an unknown group": {"group": "colour"},
    "an unknown unit": {"unit": "acre"},
    "an unknown layer": {"layers": "zzz"},
    "an unknown district": {"district": "D_NORTH"},
    "an unknown stage": {"stage": "soon"},
    "a distance that is none": {"within": "near"},
    "a distance too far": {"within": "999999"},
    "no distance": {"within": "0"},
    "a boundary of no area": {"boundary": polygon((3, 66), (31, 66), (32, 66))},
    "a boundary that crosses itself": {"boundary": polygon((28, 66), (30, 70), (30, 66), (28, 70))},
    "a boundary outside the zone": {"boundary": polygon((-900, 66), (-890, 66), (-890, 70))},
    "a boundary partly outside": {"boundary": polygon((30, 66), (900, 66), (900, 70))},
    "a boundary that is a line": {"boundary": '{"type":"LineString","coordinates":[[120,31]]}'},
    "a boundary of nothing": {"boundary": "null"},
    "a boundary nested deep": {"boundary": "[" * 1000},
    "a boundary not finite": {"boundary": polygon((28, 66), (30, 66)).replace("120.3", "1e999")},
    "a date that is none": {"as_of": "2026-02-30"},
    "a date that is no date": {"as_of": "yesterday"},
    "a date before everything": {"as_of": "1999-01-01"},
    "years that are none": {"years": "soon"},
    "versions that are none": {"versions": "roads"},
    "a schematic that is neither": {"schematic": "perhaps"},
}  # fmt: skip
ADDRESSES = (
    "/statistics.json",
    "/statistics/overlaps.json",
    "/statistics/stated.json",
    "/statistics/analyses/park_land.json",
    "/statistics/analyses/park_land.geojson",
    "/statistics/provenance.json",
    "/exports/statistics.csv",
    "/exports/report.pdf",
)
JSON = {"Accept": "application/json"}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_question_is_refused_by_every_address(client, bad):
    [name] = bad
    for address in ADDRESSES:
        for answer in (
            client.get(address, query_string=bad, headers=JSON),
            client.post(address, data=bad, headers=JSON),
        ):
            assert 400 <= answer.status_code < 500, address
            error = answer.json["error"]
            assert error["message"]
            assert error["hint"]
            assert name in {problem["field"] for problem in error["problems"]}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_question_begins_no_job(client, bad):
    answer = client.post("/jobs", data={"file": "report.pdf", **bad}, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert answer.json["error"]["hint"]


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_page_tells_it_at_its_field_and_shows_no_figure(gate, app, bad):
    from urllib.parse import urlencode

    for path in ("/statistics", "/statistics/overlaps", "/statistics/stated"):
        page = gate(app).open(f"{path}?{urlencode(bad)}", status=400)
        assert not page.all("table")
        assert page.all("ul", class_="problems")


def test_every_address_of_figures_is_tried():
    posted = {name for name, route in ROUTES.items() if route.posted and route.kind != "page"}
    assert len(posted) == len({address.partition(".pdf")[0] for address in ADDRESSES}) - 1
