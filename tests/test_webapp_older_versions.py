"""A figure of older versions is found again on them, and so is everything that stands beside it."""

import html
import json
import re
import urllib.parse

import pytest

from webapp import create_app
from webapp.settings import Settings

OLD, NEW = "静溪大街改造", "静溪大街重修"


@pytest.fixture
def client(town, published):
    """A town whose first street was renamed and made twice as long after it was published."""
    published(town)
    made = create_app(Settings(data=town)).test_client()
    made.before = made.get("/statistics.json").json
    path = town / "streets.geojson"
    text = path.read_text("utf-8").replace(OLD, NEW)
    path.write_text(re.sub(r"105\.0,\s+30\.6\s", "105.02, 30.6 ", text, count=1), "utf-8")
    published(town)
    return made


@pytest.fixture
def older(client):
    return ",".join(f"{name}:{version}" for name, version in client.before["versions"].items())


def minimap(client, address):
    """What the map beside an answer is asked for."""
    page = client.get(address).get_data(as_text=True)
    source = re.search(r'<iframe[^>]* src="([^"]+)"', page)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(html.unescape(source[1])).query))


def test_the_figures_are_those_of_the_versions(client, older):
    now = client.get("/statistics.json").json
    assert now["total"]["length_m"] > client.before["total"]["length_m"] * 1.5
    assert client.get(f"/statistics.json?versions={older}").json["rows"] == client.before["rows"]


def test_the_map_beside_shows_the_versions_of_the_question(client, older):
    asked = minimap(client, f"/statistics?versions={older}")
    shown = dict(part.split(":") for part in asked["versions"].split(","))
    assert shown["streets"] == client.before["versions"]["streets"]
    assert "versions" not in minimap(client, "/statistics")
    assert "地图为当前版本" not in client.get(f"/statistics?versions={older}").text


def test_the_map_of_versions_reads_them_and_nothing_else(client, older):
    current = client.get("/layers").json["layers"][0]
    catalog = client.get(f"/layers?versions={older}").json["layers"][0]
    assert catalog["version"] == client.before["versions"]["streets"] != current["version"]
    features = client.get(catalog["links"]["features"]).get_data(as_text=True)
    assert OLD in features
    assert NEW not in features
    assert OLD in client.get(f"/search.json?versions={older}").get_data(as_text=True)
    assert client.get(f"/projects/T01.json?versions={older}").json["version"] == catalog["version"]


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_the_page_of_the_map_and_its_script_stand_on_the_same_versions(client, older, path):
    page = client.get(f"{path}?versions={older}")
    assert page.status_code == 200
    script = html.unescape(re.search(r'src="(/map/[^"]+)"', page.text)[1])
    assert "versions=" in script
    assert client.get(script).status_code == 200
    assert ("按网址指定的图层版本显示" in page.text) == (path == "/")
    assert "按网址指定的图层版本显示" not in client.get(path).text


def test_versions_that_cannot_be_read_or_never_were_are_refused(client):
    for path in ("/", "/embed", "/layers", "/search.json", "/projects/T01.json"):
        assert client.get(f"{path}?versions=streets").status_code == 400, path
        assert client.get(f"{path}?versions=streets:000000000000").status_code == 404, path


def test_a_permanent_address_opens_the_figure_again(client, older):
    page = client.get(f"/statistics?row=streets&versions={older}").get_data(as_text=True)
    pinned = html.unescape(re.search(r'class="pinned" href="([^"]+)"', page)[1])
    path = urllib.parse.urlsplit(pinned)
    again = client.get(f"{path.path}?{path.query}")
    assert again.status_code == 200
    assert OLD in again.text
    assert NEW not in again.text


# ---------------------------------------------------------------- as of a day


def test_a_project_that_is_gone_is_shown_on_the_map_of_its_version(client, older, town, published):
    path = town / "streets.geojson"
    streets = json.loads(path.read_text("utf-8"))
    gone = streets["features"].pop(0)["properties"]["id"]
    path.write_text(json.dumps(streets, ensure_ascii=False), "utf-8")
    published(town)
    assert client.get(f"/projects/{gone}").status_code == 404
    page = client.get(f"/statistics?versions={older}&row=streets").text
    assert f'href="/projects/{gone}"' not in page
    kept = streets["features"][0]["properties"]["id"]
    assert f'href="/projects/{kept}"' in page
    on_map = re.search(rf'href="(/[^"]*ids={gone}&[^"]*versions=[^"]*)"', page)
    assert client.get(html.unescape(on_map[1])).status_code == 200


def date_back(town, layer, day):
    """Let the first publication of a layer have happened on a day."""
    path = town / "published" / layer / "publications.json"
    rows = json.loads(path.read_bytes())
    rows[0]["at"] = f"{day}T01:00:00+00:00"
    path.write_text(json.dumps(rows), "utf-8")


@pytest.fixture
def then(client, town):
    """The same town, whose first versions were published years ago, the stops a year later."""
    for layer, day in (
        ("streets", "2020-01-05"),
        ("gardens", "2020-01-05"),
        ("stops", "2021-03-01"),
    ):
        date_back(town, layer, day)
    return client


@pytest.mark.parametrize("address", ["/layers", "/search.json", "/projects/T01.json"])
def test_everything_that_the_map_reads_takes_a_day(then, address):
    assert OLD in json.dumps(words_of(then, f"{address}?as_of=2020-06-01"), ensure_ascii=False)
    assert NEW in json.dumps(words_of(then, f"{address}?as_of=2999-01-01"), ensure_ascii=False)


def words_of(client, address):
    """The answer; of a catalog the features of its first layer."""
    found = client.get(address).get_json(force=True)
    if "layers" in found:
        (streets,) = [one for one in found["layers"] if one["id"] == "streets"]
        return client.get(streets["links"]["features"]).get_json(force=True)
    return found


def test_a_layer_that_was_not_published_by_that_day_is_not_on_the_map(then):
    def layers(query):
        return [one["id"] for one in then.get(f"/layers{query}").get_json()["layers"]]

    assert layers("?as_of=2020-06-01") == ["streets", "gardens"]
    assert layers("?as_of=2021-06-01") == ["streets", "gardens", "stops"] == layers("")


@pytest.mark.parametrize("path", ["/", "/embed"])
def test_the_map_of_a_day_says_so_and_leads_to_today(then, path):
    page = then.get(f"{path}?as_of=2020-06-01")
    assert "历史版本 2020-06-01" in page.text
    assert "data-current-link" in page.text
    script = html.unescape(re.search(r'src="(/map/[^"]+)"', page.text)[1])
    assert "as_of=2020-06-01" in script
    assert then.get(script).status_code == 200
    for today in (path, f"{path}?as_of=2999-01-01"):
        assert "历史版本" not in then.get(today).text


def test_the_map_names_the_layers_that_are_older(then, older):
    page = then.get(f"/?versions={older}")
    assert re.search(r"历史版本 · 街道工程 2020-01-05", page.text)


@pytest.mark.parametrize("path", ["/", "/embed", "/layers", "/search.json", "/projects/T01.json"])
def test_a_day_before_all_or_no_day_is_refused(then, path):
    for day in ("1999-01-01", "2020-13-01", "yesterday"):
        assert then.get(f"{path}?as_of={day}").status_code == 400, day


def test_a_later_publication_is_told_on_a_map_that_is_kept(client, town, published):
    version = client.get("/layers").json["layers"][0]["version"]
    address = f"/?versions=streets:{version}"
    assert "历史版本" not in client.get(address).text
    path = town / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace(NEW, OLD), "utf-8")
    published(town)
    assert "历史版本" in client.get(address).text
