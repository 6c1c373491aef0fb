"""No address answers with square degrees or Mercator metres: each area is one on the ellipsoid.

The witness is pyproj's geodesic area of the geometry that is published, which knows nothing of the
zone's metric CRS. In that CRS an area is off by some 0.002 % here; in Web Mercator by 38 %.
"""

import csv
import io

import pytest
import shapely
from pyproj import Geod

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
