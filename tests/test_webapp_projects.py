"""The list and the project page: complete, honest, usable without scripts, and equal to the map."""

import pytest

SVG = "{http://www.w3.org/2000/svg}"


def rows(page):
    return page.all("tr", class_="projects__row")


def ids(page):
    return page.texts("td", class_="projects__id")


def names(page):
    return [name.find("a").text for name in page.all("th", class_="projects__name")]


# ---------------------------------------------------------------- the list


def test_the_list_has_all_projects_and_says_how_many_are_on_the_map(get_page):
    page = get_page("projects.index")
    assert len(rows(page)) == 50
    assert "地图上 37 项 · 未定位 13 项 · 共 50 项" in page.text


def test_the_list_in_english(get_page):
    page = get_page("projects.index", lang="en")
    assert "37 on the map · 13 not located · 50 in all" in page.text
    assert "Fengxiang elevated road north extension" in names(page)


def test_every_link_of_an_english_list_stays_english(get_page):
    page = get_page("projects.index", lang="en")
    for link in page.one("main").iter("a"):
        href = link.get("href")
        assert "lang=en" in href or "json" in href or href.startswith("/layers"), href


def test_projects_without_geometry_are_marked_and_have_no_link_to_the_map(get_page):
    page = get_page("projects.index")
    marked = [row for row in rows(page) if "未定位" in "".join(row.itertext())]
    assert len(marked) == 13
    assert not any("selected=" in link.get("href") for row in marked for link in row.iter("a"))


def test_schematic_projects_carry_the_mark(get_page, app):
    page = get_page("projects.index", layers="roads")
    [row] = [row for row in rows(page) if "R02" in "".join(row.itertext())]
    assert "示意" in "".join(row.itertext())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"layers": "metro"}, ["M01", "M02", "M03", "M04"]),
        ({"layers": "metro,outline"}, ["M01", "M02", "M03", "M04"]),
        ({"stage": "production"}, ["I06", "I07"]),
        ({"q": "风翔"}, ["R08"]),
        ({"q": "fxgjby"}, ["R08"]),
        ({"q": "r08"}, ["R08"]),
        ({"q": "zzz"}, []),
    ],
)
def test_filters(get_page, query, expected):
    assert ids(get_page("projects.index", **query)) == expected


def test_undated_projects_pass_every_filter_of_years_and_are_counted(get_page):
    page = get_page("projects.index", years="2023-2024", layers="roads")
    assert page.texts("span", class_="chip--undated").count("未定") == 7
    assert "7 项未定年份的项目始终列出" in page.text


def test_nothing_found_offers_a_fresh_start(get_page):
    page = get_page("projects.index", q="没有这样的项目")
    assert "没有符合条件的项目" in page.text
    assert not page.all("table", class_="projects")


def test_the_filter_is_the_same_as_the_json(get_page, client):
    query = "layers=roads,parks&stage=start,complete&years=2021-2022&q=路"
    features = client.get(f"/projects.json?{query}").get_json()["features"]
    page = get_page(
        "projects.index", layers="roads,parks", stage="start,complete", years="2021-2022", q="路"
    )
    assert sorted(ids(page)) == sorted(feature["id"] for feature in features)
    assert 0 < len(features) < 25


def test_the_form_of_the_list_leads_to_one_clean_address(client):
    answer = client.get(
        "/projects?context=outline,rivers&q=&layers=roads&layers=parks&years=2021&years=2023"
        "&stage=start&sort=name&lang=en"
    )
    assert answer.status_code == 302
    assert answer.location == (
        "/projects?layers=roads,parks,outline,rivers&stage=start&years=2021-2023&sort=name&lang=en"
    )


def test_a_form_that_chooses_nothing_leads_to_the_plain_list(client):
    answer = client.get("/projects?context=outline&q=&years=2021&years=2025")
    assert answer.location == "/projects"


def test_the_form_works_without_scripts(get_page):
    page = get_page("projects.index", layers="roads,rivers", stage="start", opacity="roads:60")
    form = page.one("form")
    assert form.get("method") == "get"
    checked = [
        box.get("value") for box in page.all("input", type="checkbox") if "checked" in box.attrib
    ]
    assert checked == ["roads", "start"]
    hidden = {box.get("name"): box.get("value") for box in page.all("input", type="hidden")}
    assert hidden == {"context": "rivers", "opacity": "roads:60"}
    labels = {label.get("for") for label in page.all("label")}
    assert {"q", "from", "to"} <= labels


