"""Layers of vector tiles in a real browser: a reader knows them from small ones by speed alone."""

import re
from collections import Counter
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from benchmarks import city
from tests.browsing import watched
from tests.cities import COUNTED, LARGE, PARCELS, SETTLED, TO_WINDOW, at, click, settle

pytestmark = pytest.mark.browser

NEAR = "31.5032,119.8040,17"
FAR = "31.5100,119.8110,15"
GREEN, GROUND = (168, 215, 177), (243, 238, 229)


@pytest.fixture(scope="module")
def home(serve, large_city):
    return serve(large_city, HUITU_TILE_FEATURES=str(LARGE)).url


@pytest.fixture(scope="module")
def parcels():
    return city.parcels(PARCELS).set_index("id", drop=False)


@pytest.fixture(scope="module")
def resident(chromium, home):
    with watched(chromium) as send:
        yield send(home)


@pytest.fixture
def reader(visitors, home):
    return visitors(home)


def colour(opened, place):
    """The colour of a place of the window."""
    picture = Image.open(BytesIO(opened.page.screenshot())).convert("RGB")
    return picture.getpixel(tuple(round(edge) for edge in place))


def near(one, other, by=40):
    return all(abs(left - right) <= by for left, right in zip(one, other, strict=True))


def choice(parcels, **wanted):
    """A parcel near the middle of the near view that has these attributes."""
    found = parcels[parcels.geometry.notna() & (parcels["geometry_quality"] == "surveyed")]
    for name, value in wanted.items():
        found = found[found[name] == value]
    corner = found.geometry.bounds
    lat, lon, _ = map(float, NEAR.split(","))
    away = np.hypot((corner["minx"] - lon) * 0.85, corner["miny"] - lat)
    inside = ~found.geometry.map(lambda shape: bool(shape.interiors))
    return found.loc[away[inside].idxmin()]


# ---------------------------------------------------------------- what is drawn


def test_every_layer_is_drawn_from_tiles_and_never_whole(resident):
    opened = settle(resident.map(f"?view={FAR}"))
    for layer in ("parcels", "streets", "lamps"):
        assert opened.page.evaluate(COUNTED, layer) > 0
    assert not [url for url in resident.requests if "features.geojson" in url]
    assert [url for url in resident.requests if url.endswith(".mvt")]
    assert opened.page.locator("path[data-id]").count() == 0


def test_tiles_have_the_colours_of_the_style_table(resident, parcels):
    opened = settle(resident.map(f"?view={NEAR}"))
    green, unheard = choice(parcels, **{"class": "green"}), choice(parcels, **{"class": "unheard"})
    assert near(colour(opened, at(opened, green.geometry)), GREEN)
    # A quarter of magenta over the ground of the map.
    assert near(colour(opened, at(opened, unheard.geometry)), (246, 179, 236), 14)


def test_a_hole_stays_a_hole(resident, parcels):
    opened = resident.map(f"?view={NEAR}")
    yards = parcels.geometry.dropna()
    yard = yards[yards.map(lambda shape: bool(shape.interiors))].iloc[0]
    middle = yard.centroid
    opened.page.evaluate("([lon, lat]) => huitu.map.setView([lat, lon], 18)", [middle.x, middle.y])
    settle(opened)
    place = opened.page.evaluate(TO_WINDOW, [middle.x, middle.y])
    assert near(colour(opened, place), GROUND, 12)
    opened.page.mouse.click(*place)
    click(opened, yard)
    opened.wait_for_address(selected=yards.index[yards == yard][0])


def test_the_legend_counts_all_though_few_are_here(resident, parcels):
    opened = resident.map(f"?view={NEAR}")
    row = opened.page.locator('[data-row="parcels"]')
    expect(row.locator(".legend__row--symbol")).to_have_count(len(city.CLASSES))
    located = parcels.geometry.notna()
    counts = row.locator(".legend__row--symbol .legend__located").all_text_contents()
    wanted = Counter(parcels.loc[located, "class"])
    assert [int(count) for count in counts] == [wanted[name] for name in city.CLASSES]
    assert row.locator(".legend__row--unclassified .legend__located").text_content() == str(
        wanted["unheard"]
    )
    opened.wait_for_counts(located.sum(), (~located).sum(), PARCELS)


def test_squares_are_as_fine_as_the_screen(visitors, home):
    opened = settle(visitors(home, device_scale_factor=2).map(f"?view={NEAR}"))
    widths = opened.page.evaluate(
        "() => [...document.querySelectorAll('.leaflet-tile')]"
        ".filter((tile) => tile.dataset.features > 0)"
        ".map((tile) => tile.width / tile.getBoundingClientRect().width)"
    )
    assert set(widths) == {2}


def test_far_squares_stay_until_near_ones_are_drawn(reader, parcels):
    opened = settle(reader.map(f"?view={NEAR[:-2]}15"))
    held = []

    def hold(route):
        held.append(route)

    reader.context.route("**/*.mvt", hold)
    green = choice(parcels, **{"class": "green"}).geometry
    with opened.page.expect_request("**/*.mvt"):
        opened.page.evaluate("() => huitu.map.setZoom(16, { animate: false })")
    assert opened.place()["zoom"] == 16
    assert near(colour(opened, at(opened, green)), GREEN, 60)
    for route in held:
        route.continue_()
    reader.context.unroute("**/*.mvt")
    settle(opened)
    assert near(colour(opened, at(opened, green)), GREEN)


