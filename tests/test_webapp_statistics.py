"""Statistics on the web: the page, its rows, and the same figures for programs."""

import json
import re

import pytest
import shapely

from layers.plan import Plan
from layers.statistics import ANALYSES, Question, overlaps, stated, table
from webapp.questions import MOST_ADDRESS_VERTICES

NOTICE = "规划统计，非测绘成果"
SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[120.28, 31.66], [120.32, 31.66], [120.32, 31.70], [120.28, 31.70], [120.28, 31.66]]
    ],
}


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


def rows_of(page):
    """The words of each row of the table, by its name."""
    rows = page.all("tr", class_="sums__row")
    return {
        "".join(row.find("th").find("a").itertext()).split("（")[0].strip(): [
            " ".join("".join(cell.itertext()).split()) for cell in row.findall("td")
        ]
        for row in rows
    }


def posted(client, address, **fields):
    return client.post(address, data=fields)


# ---------------------------------------------------------------- the page


def test_the_page_shows_what_the_statistics_say(get_page, plan):
    page = get_page("statistics.page")
    found = table(plan, Question())
    rows = rows_of(page)
    assert len(rows) == len(found.rows) + 1
    for row in found.rows:
        shown = rows[row.key[0].label.zh]
        assert shown[:2] == [str(row.count), str(row.unlocated)]
        wanted = "—" if row.length_m is None else f"{row.length_m / 1000:,.2f} km"
        assert shown[2] in {wanted, wanted + " km"}
    assert rows["合计"][0] == str(found.total.count)
    assert NOTICE in page.text


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("statistics.page", {"row": "parks", "schematic": "1"}),
        ("statistics.page", {"group": "district,class", "row": "D_EAST~arterial"}),
        ("statistics.overlaps_page", {}),
        ("statistics.stated_page", {}),
        *(("statistics.analysis_page", {"analysis": name}) for name in ANALYSES),
        ("sheet.page", {}),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_says_that_its_figures_are_no_survey(get_page, endpoint, values, lang):
    page = get_page(endpoint, lang=lang, **values)
    assert (NOTICE if lang == "zh" else "not a survey result") in page.text
    if lang == "en":
        mine = re.sub(r"[^\u4e00-\u9fff]", "", page.text)
        assert mine in {"", "中文"}, mine


def test_a_unit_is_for_display_only(get_page, client):
    hectares = rows_of(get_page("statistics.page", layers="parks"))["合计"]
    mu = rows_of(get_page("statistics.page", layers="parks", unit="mu"))["合计"]
    net_m2 = client.get("/statistics.json?layers=parks").json["total"]["net_m2"]
    assert f"{net_m2 / 10_000:,.2f} 公顷" in hectares
    assert f"{net_m2 / 10_000 * 15:,.1f} 亩" in mu


def test_floor_area_is_never_in_a_unit_of_land(get_page):
    for unit in ("ha", "mu", "km2", "m2"):
        cells = rows_of(get_page("statistics.page", layers="renovation", unit=unit))["合计"]
        assert "19.80 万㎡" in cells


def test_a_row_opens_into_its_features_pairs_and_origin(get_page, plan):
    page = get_page("statistics.page", row="roads", schematic="1")
    roads = table(plan, Question()).row(("roads",))
    listed = {link.get("href") for link in page.all("a")}
    assert {f"/projects/{one}" for one in roads.ids} <= listed
    version = plan.version("roads")
    for word in (version.id, version.sha256, version.file, "EPSG:4549", "huitu "):
        assert word in page.text
    assert plan.version("parks").sha256 not in page.text
    pinned = page.one("a", class_="pinned").get("href")
    assert f"roads:{version.id}" in pinned.replace("%3A", ":")


def test_the_permanent_address_opens_the_same_figure(get_page, gate, app):
    page = get_page("statistics.page", row="parks", schematic="1")
    again = gate(app).open(page.one("a", class_="pinned").get("href"))
    assert rows_of(again) == rows_of(page)
    assert "按网址指定的图层版本统计" in again.text


def test_on_paper_the_permanent_address_stands_in_words(get_page, plan):
    words = get_page("statistics.page").one("p", class_="print-only").text
    assert "http://localhost/statistics?" in words
    assert plan.version("parks").id in words


