"""The map page: its bytes are made once, its script is named by the plan's state."""

import gzip

import pytest

from webapp import create_app, maps
from webapp.settings import Settings


def test_the_page(get_page):
    page = get_page("map.page")
    body = page.one("body")
    assert (body.get("data-lang"), body.get("data-mode"), body.get("data-base")) == (
        "zh",
        "page",
        "",
    )
    assert page.all("div", class_="folium-map")


def test_the_page_in_english(get_page):
    page = get_page("map.page", lang="en")
    assert page.one("body").get("data-lang") == "en"
    assert "/projects?lang=en" in [link.get("href") for link in page.all("a")]


def test_the_page_for_a_frame(get_page):
    page = get_page("map.embed")
    assert page.one("body").get("data-mode") == "embed"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]


def test_scripts_stand_in_their_order_and_all_are_deferred(get_page):
    scripts = get_page("map.page").all("script")
    names = [script.get("src").rpartition("/")[2] for script in scripts]
    assert names[0] == "leaflet.js"
    assert names[-3:-2] == ["proj4.js"]
    assert names[-2].endswith("-zh.js")
    assert names[-1] == "app.js"
    assert scripts[-1].get("type") == "module"
    assert all("defer" in script.attrib for script in scripts[:-1])


def test_our_styles_come_after_the_libraries_and_paper_has_its_own(get_page):
    sheets = get_page("map.page").all("link", rel="stylesheet")
    names = [sheet.get("href").rpartition("/")[2] for sheet in sheets]
    assert names[0] == "leaflet.css"
    assert names[-3:] == ["base.css", "map.css", "print.css"]
    assert sheets[-1].get("media") == "print"


def test_the_page_is_asked_for_again_and_spares_its_body(client):
    first = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Cache-Control"] == "no-cache"
    assert gzip.decompress(first.data) == client.get("/").data
    headers = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}
    assert client.get("/", headers=headers).status_code == 304


def test_the_page_does_not_depend_on_its_parameters(client):
    plain = client.get("/").data
    assert client.get("/?layers=roads&q={{7*7}}&view=1,2,3&foo=bar").data == plain
    assert client.get("/?lang=fr").data == plain


def test_the_bytes_are_made_once_for_a_state_a_language_and_a_mode(sample, monkeypatch):
    drawn = []
    shell = maps.shell
    monkeypatch.setattr(maps, "shell", lambda plan, lang: drawn.append(lang) or shell(plan, lang))
    client = create_app(Settings(data=sample)).test_client()
    for address in ("/", "/?q=a", "/embed", "/", "/?lang=en", "/embed?lang=en"):
        assert client.get(address).status_code == 200
    assert drawn == ["zh", "en"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_script_is_immutable(client, lang):
    state = client.get("/healthz").get_json()["state"]
    answer = client.get(f"/map/{state}-{lang}.js")
    assert answer.mimetype == "text/javascript"
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"window.huitu" in answer.data


def test_an_older_page_is_led_to_the_present_script(client):
    state = client.get("/healthz").get_json()["state"]
    answer = client.get("/map/0123456789ab-zh.js")
    assert (answer.status_code, answer.location) == (302, f"/map/{state}-zh.js")
    assert "immutable" not in answer.headers.get("Cache-Control", "")


def test_a_language_that_is_none_of_ours(client):
    state = client.get("/healthz").get_json()["state"]
    assert client.get(f"/map/{state}-fr.js").status_code == 404


def test_below_a_path_of_another_host(sample, gate):
    client = create_app(Settings(data=sample, url_prefix="/huitu")).test_client()
    for address in ("/huitu/", "/huitu", "/"):
        page = client.get(address).get_data(as_text=True)
        assert 'data-base="/huitu"' in page
        assert 'href="/huitu/projects"' in page
        assert '"/huitu/static/' in page
        assert '"/static/' not in page
