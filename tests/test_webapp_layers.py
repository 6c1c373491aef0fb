"""The layers for programs: catalog, versions, immutable features, a box of them."""

import gzip
import json

import pytest


@pytest.fixture
def roads(client):
    [layer] = [one for one in client.get("/layers").get_json()["layers"] if one["id"] == "roads"]
    return layer


def test_the_catalog(client):
    catalog = client.get("/layers").get_json()
    assert catalog.keys() == {"zone", "state", "software", "themes", "layers"}
    assert len(catalog["layers"]) == 12
    for layer in catalog["layers"]:
        assert client.get(layer["links"]["features"]).status_code == 200
        assert client.get(layer["links"]["versions"]).status_code == 200


def test_the_catalog_is_asked_for_again_and_spares_its_body(client):
    first = client.get("/layers")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/layers", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_features_are_immutable_and_named_by_their_version(client, roads):
    answer = client.get(roads["links"]["features"])
    assert roads["version"] in roads["links"]["features"]
    assert answer.mimetype == "application/geo+json"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["ETag"] == f'"{roads["version"]}"'
    assert len(answer.get_json()["features"]) == 15
    again = client.get(
        roads["links"]["features"], headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_features_leave_compressed_for_who_takes_that(client, roads):
    plain = client.get(roads["links"]["features"])
    packed = client.get(roads["links"]["features"], headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.mimetype == "application/geo+json"
    assert gzip.decompress(packed.data) == plain.data
    refused = client.get(roads["links"]["features"], headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_box_of_features(client, roads):
    address = f"{roads['links']['features']}?bbox=120.28,31.67,120.32,31.70"
    body = client.get(address).get_json()
    assert 0 < len(body["features"]) < 13
    assert body["huitu"]["matched"] == body["huitu"]["returned"] == len(body["features"])
    assert all(feature["geometry"] for feature in body["features"])


def test_a_limit_says_what_it_has_left_out(client, roads):
    answer = client.get(f"{roads['links']['features']}?limit=2")
    body = answer.get_json()
    assert len(body["features"]) == 2
    assert body["huitu"]["matched"] == 15
    assert body["huitu"]["returned"] == 2
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_box_far_away_is_empty(client, roads):
    body = client.get(f"{roads['links']['features']}?bbox=0,0,1,1").get_json()
    assert body["features"] == []


def test_every_wrong_parameter_is_told(client, roads):
    answer = client.get(f"{roads['links']['features']}?bbox=1,2&limit=0&colour=red")
    assert answer.status_code == 400
    assert len(answer.get_json()["error"]["problems"]) == 3


def test_versions_say_what_they_were_made_of_and_not_by_whom(client, roads):
    body = client.get("/layers/roads/versions").get_json()
    assert body["current"] == roads["version"]
    [entry] = body["versions"]
    assert entry["file"] == "roads.geojson"
    assert len(entry["sha256"]) == 64
    assert entry["rows_in"] == entry["features"] == 15
    assert entry["unlocated"] == 2
    assert entry["reason"] == "test"
    assert "by" not in entry


@pytest.mark.small_layers("the server itself searches large ones")
def test_search_index(client):
    index = client.get("/search.json").get_json()
    assert len(index) == 50
    [entry] = [one for one in index if one["id"] == "R08"]
    assert {"r08", "凤翔高架北延", "风翔高架北延", "fxgjby"} <= set(entry["terms"])


def test_health(client):
    body = client.get("/healthz").get_json()
    assert body == {"status": "ok", "state": client.get("/layers").get_json()["state"]}


def test_json_is_utf_8_and_compressed(client):
    answer = client.get("/layers", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "道路工程" in json.dumps(json.loads(gzip.decompress(answer.data)), ensure_ascii=False)


def test_features_with_some_values_page_by_page(client, roads):
    address = f"{roads['links']['features']}?where=stage:complete"
    whole = client.get(address).get_json()
    assert whole["huitu"]["matched"] == len(whole["features"]) > 2
    assert {one["properties"]["stage"] for one in whole["features"]} == {"complete"}
    assert "next" not in whole["huitu"]
    first = client.get(f"{address}&limit=2").get_json()
    rest = client.get(f"{address}&after={first['huitu']['next']}").get_json()
    assert first["features"] + rest["features"] == whole["features"]


@pytest.mark.parametrize("where", ["stage", "colour:red", "year_from:soon"])
def test_a_value_that_cannot_be_read_is_told(client, roads, where):
    answer = client.get(f"{roads['links']['features']}?where={where}")
    assert answer.status_code == 400
    [problem] = answer.get_json()["error"]["problems"]
    assert where.partition(":")[0] in str(problem)