# ---------------------------------------------------------------- clicked


def test_a_click_opens_the_card_and_the_address_names_it(reader, parcels):
    opened = settle(reader.map(f"?view={NEAR}"))
    parcel = choice(parcels, stage="building")
    click(opened, parcel.geometry)
    assert opened.wait_for_card() == parcel["name_zh"]
    opened.wait_for_address(selected=parcel["id"])
    assert opened.focused() == "card-title"
    opened.page.mouse.move(700, 20)
    assert opened.page.locator(".leaflet-huitu-selected-pane path").count() == 3
    opened.page.keyboard.press("Escape")
    opened.wait_for_address(selected=None)
    assert opened.page.locator(".leaflet-huitu-selected-pane path").count() == 0


def test_the_same_address_opens_the_same_card_also_in_a_frame(reader, parcels):
    parcel = choice(parcels, stage="planned")
    for path in ("/", "/embed"):
        opened = reader.map(f"?selected={parcel['id']}", path=path)
        assert opened.wait_for_card() == parcel["name_zh"]
        place = opened.place()
        assert place["zoom"] >= 17
        assert abs(place["lat"] - parcel.geometry.centroid.y) < 0.002


def test_points_come_before_lines_and_lines_before_areas(reader):
    opened = settle(reader.map(f"?view={NEAR}"))
    lamp = city.lamps(PARCELS).geometry
    lat, lon, _ = map(float, NEAR.split(","))
    post = lamp.loc[np.hypot(lamp.x - lon, lamp.y - lat).idxmin()]
    click(opened, post)
    opened.page.wait_for_function(
        "() => /^灯/.test(document.getElementById('card-title')?.textContent)"
    )
    click(opened, post)
    opened.page.wait_for_function(
        "() => /^街/.test(document.getElementById('card-title')?.textContent)"
    )


def test_what_lies_under_the_pointer_is_named(reader, parcels):
    opened = settle(reader.map(f"?view={NEAR}"))
    parcel = choice(parcels, stage="complete")
    opened.page.mouse.move(*at(opened, parcel.geometry))
    expect(opened.page.locator(".tip strong")).to_have_text(parcel["name_zh"])
    expect(opened.page.locator(".leaflet-huitu-selected-pane path")).to_have_count(1)
    opened.page.mouse.move(700, 20)
    expect(opened.page.locator(".tip")).to_have_count(0)


# ---------------------------------------------------------------- filtered


def test_stages_filter_without_asking_for_tiles_again(reader, parcels):
    opened = settle(reader.map(f"?view={NEAR}"))
    asked = len([url for url in reader.requests if url.endswith(".mvt")])
    before = opened.page.evaluate(COUNTED, "parcels")
    opened.tab("filter")
    opened.page.locator('[data-stage="planned"]').check()
    located = parcels.geometry.notna()
    planned = parcels["stage"] == "planned"
    opened.wait_for_counts((located & planned).sum(), (~located & planned).sum(), planned.sum())
    opened.page.wait_for_function(f"(before) => ({COUNTED})('parcels') < before / 2", arg=before)
    other = choice(parcels, stage="building")
    assert near(colour(opened, at(opened, other.geometry)), GROUND, 12)
    shown = opened.page.locator("[data-stage]").locator("xpath=../span[@class='facet__count']")
    assert [int(one) for one in shown.all_text_contents()] == [
        int((parcels["stage"] == stage).sum()) for stage in city.STAGES
    ]
    assert len([url for url in reader.requests if url.endswith(".mvt")]) == asked


def test_years_filter_and_the_undated_always_pass(reader, parcels):
    opened = settle(reader.map(f"?view={NEAR}&years=2021-2022"))
    undated = parcels["year_from"].isna()
    passing = undated | (parcels["year_from"] <= 2022)
    located = parcels.geometry.notna()
    opened.wait_for_counts((passing & located).sum(), (passing & ~located).sum(), passing.sum())
    late = choice(parcels[~passing])
    assert near(colour(opened, at(opened, late.geometry)), GROUND, 12)
    never = choice(parcels[undated])
    click(opened, never.geometry)
    assert opened.wait_for_card() == never["name_zh"]


def test_words_filter_what_is_drawn(reader, parcels):
    parcel = choice(parcels, stage="building")
    opened = reader.map(f"?view={NEAR}&q={parcel['id'][:-1]}")
    opened.wait_for_counts(10, 0, 10)
    opened.page.wait_for_function(f"() => ({COUNTED})('parcels') <= 100")
    click(opened, parcel.geometry)
    assert opened.wait_for_card() == parcel["name_zh"]