def choices(page, name):
    """The number beside each choice of the form."""
    found = [label for label in page.all("label") if label.get("class") == "check"]
    boxes = [(label.find("input"), label.find("span").text) for label in found]
    return {box.get("value"): int(said) for box, said in boxes if box.get("name") == name}


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"layers": "roads", "stage": "start,complete"},
        {"stage": "production"},
        {"q": "路", "years": "2021-2022", "layers": "parks"},
        {"q": "没有这样的项目"},
    ],
)
def test_each_choice_counts_within_the_other_criteria(get_page, criteria):
    page = get_page("projects.index", **criteria)
    for name in ("layers", "stage"):
        found = choices(page, name)
        assert found
        for value, count in found.items():
            alone = get_page("projects.index", **{**criteria, name: value})
            assert count == len(rows(alone)), (name, value)


def test_the_list_leads_to_the_map_with_the_same_state(get_page):
    page = get_page(
        "projects.index", layers="parks,rivers", years="2021-2022", view="31.68,120.3,13"
    )
    links = [link.get("href") for link in page.all("a")]
    assert "/?layers=parks,rivers&years=2021-2022&view=31.68,120.3,13" in links
    assert any("selected=P01" in link and "view=31.68,120.3,13" in link for link in links)


def test_the_table_is_one_for_a_screen_reader(get_page):
    page = get_page("projects.index", sort="-year")
    table = page.one("table", class_="projects")
    assert "".join(table.find("caption").itertext()).strip()
    heads = [head for head in table.iter("th") if head.get("scope") == "col"]
    assert len(heads) == 7
    assert [head.get("aria-sort") for head in heads if head.get("aria-sort")] == ["descending"]
    assert all(row.find("th").get("scope") == "row" for row in rows(page))


@pytest.mark.small_layers("the list of a large layer keeps the order of its file, and says so")
def test_sorting(get_page):
    assert ids(get_page("projects.index", sort="id"))[:2] == ["E01", "E02"]
    assert ids(get_page("projects.index", sort="-id"))[0] == "S08"
    english = names(get_page("projects.index", sort="name", lang="en"))
    assert english == sorted(english, key=str.casefold)
    chinese = names(get_page("projects.index", sort="name"))
    assert chinese.index("北外环") < chinese.index("凤翔高架北延") < chinese.index("堰新路东延")


@pytest.mark.small_layers("the list of a large layer keeps the order of its file, and says so")
@pytest.mark.parametrize("order", ["year", "-year"])
def test_the_undated_stand_last_under_a_heading_that_counts_them(get_page, order):
    page = get_page("projects.index", sort=order)
    headings = page.texts("tr", class_="projects__group")
    assert headings[-1] == "年份未定 11"
    assert sorted(headings[:-1], reverse=order == "-year") == headings[:-1]


def test_a_page_ignores_what_it_does_not_know_and_says_so(get_page):
    page = get_page("projects.index", layers="roads,nonsense", years="1999-2050", stage="x")
    assert len(rows(page)) == 15
    notice = page.one("div", class_="notice--warn")
    said = "".join(notice.itertext())
    assert "nonsense" in said
    assert "1999-2050" in said


def test_layers_that_are_all_hidden_leave_an_empty_list(get_page):
    assert ids(get_page("projects.index", layers="outline")) == []


# ---------------------------------------------------------------- a project


def test_a_project_page_says_everything(get_page):
    page = get_page("projects.page", project_id="R08")
    assert page.texts("h1") == ["凤翔高架北延"]
    for expected in (
        "Fengxiang elevated road north extension",
        "风翔高架北延",
        "快速路",
        "延伸",
        "市级",
        "年份未定",
        "3.73 km",
        "EPSG:4549",
        "规划统计，非测绘成果",
        "近似",
        "约 ±400 米",
        "四、交通：外部交通",
        "CC0-1.0",
        "800 米以内",
        "P08 界河沿河绿地景观提升",
    ):
        assert expected in page.text, expected


def test_the_mark_of_a_project_is_that_of_its_class_and_of_its_shape(get_page, client):
    styles = {layer["id"]: layer["style"] for layer in client.get("/layers").get_json()["layers"]}
    found = set()
    for feature in client.get("/projects.json").get_json()["features"]:
        about, style = feature["properties"], styles[feature["properties"]["layer"]]
        page = get_page("projects.page", project_id=feature["id"])
        group = page.one(f"{SVG}svg", class_="swatch").find(f"{SVG}g")
        strokes = [
            symbol["stroke"]
            for symbol in style["symbols"]
            if symbol["value"] == (about[style["by"]] if style["by"] else None)
        ]
        assert group.get("stroke") in (strokes or [style["unclassified"]["stroke"]]), feature["id"]
        if about["geometry_quality"] in {"schematic", "illustrative"}:
            assert group.get("stroke-dasharray"), feature["id"]
        if feature["geometry"] and "LineString" in feature["geometry"]["type"]:
            assert group.get("fill") == "none"
        found.add(group.get("stroke"))
    assert len(found) > len(styles) / 2


