"""No address answers with square degrees or Mercator metres: each area is one on the ellipsoid.

The witness is pyproj's geodesic area of the geometry that is published, which knows nothing of the
zone's metric CRS. In that CRS an area is off by some 0.002 % here; in Web Mercator by 38 %.
"""

import csv
import io
import itertools
import re

import openpyxl
import pytest
import shapely
from pyproj import Geod

from layers.export import table_names
from layers.plan import Plan
from layers.reporting import Grid, compose
from layers.reporting.tables import groupings
from layers.statistics import ANALYSES, Question

GEOD = Geod(ellps="GRS80")
NEAR = 2e-4
ONE = "?schematic=1&group=layer&unit=m2&q="


@pytest.fixture(scope="module")
def areas(app):
    features = app.test_client().get("/projects.json").get_json(force=True)["features"]
    shapes = {one["id"]: shapely.geometry.shape(one["geometry"]) for one in features if drawn(one)}
    return {name: abs(GEOD.geometry_area_perimeter(shape)[0]) for name, shape in shapes.items()}


def drawn(feature):
    return feature["geometry"] and feature["geometry"]["type"].endswith("Polygon")


def found(value, names):
    """Every figure of these names, however deep it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in names and isinstance(inner, int | float):
                yield name, inner
            yield from found(inner, names)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, names)


def test_the_sample_has_areas_to_compare(areas):
    assert len(areas) >= 19


def test_a_dossier_has_the_area_on_the_ellipsoid(client, areas):
    for project, area in areas.items():
        figure = client.get(f"/projects/{project}.json").get_json()["drawn"]
        assert figure["unit"] == "m2"
        assert figure["plane"] == pytest.approx(area, rel=NEAR), project
        assert figure["geodesic"] == pytest.approx(area, rel=1e-6), project


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("/statistics.json", {"gross_m2", "net_m2", "geodesic_m2"}),
        ("/statistics/stated.json", {"drawn_m2", "geodesic_m2"}),
    ],
)
def test_every_area_of_a_question_about_one_project_is_its_own(client, areas, address, names):
    compared = 0
    for project, area in areas.items():
        answer = client.get(f"{address}?schematic=1&q={project}")
        assert answer.status_code == 200
        for name, figure in found(answer.get_json(), names):
            assert figure == pytest.approx(area, rel=NEAR), (project, name)
            compared += 1
    assert compared


def test_an_exported_table_has_the_same_areas(client, areas):
    for project, area in areas.items():
        text = client.get(f"/exports/statistics.csv{ONE}{project}").data.decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text))
        columns = [place for place, name in enumerate(header) if "面积（㎡）" in name]
        measured = [place for place in columns if header[place][0] in "毛净椭"]
        assert len(measured) == 3, header
        for place in measured:
            assert float(rows[0][place]) == pytest.approx(area, rel=NEAR), (project, header[place])


# ---------------------------------------------------------------- shared ground


@pytest.fixture(scope="module")
def shapes(app):
    """The polygons of the projects as they are published, by layer and id."""
    features = app.test_client().get("/projects.json").get_json(force=True)["features"]
    found = {}
    for one in features:
        if drawn(one):
            shape = shapely.geometry.shape(one["geometry"])
            found.setdefault(one["properties"]["layer"], {})[one["id"]] = shape
    return found


def on_ellipsoid(shape):
    return abs(GEOD.geometry_area_perimeter(shape)[0])


def polygons(shape):
    """The polygonal part of a shape."""
    return shapely.union_all([one for one in shapely.get_parts(shape) if one.area])


def test_what_two_projects_share_is_on_the_ellipsoid(client, shapes):
    every = {name: shape for layer in shapes.values() for name, shape in layer.items()}
    pairs = client.get("/statistics/overlaps.json?schematic=1").json["pairs"]
    areas = [pair for pair in pairs if pair["area_m2"] is not None]
    assert len(areas) >= 3
    for pair in areas:
        shared = every[pair["left"]["id"]].intersection(every[pair["right"]["id"]])
        assert pair["area_m2"] == pytest.approx(on_ellipsoid(polygons(shared)), rel=NEAR, abs=1)


def test_what_two_layers_share_is_on_the_ellipsoid(client, shapes):
    matrix = client.get("/statistics/overlaps.json?schematic=1").json["matrix"]
    cells = [cell for cell in matrix if cell["area_m2"] is not None]
    assert cells
    for cell in cells:
        left, right = shapes[cell["left"]], shapes[cell["right"]]
        couples = (
            itertools.combinations(left.values(), 2)
            if cell["left"] == cell["right"]
            else itertools.product(left.values(), right.values())
        )
        shared = [polygons(one.intersection(other)) for one, other in couples]
        true_m2 = on_ellipsoid(shapely.union_all(shared))
        assert cell["area_m2"] == pytest.approx(true_m2, rel=NEAR, abs=1), cell


# ---------------------------------------------------------------- analyses


def rows_of(client, analysis):
    return client.get(f"/statistics/analyses/{analysis}.json?schematic=1").json["rows"]


@pytest.fixture(scope="module")
def districts(app):
    client = app.test_client()
    layers = {layer["id"]: layer for layer in client.get("/layers").json["layers"]}
    features = client.get(layers["districts"]["links"]["features"]).get_json(force=True)["features"]
    return {one["id"]: shapely.geometry.shape(one["geometry"]) for one in features}


def test_every_analysis_with_an_area_is_compared_here():
    with_areas = {
        (name, column.id)
        for name, analysis in ANALYSES.items()
        for column in analysis.columns
        if column.unit == "m2"
    }
    assert with_areas == {
        ("station_coverage", "net_m2"),
        ("road_density", "district_m2"),
        *(("park_land", name) for name in ("gross_m2", "net_m2", "overlap_m2", "district_m2")),
    }


def test_park_land_of_each_district_is_on_the_ellipsoid(client, shapes, districts):
    parks = list(shapes["parks"].values())
    rows = [row for row in rows_of(client, "park_land") if row["district"] in districts]
    assert len(rows) == len(districts)
    for row in rows:
        ground = districts[row["district"]]
        parts = [polygons(park.intersection(ground)) for park in parks]
        gross, net = sum(map(on_ellipsoid, parts)), on_ellipsoid(shapely.union_all(parts))
        assert row["gross_m2"] == pytest.approx(gross, rel=NEAR)
        assert row["net_m2"] == pytest.approx(net, rel=NEAR)
        assert row["overlap_m2"] == pytest.approx(gross - net, rel=NEAR, abs=1)
        assert row["district_m2"] == pytest.approx(on_ellipsoid(ground), rel=NEAR)


def test_the_ground_of_road_densities_is_on_the_ellipsoid(client, districts):
    known = [row for row in rows_of(client, "road_density") if row["district"] in districts]
    assert len(known) == len(districts)
    for row in known:
        true_m2 = on_ellipsoid(districts[row["district"]])
        assert row["district_m2"] == pytest.approx(true_m2, rel=NEAR)
        assert row["density"] == pytest.approx(row["length_m"] / true_m2 * 1e6, rel=NEAR)


def test_what_stations_cover_is_on_the_ellipsoid(client, shapes):
    address = "/statistics/analyses/station_coverage.geojson?schematic=1"
    features = client.get(address).get_json(force=True)["features"]
    circles = {
        one["properties"]["value"]: shapely.geometry.shape(one["geometry"])
        for one in features
        if one["properties"]["kind"] == "catchment"
    }
    rows = [row for row in rows_of(client, "station_coverage") if row["net_m2"] is not None]
    assert len(rows) >= 2 * len(circles)
    for row in rows:
        ground = shapely.union_all(list(shapes[row["layer"]].values()))
        inside = polygons(ground.intersection(circles[row["distance_m"]]))
        assert row["net_m2"] == pytest.approx(on_ellipsoid(inside), rel=NEAR, abs=1), row


# ---------------------------------------------------------------- what is taken away

PER_UNIT = {"㎡": 1, "公顷": 10_000, "亩": 10_000 / 15, "km²": 1_000_000, "万㎡": 10_000}
HEADED = re.compile("（({})）".format("|".join(PER_UNIT)))
WRITTEN = re.compile(r"(?<![\d.,−-])([\d,]+(?:\.\d+)?)\s*({})".format("|".join(PER_UNIT)))


def measured(client, name, query="schematic=1"):
    """Every area of an answer, proven above to lie on the ellipsoid, or stated by the plan."""
    path = {"statistics": "", "overlaps": "/overlaps", "stated": "/stated"}.get(name)
    path = f"/analyses/{name}" if path is None else path
    answer = client.get(f"/statistics{path}.json?{query}").json
    kinds = [*areas_in(answer)]
    floor = [row["stated"] for row in answer.get("rows", ()) if row.get("unit") == "m2"]
    return [*kinds, *floor]


def areas_in(value):
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.endswith("_m2") and isinstance(inner, int | float):
                yield abs(inner)
            yield from areas_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from areas_in(inner)


def is_one_of(value, decimals, per, known):
    """Whether a written figure is one of these areas, rounded as it is written."""
    return any(abs(area / per - abs(value)) <= 0.51 * 10**-decimals for area in known)


def decimals_of(text):
    return len(text.partition(".")[2])


@pytest.mark.parametrize("unit", ["m2", "ha", "mu", "km2"])
@pytest.mark.parametrize("name", table_names())
def test_every_area_in_a_csv_is_one_of_the_answer(client, name, unit):
    known = measured(client, name)
    answer = client.get(f"/exports/{name}.csv?schematic=1&unit={unit}")
    header, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    compared = 0
    for place, title in enumerate(header):
        if not (found := HEADED.search(title)):
            continue
        for row in itertools.takewhile(bool, rows):
            if row[place]:
                value = float(row[place].replace(",", ""))
                # A trailing zero is not written: five digits are the fewest that are kept.
                decimals = max(decimals_of(row[place]), 2)
                assert is_one_of(value, decimals, PER_UNIT[found[1]], known), (title, row)
                compared += 1
    has_areas = not name.startswith(("nearest", "renovation"))
    assert bool(compared) == has_areas


@pytest.mark.parametrize("unit", ["m2", "mu"])
@pytest.mark.parametrize("name", table_names())
def test_every_area_in_an_xlsx_is_one_of_the_answer(client, name, unit):
    known = [*measured(client, name), *measured(client, "overlaps")]
    answer = client.get(f"/exports/{name}.xlsx?schematic=1&unit={unit}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    compared = 0
    for sheet in book.worksheets[:-1]:
        header, *rows = sheet.iter_rows(values_only=True)
        for place, title in enumerate(header):
            if not (found := HEADED.search(str(title))):
                continue
            for row in rows:
                if isinstance(row[place], int | float):
                    assert is_one_of(row[place], 2, PER_UNIT[found[1]], known), (title, row)
                    compared += 1
    assert compared or name.startswith(("nearest", "renovation"))


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


@pytest.mark.parametrize("schematic", [False, True])
def test_every_area_in_a_report_is_one_of_the_answers(client, plan, schematic):
    query = f"schematic={int(schematic)}"
    known = [area for name in table_names() for area in measured(client, name, query)]
    for groups in groupings(plan, Question()):
        group = ",".join(groups)
        known += areas_in(client.get(f"/statistics.json?{query}&group={group}").json)
    for project in plan.projects():
        dossier = client.get(f"/projects/{project.id}.json").json
        figure = dossier["drawn"] or {}
        known += [figure[name] for name in ("plane", "geodesic") if figure.get("unit") == "m2"]
    texts = list(written_areas(compose(plan, Question(schematic=schematic))))
    assert len(texts) > 60
    wrong = [
        (text, unit)
        for text, unit in texts
        if not is_one_of(float(text.replace(",", "")), decimals_of(text), PER_UNIT[unit], known)
    ]
    assert not wrong, str(wrong)


def written_areas(report):
    """Every figure of a report that stands before a unit of area, or below one in a table."""
    for block in report.blocks:
        if isinstance(block, Grid):
            yield from _below(block)
    for text in report.texts():
        yield from WRITTEN.findall(text)


def _below(grid):
    for place, title in enumerate(grid.titles):
        if found := re.search("(?<!/)({})".format("|".join(PER_UNIT)), title):
            for row in grid.rows:
                if re.fullmatch(r"[\d,]+(\.\d+)?", row[place]):
                    yield row[place], found[1]


def test_mercator_would_be_seen(shapes):
    """The tolerance of these tests is far below what a wrong projection does to an area."""
    import geopandas as gpd

    park = next(iter(shapes["parks"].values()))
    mercator_m2 = float(gpd.GeoSeries([park], crs=4326).to_crs(3857).area.iloc[0])
    assert mercator_m2 > on_ellipsoid(park) * 1.3
    assert park.area < on_ellipsoid(park) * 1e-6