def test_the_map_beside_shows_just_what_the_row_counts(get_page, plan):
    address = get_page("statistics.page", row="metro").one("iframe").get("src")
    row = table(plan, Question()).row(("metro",))
    assert f"ids={','.join(row.ids)}" in address.replace("%2C", ",")
    assert "ids=" not in get_page("statistics.page").one("iframe").get("src")


def test_charts_say_the_figures_of_the_table(get_page, plan):
    page = get_page("statistics.page")
    said = " ".join(
        element.text or "" for element in page.all() if element.tag.rpartition("}")[2] == "desc"
    )
    for row in table(plan, Question()).rows:
        if row.net_m2:
            assert f"{row.key[0].label.zh} {row.net_m2 / 10_000:,.2f}" in said
    for row in table(plan, Question(group=("year",))).rows:
        assert f"{row.key[0].label.zh} {row.count}" in said


def test_a_form_is_led_to_its_one_address(client):
    answer = client.get(
        "/statistics?form=1&group=layer&group=class&district=&within=800&layers=roads&layers=parks"
        "&years=2021&years=2025&q=&boundary=&as_of="
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].replace("%2C", ",") == (
        "/statistics?layers=roads,parks&within=800&group=layer,class"
    )


def test_nothing_found_is_told(get_page):
    page = get_page("statistics.page", q="没有这样的项目")
    assert "没有符合条件的项目" in page.text
    assert not page.all("table")


def test_the_word_of_a_reader_stays_a_word(get_page):
    hostile = "<script>alert(1)</script>{{7*7}}"
    page = get_page("statistics.page", q=hostile)
    assert page.one("input", name="q").get("value") == hostile
    wrong = get_page("statistics.page", status=400, boundary=hostile, as_of=hostile)
    assert not wrong.all("script", type="text/javascript")
    assert hostile in (wrong.one("textarea").text or "")


def test_problems_stand_at_their_fields_and_no_figure_is_shown(get_page):
    page = get_page(
        "statistics.page", status=400, group="zzz", district="x", within="near", as_of="2026-13-01"
    )
    assert not page.all("table")
    for name in ("group", "district", "within", "as_of"):
        field = next(one for one in page.all() if one.get("name") == name)
        assert field.get("aria-invalid") == "true"
        assert page.one("span", id=field.get("aria-describedby")).get("class") == "wrong"


# ---------------------------------------------------------------- for programs


def test_json_is_the_table_in_metres(client, plan):
    answer = client.get("/statistics.json?group=layer,class&layers=parks,roads&schematic=1").json
    question = Question.from_dict(answer["question"])
    found = table(plan, question)
    assert [row["row"] for row in answer["rows"]] == [
        "~".join(key.value or "-" for key in row.key) for row in found.rows
    ]
    for told, row in zip(
        [*answer["rows"], answer["total"]], [*found.rows, found.total], strict=True
    ):
        for name in (
            "count",
            "unlocated",
            "length_m",
            "gross_m2",
            "net_m2",
            "overlap_m2",
            "geodesic_m2",
        ):
            assert told[name] == getattr(row, name)
        assert told["stated_land_m2"] == row.stated.land
        assert told["marks"] == [mark.id for mark in row.marks]
        assert set(told["versions"]) <= {"parks", "roads"}
    assert answer["versions"] == {name: plan.versions[name] for name in ("roads", "parks")}


@pytest.mark.parametrize("within", ["800", "800m", "800m-of-station"])
def test_a_catchment_is_written_in_three_ways(client, within):
    answer = client.get(f"/statistics.json?within={within}").json
    assert answer["question"]["within_m"] == 800


def test_overlaps_and_stated_are_those_of_the_statistics(client, plan):
    answer = client.get("/statistics/overlaps.json").json
    assert answer == json.loads(json.dumps(overlaps(plan, Question()).to_dict()))
    answer = client.get("/statistics/stated.json").json
    assert answer["rows"] == json.loads(json.dumps(stated(plan, Question()).to_dict()))["rows"]