def test_floor_area_is_never_shown_in_land_units(get_page):
    page = get_page("projects.page", project_id="F01")
    figure = page.all("div", class_="figure-box")[0]
    said = "".join(figure.itertext())
    assert "1.8 万㎡" in said
    value = next(part for part in figure.iter("p") if part.get("class") == "figure-box__value")
    assert not {"公顷", "亩"} & set("".join(value.itertext()).split())


def test_land_area_is_shown_in_hectares_and_mu(get_page):
    assert "40 公顷 600 亩" in get_page("projects.page", project_id="P10").text


def test_a_project_without_place_says_so_and_has_no_map(get_page):
    page = get_page("projects.page", project_id="R07")
    assert "计划没有给出位置" in page.text
    assert not page.all("iframe")


def test_the_small_map_is_our_own_embedded_one(get_page):
    frame = get_page("projects.page", project_id="R08", lang="en").one("iframe")
    assert frame.get("src").startswith("/embed?")
    assert "selected=R08" in frame.get("src")
    assert "lang=en" in frame.get("src")
    assert frame.get("loading") == "lazy"
    assert frame.get("title")


def test_neighbours_of_the_same_layer(get_page):
    def turn(project_id):
        page = get_page("projects.page", project_id=project_id)
        return [link.get("href") for link in page.one("nav", class_="turn").iter("a")]

    assert turn("R01") == ["/projects/R02"]
    assert turn("R10") == ["/projects/R09", "/projects/R11"]
    assert turn("R15") == ["/projects/R14"]


def test_every_project_has_its_page_in_both_languages(get_page, client):
    features = client.get("/projects.json").get_json()["features"]
    assert len(features) == 50
    for feature in features:
        for lang in ("zh", "en"):
            page = get_page("projects.page", project_id=feature["id"], lang=lang)
            assert page.texts("h1") == [feature["properties"][f"name_{lang}"]]


def test_the_stable_address_names_no_language(get_page):
    page = get_page("projects.page", project_id="R08", lang="en")
    assert page.one("input", id="address").get("value") == "http://localhost/projects/R08"


def test_a_project_that_is_not_there(get_page, client):
    page = get_page("projects.page", project_id="Z99", status=404)
    assert "Z99" in page.text
    assert client.get("/projects/Z99.json").get_json()["error"]["code"] == "not-found"


def test_the_dossier(client):
    dossier = client.get("/projects/R08.json").get_json()
    assert dossier["name"]["en"] == "Fengxiang elevated road north extension"
    assert dossier["drawn"]["kind"] == "length"
    assert dossier["quality"]["schematic"] is False
    assert dossier["links"] == {
        "page": "/projects/R08",
        "json": "/projects/R08.json",
        "geojson": "/projects/R08.geojson",
        "map": "/?selected=R08",
    }


def test_what_overlaps_is_not_told_again_as_near_and_each_station_once(client):
    overlapping = covered = 0
    for feature in client.get("/projects.json").get_json()["features"]:
        dossier = client.get(f"/projects/{feature['id']}.json").get_json()
        overlaps = {other["id"] for other in dossier["overlaps"]}
        assert overlaps.isdisjoint(near["id"] for near in dossier["nearby"])
        stations = [entry["station"]["id"] for entry in dossier["catchments"]]
        assert len(stations) == len(set(stations))
        overlapping += bool(overlaps)
        covered += any(entry["distance_m"] == 500 for entry in dossier["catchments"])
    assert overlapping
    assert covered


def test_every_dossier_is_json(client):
    for feature in client.get("/projects.json").get_json()["features"]:
        answer = client.get(f"/projects/{feature['id']}.json")
        assert answer.status_code == 200
        assert answer.get_json()["located"] is (feature["geometry"] is not None)


def test_one_feature(client):
    answer = client.get("/projects/R08.geojson")
    assert answer.mimetype == "application/geo+json"
    assert answer.get_json()["id"] == "R08"


def test_a_catalog_of_all_projects(client):
    answer = client.get("/projects.json")
    body = answer.get_json()
    assert answer.mimetype == "application/geo+json"
    assert len({feature["id"] for feature in body["features"]}) == 50
    assert sum(feature["geometry"] is None for feature in body["features"]) == 13
    assert all("geometry_quality" in feature["properties"] for feature in body["features"])
