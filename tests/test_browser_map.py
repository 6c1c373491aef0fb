"""The map page in a real browser: what is drawn, and what a reader can do with it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsing import MapPage

pytestmark = pytest.mark.browser

PROJECTS, UNLOCATED = 50, 13


@pytest.fixture(scope="module")
def catalog(resident):
    return resident.json("/layers")


@pytest.fixture(scope="module")
def seen(resident):
    """The map as it opens; tests look at it and leave it as it is."""
    return resident.map()


def project_layers(catalog):
    return [layer["id"] for layer in catalog["layers"] if layer["role"] == "projects"]


def layer_ids(catalog):
    """As they lie at the start, the base map below all projects."""
    context = [layer["id"] for layer in catalog["layers"] if layer["role"] == "context"]
    return project_layers(catalog) + context


def levels(opened, catalog):
    """Layer ids as they lie over each other, the topmost first."""
    panes = opened.panes(layer_ids(catalog))
    return [pane["layer"] for pane in sorted(panes, key=lambda pane: -pane["level"])]


# ---------------------------------------------------------------- what is drawn


def test_every_layer_draws_all_its_located_features(seen, catalog):
    drawn = {layer: len(ids) for layer, ids in seen.drawn().items()}
    wanted = {layer["id"]: layer["counts"]["located"] for layer in catalog["layers"]}
    assert drawn == wanted
    assert all(layer["visible"] for layer in catalog["layers"])
    assert sum(wanted[layer] for layer in project_layers(catalog)) == PROJECTS - UNLOCATED


def test_every_drawn_project_can_be_seen_on_the_opening_view(seen, catalog):
    """Leaflet keeps what is out of sight as an empty path."""
    seen.drawn()
    boxes = seen.page.evaluate(
        """(layers) => [...document.querySelectorAll("[data-layer][data-id]")]
          .filter((node) => layers.includes(node.dataset.layer))
          .map((node) => [node.dataset.id, node.getBoundingClientRect()])
          .map(([id, { width, height }]) => [id, width + height])""",
        project_layers(catalog),
    )
    assert len(boxes) == PROJECTS - UNLOCATED
    assert [project for project, size in boxes if size < 3] == []


def test_layers_lie_over_each_other_as_the_catalog_has_them(seen, catalog):
    assert levels(seen, catalog) == layer_ids(catalog)
    assert {pane["opacity"] for pane in seen.panes(layer_ids(catalog))} == {1}


def test_the_map_is_drawn_with_the_symbols_of_the_style_table(seen, resident, catalog):
    for layer in ("roads", "parks"):
        [entry] = [one for one in catalog["layers"] if one["id"] == layer]
        strokes = {symbol["value"]: symbol["stroke"] for symbol in entry["style"]["symbols"]}
        unknown = entry["style"]["unclassified"]["stroke"]
        classes = seen.page.evaluate(
            "(layer) => [...document.querySelectorAll(`path[data-layer=${layer}]`)]"
            ".map((node) => [node.dataset.id, node.getAttribute('stroke')])",
            layer,
        )
        for project, stroke in classes:
            value = resident.json(f"/projects/{project}.geojson")
            assert stroke == strokes.get(value["properties"]["class"], unknown), project


def test_the_legend_shows_the_symbols_of_the_map_and_counts_them(seen, catalog):
    for layer in catalog["layers"]:
        row = seen.page.locator(f'[data-row="{layer["id"]}"]')
        assert row.locator(".check").text_content() == layer["title"]["zh"]
        assert str(layer["counts"]["located"]) in row.locator(".layer__count").text_content()
        symbols = row.locator(".legend__row--symbol, .legend__row--unclassified")
        counts = symbols.locator(".legend__located").all_text_contents()
        assert sum(map(int, counts)) == layer["counts"]["located"]
        rest = symbols.locator(".legend__unlocated").all_text_contents()
        unlocated = sum(int(re.sub(r"\D", "", words)) for words in rest)
        assert unlocated == layer["counts"]["unlocated"]
        known = {symbol["stroke"] for symbol in layer["style"]["symbols"]}
        for stroke in strokes_of(row.locator(".legend__row--symbol .sample")):
            assert stroke in known


def strokes_of(samples):
    return samples.locator("[stroke]").evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('stroke'))"
    )


def test_what_nobody_could_classify_is_magenta_and_listed(seen, resident, catalog):
    [roads] = [layer for layer in catalog["layers"] if layer["id"] == "roads"]
    assert roads["counts"]["unclassified"] > 0
    row = seen.page.locator('[data-row="roads"] .legend__row--unclassified')
    assert strokes_of(row.locator(".sample")) == ["#ff00ff"]
    row.locator("summary").click()
    names = [(one, name_of(resident, one)) for one in roads["unclassified"]]
    listed = row.locator(".legend__list button")
    expect(listed).to_have_text([f"{project} {name}" for project, name in names])


def name_of(reader, project):
    return reader.json(f"/projects/{project}.json")["name"]["zh"]


def test_what_is_not_known_is_counted(seen, resident):
    assert seen.counted() == (PROJECTS - UNLOCATED, UNLOCATED, PROJECTS)
    assert "未定位" in seen.words("#tally")
    seen.tab("list")
    assert len(seen.listed()) == PROJECTS
    expect(seen.page.locator("#pane-list .chip--unlocated")).to_have_count(UNLOCATED)
    undated = [one for one in projects(resident) if undated_project(one)]
    seen.tab("filter")
    assert int(seen.words(".years__undated .facet__count")) == len(undated) > 0
    assert "未定" in seen.words(".years__undated")


def projects(reader, query=""):
    return reader.json(f"/projects.json{query}")["features"]


def undated_project(feature):
    years = (feature["properties"]["year_from"], feature["properties"]["year_to"])
    return years == (None, None)


# ---------------------------------------------------------------- layers


def test_a_layer_goes_and_comes_back(opened, catalog):
    before = opened.drawn()
    box = opened.page.locator('[data-toggle="roads"]')
    box.uncheck()
    assert "roads" not in opened.drawn()
    assert opened.counted() == (24, 11, 35)
    opened.wait_for_address(layers=",".join(one for one in layer_ids(catalog) if one != "roads"))
    box.check()
    assert opened.drawn() == before
    opened.wait_for_address(layers=None)


def test_a_layer_fades(opened):
    row = opened.page.locator('[data-row="parks"]')
    row.locator(".layer__expand").click()
    slider = opened.page.locator('[data-opacity="parks"]')
    slider.focus()
    for _ in range(6):
        opened.page.keyboard.press("ArrowLeft")
    assert opened.panes(["parks"])[0]["opacity"] == pytest.approx(0.7)
    assert row.locator(".layer__percent").text_content() == "70%"
    opened.wait_for_address(opacity="parks:70")


def test_layers_change_places(opened, catalog):
    before = layer_ids(catalog)
    opened.page.get_by_role("button", name="按叠放次序").click()
    first = opened.page.locator(".order__item").first
    assert first.get_attribute("data-order") == before[0]
    opened.page.locator(f'[data-order="{before[0]}"] button').last.click()
    after = [before[1], before[0], *before[2:]]
    assert levels(opened, catalog) == after
    opened.wait_for_address(layers=",".join(after))
    shown = opened.page.locator(".order__item").evaluate_all(
        "n => n.map((one) => one.dataset.order)"
    )
    assert shown == after


# ---------------------------------------------------------------- search


def test_a_project_is_found_by_any_of_its_names(opened):
    search = opened.page.locator("#search")
    for words in ("凤翔", "风翔", "fxgj", "R08", "r08", "Fengxiang", "fengxianggaojia"):
        search.fill(words)
        found = opened.page.locator("#search-list [data-found]").first
        expect(found).to_have_attribute("data-found", "R08")
        expect(opened.page.locator("#search-list")).to_be_visible()
        search.fill("")
        expect(opened.page.locator("#search-list")).to_be_hidden()
    search.fill("没有这个项目")
    expect(opened.page.locator("#search-list .found__none")).to_be_visible()
    expect(opened.page.locator("#search-list [data-found]")).to_have_count(0)


def test_choosing_what_was_found_opens_its_card_with_what_lies_near(opened, reader):
    opened.page.locator("#search").fill("风翔")
    opened.page.locator('[data-found="R08"]').click()
    dossier = reader.json("/projects/R08.json")
    assert opened.wait_for_card() == dossier["name"]["zh"] == "凤翔高架北延"
    near = opened.page.locator("#card .near").last.locator("[data-near]")
    assert near.evaluate_all("n => n.map((one) => one.dataset.near)") == [
        one["id"] for one in dossier["nearby"]
    ]
    assert all(one["distance_m"] <= 800 for one in dossier["nearby"])
    assert len(dossier["nearby"]) > 0
    expect(opened.page.locator("#card h3", has_text="800 m")).to_be_visible()
    opened.wait_for_address(selected="R08")


def test_the_search_works_by_keyboard_alone(opened):
    page = opened.page
    for _ in range(20):
        page.keyboard.press("Tab")
        if opened.focused() == "search":
            break
    assert opened.focused() == "search"
    search = page.locator("#search")
    expect(search).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("fxgj")
    expect(search).to_have_attribute("aria-expanded", "true")
    expect(search).to_have_attribute("aria-activedescendant", re.compile("."))
    active = search.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("data-found", "R08")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    assert search.get_attribute("aria-activedescendant") != active
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert opened.wait_for_card() == "凤翔高架北延"
    assert opened.focused() == "card-title"
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    assert opened.focused() == "search"


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("change", "query"),
    [
        (lambda page: years(page, 2022, 2023), "?years=2022-2023"),
        (lambda page: years(page, 2025, 2025), "?years=2025-2025"),
        (lambda page: stages(page, "start", "complete"), "?stage=start,complete"),
        (lambda page: (years(page, 2021, 2021), stages(page, "start")), "?stage=start&years=2021"),
        (lambda page: words(page, "公园"), "?q=公园"),
        (lambda page: only(page, "parks"), "?layers=parks"),
    ],
    ids=["years", "last-year", "stages", "stage-and-year", "words", "layer"],
)
def test_map_list_and_server_agree_under_a_filter(opened, reader, catalog, change, query):
    change(opened.page)
    features = projects(reader, query)
    located = {one["id"] for one in features if one["geometry"]}
    counts = (len(located), len(features) - len(located), len(features))
    opened.wait_for_counts(*counts)
    assert opened.drawn_projects(project_layers(catalog)) == located
    assert 0 < counts[2] < PROJECTS
    opened.tab("list")
    assert sorted(opened.listed()) == sorted(one["id"] for one in features)
    link = opened.page.locator(".list__whole").get_attribute("href")
    assert list_page(reader, link) == counts
    assert list_page(reader, f"/projects{query}") == counts


def years(page, first, last):
    """Move the two sliders as a hand would: one step for each year."""
    page.locator("#tab-filter").click()
    for which, key, steps in (
        ("to", "ArrowLeft", 2025 - last),
        ("from", "ArrowRight", first - 2021),
    ):
        page.locator(f'[data-years="{which}"]').focus()
        for _ in range(steps):
            page.keyboard.press(key)


def stages(page, *wanted):
    page.locator("#tab-filter").click()
    for stage in wanted:
        page.locator(f'[data-stage="{stage}"]').check()


def words(page, wanted):
    page.locator("#search").fill(wanted)
    page.locator(".found--filter").click()


def only(page, layer):
    for box in page.locator("[data-toggle]").all():
        box.set_checked(box.get_attribute("data-toggle") == layer)


def list_page(reader, address):
    """The counts of the list page, and as many rows as it says."""
    page = reader.open(address)
    counts = tuple(int(n) for n in page.locator(".tally strong").all_text_contents())
    expect(page.locator("tr.projects__row")).to_have_count(counts[2])
    page.close()
    return counts


def test_undated_projects_pass_every_year(opened, reader):
    undated = {one["id"] for one in projects(reader) if undated_project(one)}
    for year in (2021, 2025):
        opened.page.goto(f"{reader.home}/?years={year}&panel=list")
        opened.page.wait_for_selector('body[data-ready="true"]')
        assert undated < set(opened.listed())
        opened.tab("filter")
        assert int(opened.words(".years__undated .facet__count")) == len(undated)


def test_filters_are_lifted_at_once(opened, catalog):
    years(opened.page, 2022, 2022)
    stages(opened.page, "start")
    opened.wait_for_address(years="2022-2022", stage="start")
    opened.page.get_by_role("button", name="清除筛选").click()
    opened.wait_for_counts(PROJECTS - UNLOCATED, UNLOCATED, PROJECTS)
    opened.wait_for_address(years=None, stage=None)


def test_the_years_play_one_after_the_other_and_end_with_all(visit):
    reader = visit()
    reader.context.clock.install()
    opened = reader.map("?panel=filter")
    opened.page.clock.pause_at("2040-01-01")
    opened.page.locator("[data-play]").click()
    for year in range(2021, 2026):
        found = projects(reader, f"?years={year}")
        located = sum(one["geometry"] is not None for one in found)
        expect(opened.page.locator(".years__told")).to_have_text(f"{year} 年")
        opened.wait_for_counts(located, len(found) - located, len(found))
        opened.page.clock.run_for(1400)
    expect(opened.page.locator(".years__told")).to_have_text("2021–2025 年")
    opened.wait_for_counts(PROJECTS - UNLOCATED, UNLOCATED, PROJECTS)


def test_a_layer_that_does_not_arrive_is_told_and_can_be_asked_for_again(reader, catalog):
    [parks] = [layer for layer in catalog["layers"] if layer["id"] == "parks"]
    reader.context.route(drawn_from("parks"), lambda route: route.abort())
    opened = reader.map()
    notice = opened.page.locator("#notices [role=alert]")
    expect(notice).to_contain_text(parks["title"]["zh"])
    assert "parks" not in opened.page.evaluate(LAYERS_DRAWN)
    reader.context.unroute(drawn_from("parks"))
    notice.get_by_role("button", name="重试").click()
    opened.page.wait_for_selector('[data-layer="parks"][data-id]', state="attached")
    assert len(opened.drawn()["parks"]) == parks["counts"]["located"]
    assert opened.counted() == (PROJECTS - UNLOCATED, UNLOCATED, PROJECTS)
    expect(notice).to_have_count(0)
    assert all("ERR_FAILED" in complaint for complaint in reader.wanted_complaints())


#: The layers of which features are drawn now.
LAYERS_DRAWN = """() => [...document.querySelectorAll("[data-layer][data-id]")]
  .map((node) => node.dataset.layer)"""


def drawn_from(layer):
    """Addresses of what a layer, or any but some, is drawn from: its one file or its tiles."""
    return re.compile(rf"/layers/{layer}/[^/]+/(features\.geojson|tiles/.*\.mvt)")


# ---------------------------------------------------------------- the address


def snapshot(opened, catalog):
    """Everything of the page that the address carries."""
    page = opened.page
    return {
        "drawn": opened.drawn(),
        "panes": opened.panes(layer_ids(catalog)),
        "boxes": page.locator("[data-toggle]").evaluate_all("n => n.map((one) => one.checked)"),
        "stages": page.locator("[data-stage]").evaluate_all("n => n.map((one) => one.checked)"),
        "years": page.locator("[data-years]").evaluate_all("n => n.map((one) => one.value)"),
        "counted": opened.counted(),
        "card": opened.wait_for_card(),
        "panel": page.locator('[role="tab"][aria-selected="true"]').get_attribute("id"),
        "lang": page.locator("html").get_attribute("lang"),
    }


def test_a_shared_link_opens_the_same_elsewhere(opened, catalog, visit):
    page = opened.page
    page.locator('[data-toggle="environment"]').uncheck()
    page.locator('[data-row="roads"] .layer__expand').click()
    page.locator('[data-row="roads"] .layer__tools button').last.click()
    page.locator('[data-opacity="roads"]').fill("55")
    years(page, 2022, 2024)
    stages(page, "start", "complete", "advance")
    opened.tab("list")
    page.locator('[data-open="R08"]').click()
    page.evaluate("() => huitu.map.setView([31.69, 120.28], 13.5, { animate: false })")
    page.locator("[data-lang-link]").click()
    page.wait_for_selector('html[lang="en"] body[data-ready="true"]')
    wanted, place = snapshot(opened, catalog), opened.place()
    assert wanted["lang"] == "en"
    assert wanted["card"] == "Fengxiang elevated road north extension"
    assert (place["lat"], place["lng"]) == pytest.approx((31.69, 120.28), abs=1e-4)
    page.locator('[data-tool="share"]').click()
    link = page.locator("#share-body textarea").first.input_value()
    elsewhere = visit()
    assert link.startswith(f"{elsewhere.home}/?")
    other = elsewhere.map(link.removeprefix(f"{elsewhere.home}/"))
    assert snapshot(other, catalog) == wanted
    assert tuple(other.place().values()) == pytest.approx(tuple(place.values()), abs=1e-4)


def test_the_back_button_closes_and_opens_cards(opened):
    opened.tab("list")
    opened.page.locator('[data-open="R08"]').click()
    opened.wait_for_card("凤翔高架北延")
    opened.page.locator('[data-open="P01"]').click()
    opened.wait_for_address(selected="P01")
    opened.page.go_back()
    opened.wait_for_card("凤翔高架北延")
    opened.page.go_back()
    expect(opened.page.locator("#card")).to_be_hidden()


@pytest.mark.parametrize(
    "query",
    [
        "?layers=nope&opacity=x:y&stage=..&years=1-2&selected=Z99&view=a,b,c&panel=x",
        "?layers=nope,roads&stage=nope,start&years=2023-2030",
        "?layers=&q=R",
        "?layers=roads&layers=%20parks&years=2022&years=2023&stage=",
        "?q=%EF%BC%B2%20%EF%BC%90%EF%BC%98",
    ],
)
def test_map_and_list_read_an_odd_address_alike(reader, query):
    opened = reader.map(query)
    assert opened.counted() == list_page(reader, f"/projects{query}")
    expect(opened.page.locator("#card")).to_be_hidden()
    told = opened.page.locator('[data-notice="address"]')
    expect(told).to_have_count(1 if "nope" in query else 0)


# ---------------------------------------------------------------- the card


def test_a_click_on_the_map_opens_the_card_of_what_was_hit(opened, reader):
    for project in ("R08", "F01", "S07"):
        opened.click_on(project)
        opened.wait_for_card(reader.json(f"/projects/{project}.json")["name"]["zh"])
        opened.wait_for_address(selected=project)
        opened.page.locator("#card .card__close").click()
        expect(opened.page.locator("#card")).to_be_hidden()


def test_a_point_opens_its_card_by_mouse_and_by_keyboard(opened, reader):
    """A click opens the smallest of what lies there: this point, not the road drawn over it."""
    opened.drawn()
    point = opened.page.locator('.leaflet-marker-icon[data-id="I03"]')
    title = reader.json("/projects/I03.json")["name"]["zh"]
    box = point.bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.wait_for_card(title)
    opened.page.keyboard.press("Escape")
    expect(opened.page.locator("#card")).to_be_hidden()
    point.focus()
    opened.page.keyboard.press("Enter")
    opened.wait_for_card(title)


def test_the_card_opens_and_closes_by_keyboard_and_gives_the_focus_back(opened):
    page = opened.page
    page.locator("#tab-layers").focus()
    page.keyboard.press("ArrowLeft")
    assert opened.focused() == "tab-list"
    for _ in range(60):
        page.keyboard.press("Tab")
        if opened.focused() == "R08":
            break
    assert opened.focused() == "R08"
    page.keyboard.press("Enter")
    assert opened.wait_for_card() == "凤翔高架北延"
    assert opened.focused() == "card-title"
    page.keyboard.press("Escape")
    expect(page.locator("#card")).to_be_hidden()
    assert opened.focused() == "R08"


def test_the_card_says_what_the_dossier_knows(opened, reader):
    dossier = reader.json("/projects/R08.json")
    opened.page.goto(f"{reader.home}/?selected=R08")
    assert opened.wait_for_card() == dossier["name"]["zh"]
    card = opened.words("#card")
    for known in (
        dossier["aliases"][0],
        dossier["class"]["title"]["zh"],
        dossier["stage"]["title"]["zh"],
        dossier["lead"]["title"]["zh"],
        dossier["drawn"]["display"]["zh"][0],
        dossier["drawn"]["crs"],
        dossier["quality"]["title"]["zh"],
        dossier["basis"]["zh"],
        dossier["version"],
        dossier["name"]["en"],
    ):
        assert known in card


def test_a_project_without_a_place_has_a_card_that_says_so(opened, reader):
    opened.tab("list")
    opened.page.locator('[data-open="M03"]').click()
    assert opened.wait_for_card() == reader.json("/projects/M03.json")["name"]["zh"]
    expect(opened.page.locator("#card .chip--unlocated")).to_be_visible()


# ---------------------------------------------------------------- the language


def test_the_language_switches_and_the_state_stays(opened, catalog):
    page = opened.page
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator('[data-toggle="parks"]').uncheck()
    stages(page, "complete")
    opened.tab("list")
    page.locator('[data-open="R08"]').click()
    opened.wait_for_card()
    before, place = snapshot(opened, catalog), opened.place()
    page.locator("[data-lang-link]").click()
    page.wait_for_selector('html[lang="en"] body[data-ready="true"]')
    there = snapshot(opened, catalog)
    assert there == {**before, "lang": "en", "card": "Fengxiang elevated road north extension"}
    assert tuple(opened.place().values()) == pytest.approx(tuple(place.values()), abs=1e-4)
    page.locator("[data-lang-link]").click()
    page.wait_for_selector('html[lang="zh-CN"] body[data-ready="true"]')
    assert snapshot(opened, catalog) == before


def test_the_english_page_speaks_english(reader):
    """Only the way back to Chinese, and the words of the data, may be Chinese."""
    opened = reader.map("?lang=en&selected=R08&panel=list")
    opened.wait_for_card()
    said = opened.page.evaluate(
        """() => [...document.querySelectorAll("button, label, legend, th, h2, h3, dt, [role=tab],"
          + " [aria-label], [title], [placeholder], #tally, .pane__note, .credit, .empty")]
          .filter((node) => !node.closest("[data-lang-link]"))
          .flatMap((node) => [node.matches("[aria-label]") ? "" : node.textContent,
            node.getAttribute("aria-label"), node.title, node.getAttribute("placeholder")])
          .filter((words) => /[\\u4e00-\\u9fff]/.test(words || ""))"""
    )
    assert [re.sub(r"\s+", " ", words) for words in said] == []


# ---------------------------------------------------------------- what is never covered

#: Whether both ends of a line of words stand free in the window.
_UNCOVERED_ENDS = """(selector) => {
  const node = document.querySelector(selector);
  const { left, right, top, bottom } = node.getBoundingClientRect();
  const met = (x) => document.elementFromPoint(x, (top + bottom) / 2);
  return [left + 3, right - 3].map((x) => node.contains(met(x)));
}"""


@pytest.mark.parametrize(("width", "height"), [(375, 812), (768, 1024), (1100, 800)])
@pytest.mark.parametrize(
    "query", ["", "?selected=R08", "?panel=filter", "?panel=none&selected=R08"]
)
def test_the_review_number_is_seen_at_every_width(visit, width, height, query):
    """The rules on public maps want it prominent, whatever else is open."""
    page = visit(width=width, height=height).map(query).page
    expect(page.locator(".credit")).to_be_visible()
    assert page.evaluate(_UNCOVERED_ENDS, ".credit") == [True, True]


@pytest.mark.parametrize(("width", "height"), [(375, 812), (1440, 900)])
def test_the_map_opens_close_enough_for_names_of_projects(visit, width, height):
    opened = visit(width=width, height=height).map()
    opened.drawn()
    opened.page.wait_for_function("() => document.querySelectorAll('.label--project').length >= 3")
    assert opened.address() == {}


def test_the_sheet_is_made_for_the_print_style_alone(visit):
    """Programs that print may only ask for the style, and send no event."""
    page = visit().map().page
    page.emulate_media(media="print")
    expect(page.locator("#sheet-list tbody tr")).to_have_count(PROJECTS)
    expect(page.locator("#sheet-side .legend").first).to_be_visible()
    page.emulate_media(media="screen")
    expect(page.locator("body.is-printing")).to_have_count(0)
    expect(page.locator("#sheet-list")).to_be_hidden()


def test_lines_and_areas_are_reached_by_keys_one_after_the_other(opened, reader):
    page = opened.page
    opened.drawn()
    stops = page.locator('.leaflet-pane [data-id][tabindex="0"]')
    expect(stops).to_have_count(1)
    stops.focus()
    first = opened.focused()
    page.keyboard.press("ArrowRight")
    second = opened.focused()
    assert first != second
    node = page.locator(f'.leaflet-pane [data-id="{second}"]')
    name = reader.json(f"/projects/{second}.json")["name"]["zh"]
    assert node.get_attribute("role") == "button"
    assert name in node.get_attribute("aria-label")
    page.keyboard.press("Enter")
    opened.wait_for_card(name)
    expect(stops).to_have_count(1)


def test_the_first_stop_of_the_keys_is_the_same_whichever_layer_comes_first(opened, visit):
    stop = '.leaflet-pane [data-id][tabindex="0"]'
    opened.drawn()
    usual = opened.page.locator(stop).get_attribute("data-id")
    late, held, released = visit(), [], []

    def hold(route):
        if released:
            route.continue_()
        else:
            held.append(route)

    late.context.route(drawn_from("(?!stations/)[^/]+"), hold)
    page = late.open("/")
    page.wait_for_selector('.leaflet-pane [data-layer="stations"][tabindex="0"]')
    released.append(True)
    for route in held:
        route.continue_()
    expect(MapPage(page).page.locator(stop)).to_have_attribute("data-id", usual)
