"""Hostile words in a real browser: shown as they were written, on the site and in the file.

That nothing of them runs (no dialog, no error, no violation, no request) is seen by the visitor.
"""

import threading
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.browsing import MapPage
from tests.hostile import WORDS, town_of
from webapp import create_app, maps
from webapp.settings import Settings

pytestmark = pytest.mark.browser


class Quiet(WSGIRequestHandler):
    """Says nothing of the requests."""

    def log_request(self, *_):
        pass


@pytest.fixture(params=WORDS.values(), ids=WORDS.keys())
def words(request):
    return request.param


@pytest.fixture
def app(words, tmp_path, published):
    return create_app(Settings(data=published(town_of(words, tmp_path))))


@pytest.fixture
def site(app):
    """The address of the hostile town."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def texts(page, selector):
    return set(page.locator(selector).all_text_contents())


def check_the_map(opened, words, surroundings=True):
    """Everything on the map page that shows words of the plan."""
    page = opened.page
    assert texts(page, ".brand__zone strong, .brand__zone span") == {words}
    assert texts(page, "#pane-layers .check") == {words}
    assert words in texts(page, "#pane-layers .theme__title")
    assert words in texts(page, "#pane-layers .legend__title")
    assert words in texts(page, ".legend__badges .legend__badge > span:not(.badge)")
    assert words in page.locator(".credit").text_content()
    check_the_search(opened, words)
    check_the_card(opened, words)
    opened.page.locator('[data-open="G01"]').click()
    if surroundings:
        opened.page.wait_for_selector('#card [data-near="G02"]')
        assert words in texts(opened.page, "#card .near__name")
    check_the_rest(opened, words)


def check_the_search(opened, words):
    page = opened.page
    page.locator("#search").fill(words)
    found = page.locator("#search-list [data-found] .found__name")
    expect(found.first).to_have_text(words)
    assert page.locator(".found--filter").text_content().count(words) == 1
    page.locator(".found--filter").click()
    opened.tab("list")
    assert opened.listed() == ["T01", "T02", "T03", "T04", "G01", "G02"]
    assert texts(page, "#pane-list .list__open") == {words}
    assert words in page.locator("#pane-list .chip--words").text_content()


def check_the_card(opened, words):
    page = opened.page
    page.locator('[data-open="T03"]').click()
    assert opened.wait_for_card() == words
    facts = texts(page, "#card dd")
    assert words in facts
    assert words in texts(page, "#card dt")
    assert page.locator("#card").text_content().count(words) >= 8


def check_the_rest(opened, words):
    """Names on the map, what the pointer shows, what the tools write, and the sheet."""
    page = opened.page
    expect(page.locator(".label--chosen")).to_have_count(1)
    assert any(words.startswith(text.strip()) for text in texts(page, ".label--chosen"))
    page.locator("#tab-layers").click()
    page.locator("#pane-layers .legend__row--unclassified summary").click()
    expect(page.locator("#pane-layers .legend__list button")).to_have_text([f"T03 {words}"])
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert words in texts(page, "#sheet-side .legend__title")
    assert words in texts(page, "#sheet-list td")
    assert words in page.locator("#sheet-title").text_content()
    assert words in page.locator("#sheet-foot").text_content()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")


def test_the_map_shows_the_words_and_runs_none(words, site, visitors):
    reader = visitors(site)
    opened = reader.map(f"?q={quote(words)}")
    assert opened.counted() == (5, 1, 6)
    check_the_map(opened, words)
    opened.page.locator('[data-tool="share"]').click()
    fields = opened.page.locator("#share-body textarea")
    assert words in fields.last.input_value()
    assert opened.page.locator("#share-body iframe").count() == 0


@pytest.mark.parametrize("words", [WORDS["end-of-script"], WORDS["attribute"], WORDS["format"]])
def test_the_pages_show_the_words_and_run_none(words, site, visitors):
    reader = visitors(site)
    page = reader.open(f"/projects?q={quote(words)}")
    assert texts(page, ".projects__name > a") == {words}
    assert page.locator("#q").input_value() == words
    page.locator(".projects__name > a").nth(2).click()
    assert page.locator("h1").text_content() == words
    frame = page.frame_locator("iframe.minimap")
    frame.locator('body[data-ready="true"]').wait_for()
    expect(frame.locator("#card-title")).to_have_text(words)


def test_the_exported_file_shows_the_words_and_runs_none(words, app, visitors, tmp_path, tiled):
    path = tmp_path / "plan.html"
    path.write_bytes(maps.standalone(app, "zh"))
    reader = visitors(tmp_path.as_uri(), offline=True)
    opened = MapPage(reader.open("/plan.html"))
    assert opened.counted() == (5, 1, 6)
    # What lies near the projects of a large layer is not in the file.
    check_the_map(opened, words, surroundings=not tiled)
    requests = [url for url in reader.requests if not url.startswith(("blob:", "data:"))]
    assert requests == [path.as_uri()]