@pytest.mark.parametrize("analysis", ANALYSES)
def test_analyses_have_rows_and_shapes(client, analysis):
    assert client.get(f"/statistics/analyses/{analysis}.json").json["rows"]
    shapes = client.get(f"/statistics/analyses/{analysis}.geojson").json
    assert shapes["type"] == "FeatureCollection"
    assert client.get("/statistics/analyses/none.json").status_code == 404
    assert client.get("/statistics/analyses/none").status_code == 404


def test_provenance_of_a_row(client, plan):
    answer = client.get("/statistics/provenance.json?row=parks").json
    assert [one["id"] for one in answer["contributions"]] == answer["row"]["ids"]
    assert answer["crs"]["code"] == "EPSG:4549"
    assert {one["sha256"] for one in answer["origins"]} >= {plan.version("parks").sha256}
    assert client.get("/statistics/provenance.json?row=nowhere").status_code == 404


def test_all_problems_are_told_at_once(client):
    answer = client.get(
        "/statistics.json?group=zzz&unit=acre&district=x&as_of=soon&within=far&boundary=1&colour=red"
    )
    assert answer.status_code == 400
    problems = answer.json["error"]["problems"]
    assert {one["field"] for one in problems} == {
        "group", "unit", "district", "as_of", "within", "boundary", "colour",
    }  # fmt: skip
    assert all(one["message"] and one["hint"] for one in problems)


BAD_BOUNDARIES = {
    "no area": [[120.3, 31.66], [120.31, 31.66], [120.32, 31.66], [120.3, 31.66]],
    "crossing": [
        [120.28, 31.66],
        [120.30, 31.70],
        [120.30, 31.66],
        [120.28, 31.70],
        [120.28, 31.66],
    ],
    "outside": [[100.0, 31.66], [100.1, 31.66], [100.1, 31.7], [100.0, 31.66]],
    "swapped": [[31.66, 120.28], [31.66, 120.3], [31.7, 120.3], [31.66, 120.28]],
}


@pytest.mark.parametrize("ring", BAD_BOUNDARIES.values(), ids=BAD_BOUNDARIES)
def test_a_bad_boundary_is_refused_with_what_to_do(client, ring):
    boundary = json.dumps({"type": "Polygon", "coordinates": [ring]})
    for answer in (
        client.get("/statistics.json", query_string={"boundary": boundary}),
        posted(client, "/statistics.json", boundary=boundary),
    ):
        assert answer.status_code == 400
        (problem,) = answer.json["error"]["problems"]
        assert problem["field"] == "boundary"
        assert problem["hint"]


