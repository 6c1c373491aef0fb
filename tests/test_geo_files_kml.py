"""KML and KMZ: placemarks and their data, and nothing that leads elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo import files
from tests.bad_files import raw
from tests.ugly_files import kml_point, kml_text, kmz, placemark

POINT = kml_point(120.3, 31.68, 0)
RING = "<LinearRing><coordinates>120.3,31.6,0 120.4,31.6,0 120.4,31.7,0 120.3,31.6,0</coordinates></LinearRing>"  # noqa: E501


def kml(folder: Path, *inside: str) -> files.Reading:
    return files.read(raw(kml_text(*inside), "a.kml")(folder))


def codes(reading: files.Reading) -> list[str]:
    return [problem.kind.code for problem in reading.problems]


def test_the_data_of_a_placemark(tmp_path: Path) -> None:
    data = (
        '<ExtendedData><Data name="面积"><value>12.5</value></Data>'
        '<SchemaData schemaUrl="#s"><SimpleData name="name">007</SimpleData></SchemaData>'
        "</ExtendedData>"
    )
    text = (
        "<description><![CDATA[<b>大</b><br/>园 &amp; 池<script>alert(1)</script>]]></description>"
    )
    mark = f'<Placemark id="p1"><name>桑园</name>{text}{data}{POINT}</Placemark>'
    reading = kml(
        tmp_path, "<Folder><name>绿地</name><Folder><name>公园</name>", mark, "</Folder></Folder>"
    )
    assert reading.frame is not None
    assert reading.frame.drop(columns="geometry").to_dict("records") == [
        {"id": "p1", "name": "桑园", "description": "大 园 & 池", "folder": "绿地/公园",
         "面积": 12.5, "name_2": "007"}
    ]  # fmt: skip
    assert codes(reading) == ["field-renamed"]


@pytest.mark.parametrize(
    ("shape", "wkt"),
    [
        (POINT, "POINT (120.3 31.68)"),
        (RING, "LINESTRING (120.3 31.6, 120.4 31.6, 120.4 31.7, 120.3 31.6)"),
        (
            f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>",
            "POLYGON ((120.3 31.6, 120.4 31.6, 120.4 31.7, 120.3 31.6))",
        ),
        (f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>", "MULTIPOINT (120.3 31.68, 120.3 31.68)"),
        (
            f"<MultiGeometry><MultiGeometry>{POINT}</MultiGeometry>{RING}</MultiGeometry>",
            (
                "GEOMETRYCOLLECTION (POINT (120.3 31.68), LINESTRING (120.3 31.6, 120.4 31.6,"
                " 120.4 31.7, 120.3 31.6))"
            ),
        ),
    ],
)
def test_shapes(shape: str, wkt: str, tmp_path: Path) -> None:
    reading = kml(tmp_path, placemark(shape))
    assert reading.frame is not None
    assert reading.frame.geometry.iloc[0].equals_exact(shapely.from_wkt(wkt))
    assert reading.problems == ()


def test_what_leads_elsewhere_is_told_and_not_followed(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    reading = kml(tmp_path, link, "<GroundOverlay/>", placemark(""))
    assert codes(reading) == ["kml-links", "kml-other"]
    assert reading.frame is not None
    assert reading.frame.geometry.isna().all()


def test_every_row_is_stored_or_refused(tmp_path: Path) -> None:
    wrong = "<Point><coordinates>120.3</coordinates></Point>"
    reading = kml(tmp_path, placemark(POINT), placemark(wrong), placemark("<gx:Track/>"))
    assert reading.rows == 3
    assert [problem.row for problem in reading.problems] == [2, 3]


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_declared_encoding(encoding: str, tmp_path: Path) -> None:
    text = kml_text(placemark(POINT, "<name>凤翔北路</name>")).replace("UTF-8", encoding)
    reading = files.read(raw(text.encode(encoding), "a.kml")(tmp_path))
    assert reading.frame is not None
    assert reading.frame["name"].tolist() == ["凤翔北路"]


def test_an_encoding_that_a_person_names(tmp_path: Path) -> None:
    text = kml_text(placemark(POINT, "<name>凤翔北路</name>")).encode("gbk")
    reading = files.read(raw(text, "a.kml")(tmp_path), encoding="gbk")
    assert reading.frame is not None
    assert reading.frame["name"].tolist() == ["凤翔北路"]


def test_kmz(tmp_path: Path) -> None:
    text = kml_text(placemark(POINT)).encode()
    reading = files.read(kmz(doc_kml=text, a_png=b"\x89PNG")(tmp_path))
    assert (reading.driver, reading.rows) == ("KML", 1)
    two = kmz(doc_kml=text, other_kml=kml_text().encode())(tmp_path)
    assert files.read(two, layer="doc.kml").rows == 1
    assert [layer.name for layer in files.look(two).layers] == ["doc.kml", "other.kml"]
