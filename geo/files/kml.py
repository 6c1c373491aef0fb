"""KML and KMZ: the placemarks, with their data as fields; nothing else of it is followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element

import pyproj

from geo import limits
from geo.crs import WGS84, known_crs
from geo.errors import Problem, ProblemKind
from geo.files import archive, encodings, kinds, rows, strictxml, which
from geo.files.positions import SHAPE_TYPE
from geo.files.reading import Asked, Content, Layer, refused
from geo.files.rows import Row
from geo.files.strictxml import XmlError
from geo.types import Text, listing

NOT_KML = ProblemKind(
    "kml-root",
    "error",
    Text(zh="这个 XML 文件不是 KML", en="This XML file is no KML"),
    Text(zh="在制图软件中导出为 KML", en="Export it as KML"),
)
LINKS = ProblemKind(
    "kml-links",
    "warning",
    Text(
        zh="网络链接没有读取（{count} 个），链接的内容不在本次导入中",
        en="Network links were not followed ({count}): what they lead to is not in this import",
    ),
    Text(
        zh="需要时先在制图软件中打开链接，再把内容另存为 KML",
        en="Open them in your program and save what they show, if it is needed",
    ),
)
NOT_DRAWN = ProblemKind(
    "kml-other",
    "note",
    Text(
        zh="叠加影像、巡航等不是图形的内容没有读取：{names}",
        en="Overlays, tours and what else is no feature were not read: {names}",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
KINDS = (NOT_KML, LINKS, NOT_DRAWN)

_OTHERS = {"GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour"}
_CONTAINERS = {"kml", "Document", "Folder"}
_SIMPLE = {"Point", "LineString", "LinearRing", "Polygon"}
_NOT_PLAIN = {"Model", "Track", "MultiTrack"}
_MULTIPLE = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_OWN_TEXTS = ("name", "description", "address", "phoneNumber")
#: Marks a field as the placemark's own, whose text stays one.
_OWN = "own"


def read(content: bytes, asked: Asked) -> Content:
    """Read KML, or the KML of a KMZ."""
    if not content.startswith(b"PK"):
        return _read(content, asked)
    members = archive.members(content, frozenset({".kml"}))
    if isinstance(members, list):
        return refused(*members)
    layers = tuple(Layer(name) for name in sorted(members))
    chosen = which.layer(layers, asked)
    if isinstance(chosen, Problem):
        return refused(chosen, layers=layers)
    found = _read(members[chosen.name], asked)
    return found if len(layers) == 1 else replace(found, layers=layers, layer=chosen.name)


def _read(content: bytes, asked: Asked) -> Content:
    if len(content) > limits.TEXT_BYTES:
        size, limit = len(content) // 1_000_000, limits.TEXT_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=size, limit=limit))
    try:
        plain = strictxml.in_utf8(content, asked.encoding)
        root = strictxml.tree(plain, encoding=None if plain is content else "utf-8")
    except XmlError as error:
        return refused(_encoding_or(error.problem, content))
    except (UnicodeDecodeError, LookupError):
        choices = ", ".join(encodings.CHOICES)
        return refused(kinds.BAD_ENCODING.at(encoding=asked.encoding or "XML", choices=choices))
    if root.tag != "kml":
        return refused(NOT_KML.at())
    return _Document(known_crs(asked.crs or WGS84), asked).content(root)


def _encoding_or(problem: Problem, content: bytes) -> Problem:
    """Where the text is no UTF-8, that is what the parser stumbled over."""
    if problem.kind is not strictxml.SYNTAX or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return problem
    found = encodings.decoded(content, Asked())
    return found if isinstance(found, Problem) else problem


@dataclass
class _Document:
    """Goes through the folders and gathers placemarks."""

    crs: pyproj.CRS
    asked: Asked
    links: int = 0
    others: Counter[str] = field(default_factory=Counter)

    def content(self, root: Element) -> Content:
        found = [
            self.row(number, placemark, folder)
            for number, (placemark, folder) in enumerate(self.placemarks(root, ""), start=1)
        ]
        told = []
        if self.links:
            told.append(LINKS.at(count=self.links))
        if self.others:
            names = listing(f"{name} ({count})" for name, count in sorted(self.others.items()))
            told.append(NOT_DRAWN.at(names=names))
        return rows.content(found, self.crs, told, inferred=lambda key: key[1] != _OWN)

    def placemarks(self, container: Element, folder: str) -> Iterator[tuple[Element, str]]:
        """List placemarks with the names of the folders they lie in; depth is bounded already."""
        for child in container:
            if child.tag == "Placemark":
                yield child, folder
            elif child.tag in _CONTAINERS:
                name = _text(child.find("name")) if child.tag == "Folder" else None
                yield from self.placemarks(child, "/".join(filter(None, (folder, name))))
            elif child.tag in {"NetworkLink", "NetworkLinkControl"}:
                self.links += 1
            elif child.tag in _OTHERS:
                self.others[child.tag] += 1

    def row(self, number: int, placemark: Element, folder: str) -> Row:
        row = Row(number, dict(_values(placemark, folder)))
        drawn = [child for child in placemark if child.tag in _SIMPLE | {"MultiGeometry"}]
        odd = [child.tag for child in placemark if child.tag in _NOT_PLAIN]
        if odd:
            row.problems.append(SHAPE_TYPE.at(type=odd[0]))
        elif drawn:
            parts = [part for child in drawn for part in _parts(child)]
            row.read_shape(_joined(parts), self.crs, self.asked)
        return row


def _values(placemark: Element, folder: str) -> Iterator[tuple[tuple[str, str], Any]]:
    if placemark.get("id"):
        yield ("id", _OWN), placemark.get("id")
    for name in _OWN_TEXTS:
        text = _text(placemark.find(name))
        if text:
            yield (name, _OWN), _without_markup(text) if name == "description" else text
    if folder:
        yield ("folder", _OWN), folder
    for data in placemark.iterfind("ExtendedData/Data"):
        yield (data.get("name") or "?", "data"), _text(data.find("value"))
    for data in placemark.iterfind("ExtendedData/SchemaData/SimpleData"):
        yield (data.get("name") or "?", "data"), _text(data)


def _text(element: Element | None) -> str | None:
    text = "" if element is None else "".join(element.itertext()).strip()
    return text or None


class _Words(HTMLParser):
    """Keeps the words of a description, and nothing of its markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.hidden += tag in {"script", "style"}
        self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"script", "style"} and self.hidden > 0
        self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def _without_markup(text: str) -> str | None:
    if "<" not in text and "&" not in text:
        return text
    parser = _Words()
    parser.feed(text)
    parser.close()
    return " ".join("".join(parser.words).split()) or None