def round_boundary(vertices):
    return shapely.to_geojson(shapely.Point(120.3, 31.68).buffer(0.02, quad_segs=vertices // 4))


def test_a_long_boundary_is_posted(client, gate, app):
    boundary = round_boundary(MOST_ADDRESS_VERTICES + 400)
    refused = client.get("/statistics.json", query_string={"boundary": boundary})
    assert refused.json["error"]["problems"][0]["code"] == "boundary-long"
    answer = posted(client, "/statistics.json", boundary=boundary, layers="parks")
    assert answer.status_code == 200
    assert 0 < answer.json["total"]["count"] <= 10
    page = posted(client, "/statistics", boundary=boundary, layers="parks")
    assert page.status_code == 200
    assert "没有固定网址" in page.get_data(as_text=True)
    taken = posted(client, "/exports/statistics.csv", boundary=boundary, layers="parks")
    assert taken.status_code == 200


def test_a_short_boundary_that_was_posted_has_an_address(client):
    answer = posted(client, "/statistics", boundary=json.dumps(SQUARE))
    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_hundred_thousand_points_in_an_address_are_refused_unread(client):
    # Read, they would take seconds.
    spot = "[120.3012345,31.6812345],"
    boundary = f'{{"type":"Polygon","coordinates":[[{spot * 100_000}]]}}'
    for address in ("/statistics.json", "/statistics/overlaps.json", "/exports/statistics.csv"):
        answer = client.get(
            address, query_string=f"boundary={boundary}", headers={"Accept": "application/json"}
        )
        assert answer.status_code == 400, address
        (problem,) = answer.json["error"]["problems"]
        assert (problem["code"], problem["field"]) == ("boundary-long", "boundary")
        assert "POST" in problem["hint"]


def test_an_address_that_is_given_out_is_one_that_servers_take(client):
    """Signs of GeoJSON take three bytes each in an address: what would be too long is posted."""
    for vertices in range(800, 2400, 200):
        answer = posted(client, "/statistics", boundary=round_boundary(vertices))
        if answer.status_code == 303:
            assert len(answer.headers["Location"]) < 65_000, vertices
        else:
            assert "没有固定网址" in answer.get_data(as_text=True)


def test_a_post_that_is_too_big_is_not_read(client):
    answer = posted(client, "/statistics.json", boundary="1" * 4_200_000)
    assert answer.status_code == 413


def test_older_versions_and_days(client, plan):
    versions = ",".join(f"{name}:{version}" for name, version in plan.versions.items())
    now = client.get("/statistics.json").json
    assert client.get(f"/statistics.json?versions={versions}").json["rows"] == now["rows"]
    assert client.get("/statistics.json?as_of=2999-12-31").json["rows"] == now["rows"]
    assert client.get("/statistics.json?versions=roads:000000000000").status_code == 404
    assert client.get("/statistics.json?versions=nowhere:000000000000").status_code == 404
    before = client.get("/statistics.json?as_of=2001-01-01")
    assert before.status_code == 400
    assert before.json["error"]["problems"][0]["code"] == "as-of-before"


def test_an_empty_choice_of_groups_asks_for_the_total(client):
    answer = client.get("/statistics.json?group=").json
    assert answer["rows"] == []
    assert answer["total"]["count"] == 50


def test_no_area_is_in_degrees_or_mercator(client, plan):
    """Every area that any route gives for P03 agrees with a figure computed apart from it."""
    import geopandas as gpd

    frame = plan.frame("parks")
    park = gpd.GeoSeries(frame[frame["id"] == "P03"].geometry)
    true_m2 = float(park.to_crs("EPSG:6933").area.iloc[0])
    row = client.get("/statistics/provenance.json?layers=parks&schematic=1").json
    part = next(one for one in row["contributions"] if one["id"] == "P03")
    assert part["area_m2"] == pytest.approx(true_m2, rel=1e-3)
    assert part["geodesic_m2"] == pytest.approx(true_m2, rel=1e-4)


@pytest.fixture
def crowded(monkeypatch) -> int:
    """Pages that list three entries, so that the sample's lists are long."""
    monkeypatch.setattr("webapp.figures.MOST_LISTED", 3)
    return 3


def test_a_long_row_lists_the_first_and_says_how_many_there_are(get_page, plan, crowded):
    page = get_page("statistics.page", row="roads")
    row = table(plan, Question()).row(("roads",))
    opened = page.one("section", aria_labelledby="opened-features")
    assert sum(one.tag.endswith("li") for one in opened.iter()) == crowded
    assert f"只列前 {crowded} 条，共 {row.count} 条" in page.text
    whole = page.one("p", class_="notice--cut").find("*").get("href")
    assert whole.startswith("/statistics/provenance.json")


def test_the_whole_of_a_long_row_is_one_link_away(get_page, client, plan, crowded):
    page = get_page("statistics.page", row="roads")
    whole = client.get(page.one("p", class_="notice--cut").find("*").get("href")).json
    assert len(whole["contributions"]) == table(plan, Question()).row(("roads",)).count


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("statistics.overlaps_page", {}),
        ("statistics.stated_page", {}),
        ("statistics.analysis_page", {"analysis": "nearest_station"}),
    ],
)
def test_a_long_table_lists_the_first_and_leads_to_the_files(get_page, crowded, endpoint, values):
    page = get_page(endpoint, **values)
    rows = [
        one for one in page.all("tr", class_="sums__row") if "sums__total" not in one.get("class")
    ]
    assert len(rows) == crowded
    assert page.one("p", class_="notice--cut").find("*").get("href") == "#take-title"


def test_a_list_that_fits_is_not_called_cut(get_page):
    assert get_page("statistics.page", row="roads").all("p", class_="notice--cut") == []


def test_csv_names_its_charset_once(client):
    told = client.get("/exports/statistics.csv").headers["Content-Type"]
    assert told == "text/csv; charset=utf-8"
