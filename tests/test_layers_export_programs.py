"""Each export opened by the program it is for, where that is on the machine.

LibreOffice for tables, GDAL's own ``ogrinfo`` and, where it is there, QGIS for geodata.
"""

import csv
import shutil
import subprocess

import pytest

from layers.export import features, tables, write
from layers.plan import Plan
from layers.statistics import Question

SECONDS = 120


def program(name, package):
    """The path of a program; a test that needs it is left out with a plain word."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not on this machine (Debian: {package})")
    return path


def said_by(*command, cwd=None):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def plan(sample):
    return Plan.open(sample)


def through_libreoffice(path, folder):
    """Open a file in LibreOffice and save its first sheet as CSV in UTF-8."""
    soffice = program("soffice", "libreoffice-calc")
    # 44: comma, 34: quotation mark, 76: UTF-8.
    said_by(
        soffice,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        # What its import dialog finds by itself: comma, quotation mark, UTF-8.
        *(["--infilter=CSV:44,34,76"] if path.suffix == ".csv" else []),
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1",
        "--outdir",
        folder,
        path,
    )
    with (folder / f"{path.stem}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("name", ["xlsx", "csv"])
def test_libreoffice_reads_the_figures(name, plan, tmp_path):
    content = tables("statistics", plan, Question(group=("layer",), schematic=True), unit="m2")
    write(name, content, tmp_path / f"made.{name}")
    (tmp_path / "out").mkdir()
    seen = through_libreoffice(tmp_path / f"made.{name}", tmp_path / "out")
    column = seen[0].index("净面积（㎡）")
    total = next(row for row in seen if row[0] == "合计")
    assert total[1] == "50"
    wanted = content.main.settled()[-1][column]
    assert float(total[column].replace(",", "")) == pytest.approx(wanted, abs=0.01)


def test_libreoffice_runs_no_formula(plan, tmp_path):
    content = features(plan, "roads")
    (layer,) = content.layers
    layer.frame.loc[layer.frame["id"] == "R01", "name_zh"] = "=1+1"
    write("csv", content, tmp_path / "made.csv")
    (tmp_path / "out").mkdir()
    seen = through_libreoffice(tmp_path / "made.csv", tmp_path / "out")
    assert seen[1][1] == "'=1+1"


@pytest.mark.parametrize(
    ("name", "layer", "crs", "wanted"),
    [
        ("gpkg", "roads", "EPSG:4549", ["Feature Count: 15", "CGCS2000", "Line String"]),
        ("fgb", "parks", "EPSG:4549", ["Feature Count: 10", "CGCS2000", "Polygon"]),
        ("geojson", "stations", "EPSG:4326", ["Feature Count: 6", "WGS 84", "Point"]),
    ],
)
def test_ogrinfo_opens_geodata(name, layer, crs, wanted, plan, tmp_path):
    ogrinfo = program("ogrinfo", "gdal-bin")
    path = tmp_path / f"{layer}.{name}"
    write(name, features(plan, layer, crs=crs), path)
    tables_ = [layer] if name == "gpkg" else []
    said = said_by(ogrinfo, "-ro", "-so", "-al", path, *tables_)
    for word in wanted:
        assert word in said, said
    assert "name_zh: String" in said


def test_ogrinfo_opens_shapefiles_in_the_archive(plan, tmp_path):
    ogrinfo = program("ogrinfo", "gdal-bin")
    path = tmp_path / "made.zip"
    write("shp", features(plan, crs="EPSG:4549"), path)
    said = said_by(ogrinfo, "-ro", "-q", f"/vsizip/{path}")
    assert {"roads", "metro_point", "metro_line", "parks"} <= set(said.replace("(", " ").split())
    said = said_by(ogrinfo, "-ro", "-al", f"/vsizip/{path}/roads.shp", "roads")
    assert "Feature Count: 13" in said
    assert "堰新路东延" in said
    assert "CGCS2000" in said


QGIS = """
import sqlite3, sys
from qgis.core import QgsApplication, QgsExpressionContextUtils, QgsRenderContext, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
names = sqlite3.connect(sys.argv[1]).execute("SELECT table_name FROM gpkg_geometry_columns")
for (name,) in names.fetchall():
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    renderer, context = layer.renderer(), QgsRenderContext()
    assert layer.isValid() and layer.crs().authid() == "EPSG:4549", name
    assert renderer.type() == "RuleRenderer" and layer.labelsEnabled(), name
    assert layer.attributeDisplayName(layer.fields().indexOf("class")) != "class", name
    context.expressionContext().appendScope(QgsExpressionContextUtils.layerScope(layer))
    renderer.startRender(context, layer.fields())
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        assert renderer.willRenderFeature(feature, context), (name, feature["id"])
    renderer.stopRender(context)
print("drawn")
"""


def test_qgis_opens_a_geopackage_coloured(plan, tmp_path):
    """Every layer has its style, its titles, and a rule for each of its features."""
    python = program("/usr/bin/python3", "python3-qgis")
    if subprocess.run([python, "-c", "import qgis"], capture_output=True, check=False).returncode:
        pytest.skip("QGIS is not on this machine (Debian: python3-qgis)")
    path = tmp_path / "made.gpkg"
    layers = [layer.id for layer in plan.layers]
    write("gpkg", features(plan, layers, crs="EPSG:4549"), path)
    done = subprocess.run(
        [python, "-c", QGIS, path],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )
    assert "drawn" in done.stdout, done.stderr
