"""The list of projects and their pages where layers are large: the same projects, page by page."""

import pytest

from webapp import create_app, listing
from webapp.settings import Settings


@pytest.fixture(scope="module")
def large(sample):
    """The sample with every layer above the threshold."""
    return create_app(Settings(data=sample, tile_features=0)).test_client()


QUERIES = ["", "?stage=complete", "?q=fengxiang", "?years=2023-2024&layers=roads,parks"]


@pytest.mark.parametrize("query", QUERIES)
def test_the_counts_of_the_list_are_those_of_small_layers(client, large, query):
    texts = [one.get(f"/projects{query}").text for one in (client, large)]
    tallies = [text.split('<p class="lead tally"')[1].split("</p>")[0] for text in texts]
    assert tallies[0] == tallies[1]
    facets = [text.split('<fieldset class="field--full">')[1:3] for text in texts]
    assert [part.split("</fieldset>")[0] for part in facets[0]] == [
        part.split("</fieldset>")[0] for part in facets[1]
    ]


def test_a_large_layer_is_listed_page_by_page(large, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 4)
    found, address = [], "/projects?layers=roads"
    while address:
        page = large.get(address).text
        found += [
            row.split("<")[0] for row in page.split('<td class="projects__id" role="cell">')[1:]
        ]
        more = page.split('rel="next" href="')
        address = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else None
    wanted = large.get("/projects.json?layers=roads").json["features"]
    assert found == [feature["id"] for feature in wanted]
    assert len(found) == 15
    assert 'rel="prev"' in page


def test_projects_of_large_layers_have_the_same_neighbours_in_the_order_of_the_file(large):
    features = large.get("/projects.json?layers=parks").json["features"]
    page = large.get(f"/projects/{features[1]['id']}").text
    assert f"/projects/{features[0]['id']}" in page
    assert f"/projects/{features[2]['id']}" in page


@pytest.mark.parametrize("query", ["", "?layers=roads&stage=complete", "?ids=R08,P01"])
def test_projects_as_geojson_are_the_same(client, large, query):
    small = client.get(f"/projects.json{query}").json
    assert large.get(f"/projects.json{query}").json["features"] == small["features"]


def test_an_unknown_id_is_told_with_some_that_are_known(large):
    answer = large.get("/projects.json?ids=nobody")
    assert answer.status_code == 400
    assert "R08" in answer.text
