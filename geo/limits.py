"""How large a thing may be before it is refused with its size instead of being tried."""

from __future__ import annotations

from typing import Final

#: Bytes of a GeoJSON file: its objects take ten to twenty times as much memory.
GEOJSON_BYTES: Final = 100_000_000
#: Bytes of one Shapefile or GeoPackage, inflated where it was packed.
FILE_BYTES: Final = 500_000_000
#: Vertices of one ring or line: beyond it a check of validity may not end in time.
RING_VERTICES: Final = 200_000
#: Parts and rings of one geometry.
GEOMETRY_PARTS: Final = 100_000
#: Distinct attributes of one file.
FIELDS: Final = 500
#: Levels of objects and lists inside one attribute.
DEPTH: Final = 20
#: Crossings of a line or polygon with itself that a repair is tried on.
CROSSINGS: Final = 10_000
#: Bytes of a file of text, once unpacked: KML, CSV, DXF, a sheet of a workbook.
TEXT_BYTES: Final = 200_000_000
#: Characters of one geometry written as text.
WKT_CHARACTERS: Final = 10_000_000
#: Rows of a table.
TABLE_ROWS: Final = 1_000_000
#: Levels of elements in an XML file.
XML_DEPTH: Final = 100
#: Elements of one XML file.
XML_ELEMENTS: Final = 5_000_000
#: Entities of a drawing.
ENTITIES: Final = 500_000