def test_chosen_ones_alone_are_drawn_and_strange_ones_told(reader, parcels):
    one, two = choice(parcels, stage="building"), choice(parcels, stage="planned")
    opened = reader.map(f"?ids={one['id']},{two['id']},P9999999")
    opened.wait_for_counts(2, 0, 2)
    expect(opened.page.locator("#notices")).to_contain_text("ids=P9999999")
    expect(opened.page.locator("#notices")).not_to_contain_text(one["id"])


# ---------------------------------------------------------------- listed and found


def test_the_list_pages_through_the_layer(reader, parcels):
    opened = reader.map(f"?view={NEAR}&panel=list")
    expect(opened.page.locator("#pane-list tbody tr")).to_have_count(100)
    opened.page.locator('[data-more="parcels"]').click()
    expect(opened.page.locator("#pane-list tbody tr")).to_have_count(200)
    assert opened.listed() == list(parcels["id"][:200])
    assert opened.focused() == parcels["id"].iloc[100]
    opened.page.keyboard.press("Enter")
    assert opened.wait_for_card() == parcels["name_zh"].iloc[100]
    opened.wait_for_address(selected=parcels["id"].iloc[100])


def test_what_has_no_place_is_listed_and_has_its_card(reader, parcels):
    lost = parcels[parcels.geometry.isna()].iloc[0]
    opened = reader.map(f"?selected={lost['id']}")
    opened.wait_for_card(lost["name_zh"])
    assert "未定位" in opened.words("#card .card__chips")


def test_a_parcel_is_found_by_its_number(reader, parcels):
    parcel = choice(parcels, stage="complete")
    opened = reader.map(f"?view={FAR}")
    opened.page.locator("#search").fill(parcel["id"].lower())
    expect(opened.page.locator(f'[data-found="{parcel["id"]}"]')).to_be_visible()
    expect(opened.page.locator(".found--filter")).to_contain_text("1 项")
    opened.page.keyboard.press("Enter")
    assert opened.wait_for_card() == parcel["name_zh"]
    assert opened.place()["zoom"] > 15


# ---------------------------------------------------------------- arranged, printed, failing


def test_a_tiled_layer_goes_comes_fades_and_moves_like_any_other(reader):
    opened = settle(reader.map(f"?view={NEAR}&opacity=parcels:40&layers=parcels,streets,lamps"))
    parcels, streets, _ = opened.panes(["parcels", "streets", "lamps"])
    assert parcels["opacity"] == 0.4
    assert parcels["level"] > streets["level"]
    box = opened.page.locator('[data-toggle="parcels"]')
    box.uncheck()
    expect(opened.page.locator('canvas[data-layer="parcels"]')).to_have_count(0)
    opened.wait_for_counts(0, 0, 0)
    box.check()
    settle(opened)
    assert opened.page.evaluate(COUNTED, "parcels") > 0


def test_paper_has_the_layer_and_its_legend(reader, parcels):
    opened = settle(reader.map(f"?view={NEAR}"))
    opened.page.evaluate("() => { window.print = () => { document.body.dataset.asked = 'yes'; }; }")
    opened.page.locator('[data-tool="print"]').first.click()
    opened.page.wait_for_selector('body[data-asked="yes"]')
    assert opened.page.evaluate(SETTLED)
    assert opened.page.evaluate(COUNTED, "parcels") > 0
    legend = opened.page.locator("#sheet-side .sheet__legend")
    green = int(((parcels["class"] == "green") & parcels.geometry.notna()).sum())
    expect(legend).to_contain_text(f"绿地{green}")
    assert f"{PARCELS:,}" in opened.page.locator("#sheet-list").text_content()
    opened.page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(opened.page.locator("body")).not_to_have_class(re.compile("is-printing"))


def test_a_tile_that_cannot_be_had_is_told_and_asked_for_again(reader):
    reader.context.route("**/parcels/**/*.mvt", lambda route: route.abort())
    opened = reader.map(f"?view={NEAR}")
    notice = opened.page.locator("#notices .notice", has_text="有一部分没有读到")
    expect(notice).to_have_count(1)
    reader.context.unroute("**/parcels/**/*.mvt")
    notice.get_by_role("button", name="重试").click()
    opened.page.wait_for_function(f"() => ({COUNTED})('parcels') > 0")
    assert all("ERR_FAILED" in complaint for complaint in reader.wanted_complaints())


def test_what_fails_after_somebody_asked_again_is_asked_again_too(reader):
    """Of many tiles the first has failed, and the last are still on their way."""
    lost, held, again = [], [], []

    def hold(route):
        if again:
            route.continue_()
        elif lost:
            held.append(route)
        else:
            lost.append(route)
            route.abort()

    reader.context.route("**/parcels/**/*.mvt", hold)
    opened = reader.map(f"?view={NEAR}")
    notice = opened.page.locator("#notices .notice", has_text="有一部分没有读到")
    expect(notice).to_have_count(1)
    again.append(True)
    notice.get_by_role("button", name="重试").click()
    expect(notice).to_have_count(0)
    assert held
    for route in held:
        route.abort()
    settle(opened)
    assert opened.page.evaluate(COUNTED, "parcels") > 0
    expect(notice).to_have_count(0)
    assert all("ERR_FAILED" in complaint for complaint in reader.wanted_complaints())
