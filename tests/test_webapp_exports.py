"""Downloads: every offer of the page is there, and the printed map."""

import csv
import io

import pytest

from layers.export import FORMATS
from layers.sheet import SCALES


def offers(page):
    return [
        link.get("href")
        for link in page.all("a")
        if "/exports/" in (link.get("href") or "") or ".json" in (link.get("href") or "")
    ]


@pytest.mark.parametrize("endpoint", ["page", "overlaps_page", "stated_page"])
def test_every_offer_of_a_page_is_there(get_page, client, endpoint):
    page = get_page(f"statistics.{endpoint}", layers="parks,renovation", schematic="1")
    found = [one for one in offers(page) if "report." not in one]
    assert len(found) >= 3
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.get_data()


def test_the_page_offers_every_format(get_page):
    page = get_page("statistics.page")
    asked_for = [one.get("value") for one in page.all("button", name="file")]
    shown = " ".join([*offers(page), *asked_for])
    assert all(f".{name}" in shown for name in FORMATS)


def test_a_csv_has_the_figures_of_the_page(client):
    answer = client.get("/exports/statistics.csv?layers=parks&unit=ha")
    assert answer.mimetype == "text/csv"
    assert 'attachment; filename="' in answer.headers["Content-Disposition"]
    text = answer.get_data().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    place = next(n for n, head in enumerate(rows[0]) if head.startswith("净面积"))
    net_m2 = client.get("/statistics.json?layers=parks").json["total"]["net_m2"]
    assert float(rows[2][place]) == pytest.approx(net_m2 / 10_000, abs=1e-6)


def test_features_are_those_that_the_row_counts(client):
    answer = client.get("/exports/features.geojson?row=parks&district=D_EAST").json
    table = client.get("/statistics.json?district=D_EAST").json
    (row,) = [one for one in table["rows"] if one["row"] == "parks"]
    assert {one["id"] for one in answer["features"]} == set(row["ids"])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/exports/nothing.csv", 404),
        ("/exports/statistics.doc", 404),
        ("/exports/statistics.gpkg", 400),
        ("/exports/statistics.csv?group=zzz", 400),
        ("/exports/statistics.csv?colour=red", 400),
    ],
)
def test_what_cannot_be_exported(client, address, status):
    assert client.get(address).status_code == status


def test_the_printed_map(get_page, client):
    page = get_page("sheet.page", paper="A4", scale="50000", layers="parks")
    image = page.one("img", class_="sheet__paper").get("src")
    answer = client.get(image)
    assert answer.mimetype == "image/svg+xml"
    assert "1:50,000" in page.text
    pdf = client.get(image.replace("sheet.svg", "sheet.pdf"))
    assert pdf.get_data().startswith(b"%PDF-")
    assert {f"1:{scale:,}" for scale in SCALES} <= set(page.texts("option"))


def test_a_sheet_that_cannot_be_drawn_is_told_at_the_field(get_page, client):
    page = get_page("sheet.page", status=400, scale="7", centre="1,2", title="长" * 90)
    for name in ("scale", "centre"):
        assert page.one("*", id=name).get("aria-invalid") == "true"
    assert not page.all("img", class_="sheet__paper")
    assert client.get("/sheet.pdf?scale=7").status_code == 400
    assert client.get("/sheet.pdf?colour=red").status_code == 400
