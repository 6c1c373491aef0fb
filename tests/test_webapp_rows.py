"""The addresses of a version's rows: counts, pages, and which rows words find."""

import pytest


@pytest.fixture(scope="module")
def links(app):
    layers = app.test_client().get("/layers").json["layers"]
    return {layer["id"]: layer["links"] for layer in layers}


def test_rows_are_counted_as_the_list_counts_them(client, links):
    answer = client.get(f"{links['roads']['rows']}?stage=complete&years=2021-2022")
    assert answer.status_code == 200
    wanted = client.get("/projects.json?layers=roads&stage=complete&years=2021-2022").json
    found = [feature["id"] for feature in answer.json["features"]]
    assert found == [feature["id"] for feature in wanted["features"]]
    assert answer.json["located"] + answer.json["unlocated"] == len(found)
    assert answer.json["next"] is None
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_page_has_whole_features(client, links):
    first = client.get(f"{links['roads']['rows']}?limit=3").json
    assert first["next"] == 3
    [feature] = client.get(f"{links['roads']['rows']}?start=3&limit=1").json["features"]
    whole = client.get(f"/projects/{feature['id']}.geojson").json
    assert feature["geometry"] == whole["geometry"]
    assert feature["properties"]["name_zh"] == whole["properties"]["name_zh"]


def test_features_are_found_by_their_ids(client, links):
    found = client.get(f"{links['roads']['rows']}?ids=R08,nobody").json
    assert [feature["id"] for feature in found["features"]] == ["R08"]


def test_bits_say_which_rows_words_find(client, links):
    bits = client.get(f"{links['roads']['found']}?q=R08").data
    features = client.get(links["roads"]["features"]).json["features"]
    [place] = [at for at, feature in enumerate(features, start=1) if feature["id"] == "R08"]
    numbers = [8 * at + bit for at, byte in enumerate(bits) for bit in range(8) if byte >> bit & 1]
    assert numbers == [place]


@pytest.mark.parametrize("query", ["stage=never", "years=1800", "start=-1", "limit=0", "layers=x"])
def test_a_question_that_cannot_be_read_is_refused(client, links, query):
    assert client.get(f"{links['roads']['rows']}?{query}").status_code == 400


@pytest.mark.parametrize("end", ["rows.json", "rows.bits"])
def test_a_version_that_is_not_there_is_not_found(client, end):
    assert client.get(f"/layers/roads/000000000000/{end}").status_code == 404
    assert client.get(f"/layers/nowhere/000000000000/{end}").status_code == 404
