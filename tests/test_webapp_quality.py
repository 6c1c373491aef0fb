"""The page of data quality: every number leads to its list, and the list has that many rows."""

from urllib.parse import parse_qs, urlsplit

import pytest

from layers.standing import CHECKS


def numbers(page):
    """Each linked number of the table with its address."""
    links = (link for cell in page.all("td", class_="number") for link in cell.iter("a"))
    return [(int(link.text), link.get("href")) for link in links]


def rows(page):
    section = page.one("section", id="list")
    return [row for row in section.iter("tr") if row.get("class") == "sums__row"]


def test_every_number_leads_to_a_list_of_that_length(get_page, gate, app):
    found = numbers(get_page("quality.page"))
    assert len(found) > 15
    for count, address in found:
        assert len(rows(gate(app).open(address.partition("#")[0]))) == count, address


def test_every_gap_leads_to_a_list_of_that_length(get_page, gate, app):
    links = get_page("quality.page").all("a", class_="chip")
    assert len(links) > 20
    for link in links[::7]:
        count = int(next(link.iter("strong")).text)
        assert len(rows(gate(app).open(link.get("href").partition("#")[0]))) == count


def test_the_words_of_the_list_say_what_was_chosen(get_page):
    page = get_page("quality.page", check="schematic", layer="parks")
    heading = page.one("h2", id="list-title")
    assert "".join(heading.itertext()).split() == ["示意", "·", "公园绿地", "7"]
    assert len(page.all("a", aria_current="true")) == 1


def test_an_unlocated_project_has_no_link_to_the_map(get_page):
    page = get_page("quality.page", check="unlocated")
    links = [link.get("href") for row in rows(page) for link in row.iter("a")]
    assert links
    assert all(urlsplit(link).path.startswith("/projects/") for link in links)


def test_shared_ground_is_shown_where_it_lies(get_page):
    page = get_page("quality.page", check="overlap")
    [shown] = [
        link.get("href")
        for row in rows(page)
        for link in row.iter("a")
        if "view=" in link.get("href")
    ]
    lat, lon, zoom = parse_qs(urlsplit(shown).query)["view"][0].split(",")
    assert (31.6 < float(lat) < 31.8, 120.2 < float(lon) < 120.4, zoom) == (True, True, "17")


@pytest.mark.parametrize(
    "query", [{"check": "x"}, {"check": "schematic", "layer": "sewers"}, {"layer": "{{7*7}}"}]
)
def test_what_is_not_known_is_told_and_passed_over(get_page, query):
    page = get_page("quality.page", **query)
    assert page.all("div", class_="notice--warn")
    assert "49" not in page.one("div", class_="notice--warn").text


def test_english_stays_english(get_page):
    page = get_page("quality.page", check="overlap", lang="en")
    assert "Overlaps within the layer" in page.text
    assert "It shares 1,217 m²" in page.text
    switch = page.one("a", hreflang="zh-CN").get("href")
    assert "check=overlap" in switch


def test_each_page_has_the_way_there(get_page):
    footer = get_page("projects.index").one("footer")
    assert "/quality" in [link.get("href") for link in footer.iter("a")]


def test_programs_get_the_same_numbers(client, get_page):
    value = client.get("/quality.json").get_json()
    assert [one["id"] for one in value["checks"]] == list(CHECKS)
    counted = sum(one["counts"]["schematic"] for one in value["layers"])
    assert counted == len(rows(get_page("quality.page", check="schematic")))
    assert client.get("/quality.json?check=x").status_code == 400
