"""The map as one file with large layers: as much of each as has room, and the map says so."""

import base64
import gzip
import json
import re

import pytest
from playwright.sync_api import expect
from shapely.geometry import shape

from tests.browsing import MapPage, export
from tests.cities import COUNTED, LARGE, PARCELS, click, settle

pytestmark = pytest.mark.browser

NEAR = "31.5032,119.8040,17"
_PACKED = re.compile(r'data-url="/layers/parcels/[^"]*" data-packed="gzip">([^<]*)<')


@pytest.fixture(scope="module")
def written(large_city, tmp_path_factory):
    """The map of a city in each language, with room for a part of the parcels."""
    kept = {}

    def write(lang="zh"):
        if lang not in kept:
            path = tmp_path_factory.mktemp("stick") / "city.html"
            room = ["--most-mb", "0.1"]
            kept[lang] = export(large_city, path, lang, room, HUITU_TILE_FEATURES=str(LARGE))
        return kept[lang]

    return write


@pytest.fixture(scope="module")
def parcels(written):
    """The parcels that are in the file, read by another program than the page's."""
    [letters] = _PACKED.findall(written().document)
    return json.loads(gzip.decompress(base64.b64decode(letters)))["features"]


@pytest.fixture
def stick(visitors, written):
    """Open the file in a language, with the network off; it is the only thing that is asked for."""
    sent = []

    def take(lang="zh", fragment="", **options):
        path = written(lang).path
        reader = visitors(path.parent.as_uri(), offline=True, **options)
        sent.append((reader, path.as_uri()))
        return MapPage(reader.open(f"/{path.name}{fragment}"))

    yield take
    for reader, address in sent:
        foreign = {request.split("#")[0] for request in reader.requests} - {address}
        assert all(request.startswith(("data:", "blob:")) for request in foreign)


def having(parcels, **wanted):
    """The parcel with these attributes that lies nearest to the middle of the near view."""
    lat, lon, _ = map(float, NEAR.split(","))

    def away(parcel):
        middle = shape(parcel["geometry"]).centroid
        return (middle.x - lon) ** 2 + (middle.y - lat) ** 2

    found = [
        parcel
        for parcel in parcels
        if parcel["geometry"]
        and parcel["properties"]["geometry_quality"] == "surveyed"
        and all(parcel["properties"][name] == value for name, value in wanted.items())
    ]
    return min(found, key=away)


def test_the_file_stays_within_the_size_and_says_what_it_holds(stick, parcels, written):
    [letters] = _PACKED.findall(written().document)
    assert len(letters) <= 100_000
    opened = settle(stick())
    assert 500 < len(parcels) < PARCELS
    located = sum(parcel["geometry"] is not None for parcel in parcels)
    opened.wait_for_counts(located, len(parcels) - located, len(parcels))
    said = f"“地块”共 {PARCELS:,} 个，此文件只含最大的 {len(parcels):,} 个"
    row = opened.page.locator('[data-row="parcels"]')
    expect(row.locator(".excerpt")).to_have_text(said)
    assert f"{located:,} 项" in row.locator(".layer__count").text_content()
    opened.tab("list")
    expect(opened.page.locator("#pane-list .excerpt")).to_have_text(said)
    opened.page.locator("#search").fill("P0000001")
    expect(opened.page.locator("#search-list")).to_contain_text(said)
    opened.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    expect(opened.page.locator("#sheet-side")).to_contain_text(said)
    for layer in ("parcels", "streets", "lamps"):
        assert opened.page.evaluate(COUNTED, layer) > 0


def test_the_filter_and_its_counts_work_on_what_is_there(stick, parcels):
    opened = settle(stick(fragment=f"#view={NEAR}"))
    opened.tab("filter")
    opened.page.locator('[data-stage="planned"]').check()
    planned = [one for one in parcels if one["properties"]["stage"] == "planned"]
    located = sum(one["geometry"] is not None for one in planned)
    opened.wait_for_counts(located, len(planned) - located, len(planned))
    opened.page.locator('[data-years="to"]').fill("2022")
    years = [one["properties"]["year_from"] for one in planned]
    passing = sum(year is None or year <= 2022 for year in years)
    opened.page.wait_for_function(
        "(n) => document.getElementById('tally').textContent.includes(n)", arg=f"共 {passing:,} 项"
    )
    click(opened, shape(having(parcels, stage="building")["geometry"]))
    expect(opened.page.locator("#card")).to_be_hidden()


def test_a_click_opens_a_card_that_tells_what_it_cannot(stick, parcels):
    opened = settle(stick(fragment=f"#view={NEAR}"))
    parcel = having(parcels, stage="building")
    click(opened, shape(parcel["geometry"]))
    assert opened.wait_for_card() == parcel["properties"]["name_zh"]
    opened.wait_for_address(selected=parcel["id"])
    expect(opened.page.locator("#card")).to_contain_text("此文件不含该项目的测算与周边")
    assert opened.page.locator("#card [role=alert]").count() == 0
    assert opened.page.locator(".leaflet-huitu-selected-pane path").count() >= 3
    opened.page.keyboard.press("Escape")
    opened.wait_for_address(selected=None)


def test_the_list_pages_and_the_search_finds(stick, parcels):
    opened = stick()
    opened.tab("list")
    assert opened.listed() == [one["id"] for one in parcels[:100]]
    opened.page.locator('[data-more="parcels"]').click()
    expect(opened.page.locator("#pane-list tbody tr")).to_have_count(200)
    parcel = having(parcels, stage="complete")
    opened.page.locator("#search").fill(parcel["id"].lower())
    opened.page.locator(f'[data-found="{parcel["id"]}"]').click()
    assert opened.wait_for_card() == parcel["properties"]["name_zh"]
    assert opened.place()["zoom"] > 15


def test_the_english_file_opens_on_its_address_and_fits_a_phone(stick, parcels):
    parcel = having(parcels, stage="planned")
    opened = settle(stick("en", f"#selected={parcel['id']}", width=375, height=740))
    opened.wait_for_card(parcel["properties"]["name_zh"])
    assert opened.page.evaluate("() => document.documentElement.scrollWidth") == 375
    assert opened.page.locator('[data-row="parcels"] .excerpt').text_content() == (
        f"“Parcels” has {PARCELS:,} features; this file holds the {len(parcels):,} largest"
    )