def _parts(shape: Element) -> Iterator[Mapping[str, Any]]:
    """List the simple geometries of a shape; its depth is bounded already."""
    if shape.tag == "MultiGeometry":
        for child in shape:
            yield from _parts(child)
    elif shape.tag == "Polygon":
        outer = [_positions(ring) for ring in shape.iterfind("outerBoundaryIs/LinearRing")]
        inner = [_positions(ring) for ring in shape.iterfind("innerBoundaryIs/LinearRing")]
        yield {"type": "Polygon", "coordinates": [*outer, *inner]}
    elif shape.tag == "Point":
        where = _positions(shape)
        yield {"type": "Point", "coordinates": where[0] if len(where) == 1 else where}
    elif shape.tag in {"LineString", "LinearRing"}:
        yield {"type": "LineString", "coordinates": _positions(shape)}
    elif shape.tag in _NOT_PLAIN:
        yield {"type": shape.tag}


def _joined(parts: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if len(parts) == 1:
        return parts[0]
    types = {part["type"] for part in parts}
    (name,) = types if len(types) == 1 else ("",)
    if name in _MULTIPLE:
        return {"type": _MULTIPLE[name], "coordinates": [part["coordinates"] for part in parts]}
    return {"type": "GeometryCollection", "geometries": parts}


def _positions(shape: Element) -> list[Any]:
    """Return the positions as numbers; what is none stays the text that it is, to be told."""
    written = (_text(shape.find("coordinates")) or "").split()
    found = [[_number(number) for number in one.split(",")] for one in written]
    # Programs write a height of 0 where there is none.
    if all(len(one) == 3 and one[2] == 0 for one in found):
        return [one[:2] for one in found]
    return found


def _number(written: str) -> float | str:
    try:
        return float(written)
    except ValueError:
        return written
