"""DXF drawings: lines, outlines, texts and blocks of the model, each with its layer.

What a drawing declares is counted before anything is built: the groups of the text first, then
ezdxf parses it, then each entity becomes one row. A drawing says nothing of its CRS.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyproj
import shapely

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files import declared, encodings, kinds, rows, which
from geo.files.reading import Asked, Content, Layer, refused
from geo.files.rows import Row
from geo.types import Text, listing

if TYPE_CHECKING:
    from ezdxf.document import Drawing

NOT_READ_ENTITIES = ProblemKind(
    "dxf-entities",
    "warning",
    Text(
        zh="没有读取的实体（标注、曲面、图片等）：{names}",
        en="Entities that were not read (dimensions, surfaces, pictures, …): {names}",
    ),
    Text(
        zh="其中若有需要的图形，请在制图软件中炸开或转为多段线",
        en="Explode them, or turn them into polylines, where they are needed",
    ),
)
FLATTENED = ProblemKind(
    "dxf-curves",
    "note",
    Text(
        zh="弧线和样条曲线已化为折线，偏差不超过 {tolerance} 图形单位（{count} 处）",
        en="Arcs and splines became lines of straight pieces, at most {tolerance} drawing units off"
        " ({count})",
    ),
    Text(zh="无需处理", en="Nothing to do"),
)
BLOCKS = ProblemKind(
    "dxf-blocks",
    "warning",
    Text(
        zh="图块读作点（插入点），块内的图形不读取：{names}",
        en="Blocks were read as points, where they are inserted; what is drawn in them was not"
        " read: {names}",
    ),
    Text(
        zh="需要块内的图形时，先在制图软件中炸开",
        en="Explode a block where its drawing is needed",
    ),
)
UNITS = ProblemKind(
    "dxf-units",
    "warning",
    Text(
        zh="图纸的单位写的是{unit}，坐标按原数读取，当作米",
        en="The drawing says that its unit is the {unit}; its numbers are read as metres",
    ),
    Text(
        zh="多为模板带来的；若坐标确以此为单位，先在制图软件中缩放为米",
        en="Often it only comes from a template; scale the drawing to metres if it is true",
    ),
)
TOO_MANY = ProblemKind(
    "dxf-entities-too-many",
    "error",
    Text(
        zh="图纸中有 {count} 个实体，超过上限 {limit}",
        en="The drawing has {count} entities, more than {limit}",
    ),
    Text(zh="只导出所需的图层", en="Export only the layers that are needed"),
)
ARRAY = ProblemKind(
    "dxf-block-array",
    "error",
    Text(
        zh="图块“{name}”的阵列代表 {count} 个图块，不读取",
        en="The array of the block “{name}” stands for {count} blocks and is not read",
    ),
    Text(zh="先在制图软件中炸开阵列", en="Explode the array first"),
)
KINDS = (NOT_READ_ENTITIES, FLATTENED, BLOCKS, UNITS, TOO_MANY, ARRAY)

#: How far a curve may lie from its straight pieces, in drawing units.
TOLERANCE = 0.05
_NEARLY = 1e-9
#: Rings of one hatch, each compared with each.
_MOST_RINGS = 500
#: Positions closer than this share of their numbers are one.
_SAME = 1e-12
#: Pieces that ezdxf makes of an arc first; of one piece a quarter of a circle would be wrong by
#: 0.00027 of its radius.
_BEZIERS = 32
#: Of a curve's size, so that no curve has more pieces than some thousands.
_LEAST_SHARE = 1e-6
_UNITS: Mapping[int, Text] = MappingProxyType(
    {
        1: Text(zh="英寸", en="inch"),
        2: Text(zh="英尺", en="foot"),
        4: Text(zh="毫米", en="millimetre"),
        5: Text(zh="厘米", en="centimetre"),
        7: Text(zh="千米", en="kilometre"),
    }
)
#: Codepages that a drawing may name and that say something; Latin 1 decodes anything.
_CODEPAGES: Mapping[str, str] = MappingProxyType(
    {"ANSI_936": "gb18030", "GB2312": "gb18030", "ANSI_950": "big5", "BIG5": "big5"}
)
_UNICODE_SINCE = "AC1021"
_HEADER_VALUE = r"\$%s\s*\n\s*\d+\s*\n([^\n]*)"
_MOST_DIGITS_OF_CODE = 5
_CUT = Text(zh="图纸不完整，没有结束标记（EOF）", en="its end mark (EOF) is missing")
_UNSOUND = Text(zh="图纸的结构有错", en="its groups are not in order")
_NO_CODEPAGE = Text(
    zh="图纸没有写明，或写的与内容不符", en="the drawing does not say it, or what it says is wrong"
)


def read(content: bytes, asked: Asked) -> Content:
    """Read the model of a drawing; all layers, or the one that a person named."""
    if len(content) > limits.GEOJSON_BYTES:
        size, limit = len(content) // 1_000_000, limits.GEOJSON_BYTES // 1_000_000
        return refused(kinds.TOO_LARGE.at(size=size, limit=limit))
    fault = _fault(content)
    if fault is not None:
        return refused(fault)
    decoded = _decoded(content, asked)
    if isinstance(decoded, Problem):
        return refused(decoded)
    target = declared.given(asked)
    if isinstance(target, Problem):
        return refused(target)
    drawing = _parsed(decoded.text)
    if isinstance(drawing, Problem):
        return refused(drawing)
    found = _Model(target, asked).content(drawing)
    return replace(found, encoding=decoded.encoding, previews=decoded.previews)


def _fault(content: bytes) -> Problem | None:
    """Go through the groups without building anything: codes are numbers, the end is there."""
    lines = iter(io.BytesIO(content))
    entities, value = 0, b""
    for line in lines:
        code, value = line.strip(), next(lines, b"").strip()
        if not code and not value:
            continue
        if len(code) > _MOST_DIGITS_OF_CODE or not code.lstrip(b"-").isdigit():
            return kinds.DAMAGED.at(what=_UNSOUND)
        entities += code == b"0"
        if code == b"0" and value == b"EOF":
            break
    if value != b"EOF":
        return kinds.DAMAGED.at(what=_CUT)
    if entities > limits.ENTITIES:
        return TOO_MANY.at(count=entities, limit=limits.ENTITIES)
    return None


def _decoded(content: bytes, asked: Asked) -> encodings.Decoded | Problem:
    """Decode a drawing: from 2007 on it is UTF-8, before that its codepage says what."""
    if asked.encoding is not None or content.isascii():
        return encodings.decoded(content, asked)
    head = content[:100_000].decode("ascii", "replace").replace("\r", "")
    version, codepage = _value(head, "ACADVER"), _value(head, "DWGCODEPAGE")
    codec = "utf-8" if version >= _UNICODE_SINCE else _CODEPAGES.get(codepage.upper())
    try:
        if codec is not None:
            return encodings.Decoded(content.decode(codec))
    except UnicodeDecodeError:
        pass
    if asked.looking:
        return encodings.decoded(content, asked)
    return encodings.ask(encodings.pieces(content)[:3], _NO_CODEPAGE)


def _value(head: str, name: str) -> str:
    found = re.search(_HEADER_VALUE % name, head)
    return found.group(1).strip() if found else ""


def _parsed(text: str) -> Drawing | Problem:
    from ezdxf.filemanagement import read as parse
    from ezdxf.lldxf.const import DXFError

    try:
        return parse(io.StringIO(text.replace("\r\n", "\n")))
    except (DXFError, *_FAULTS):
        return kinds.DAMAGED.at(what=_UNSOUND)


#: What ezdxf raises on groups that do not fit together, beside its own errors.
_FAULTS = (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError)

Drawn = Mapping[str, Any] | None
#: Of ezdxf; its classes have no common type for what they share.
Entity = Any


@dataclass
class _Model:
    """Makes rows of the entities of the model."""

    crs: pyproj.CRS | None
    asked: Asked
    curves: int = 0
    blocks: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def content(self, drawing: Drawing) -> Content:
        entities = [one for one in drawing.modelspace() if self.is_read(one)]
        counts = Counter(_layer(one) for one in entities)
        layers = tuple(Layer(name, count) for name, count in sorted(counts.items()))
        if self.asked.layer is not None:
            chosen = which.layer(layers, self.asked)
            if isinstance(chosen, Problem):
                return refused(chosen, layers=layers)
            entities = [one for one in entities if _layer(one) == chosen.name]
        found = [self.row(number, entity) for number, entity in enumerate(entities, start=1)]
        told = list(self.told(drawing))
        content = rows.content(found, self.crs, told)
        return replace(content, layers=layers, layer=self.asked.layer)

    def is_read(self, entity: Entity) -> bool:
        is_known = entity.dxftype() in _SHAPES
        if not is_known:
            self.unread[entity.dxftype()] += 1
        return is_known

    def told(self, drawing: Drawing) -> Iterator[Problem]:
        unit = _UNITS.get(int(drawing.header.get("$INSUNITS", 0)))
        if unit is not None:
            yield UNITS.at(unit=unit)
        if self.curves:
            yield FLATTENED.at(count=self.curves, tolerance=TOLERANCE)
        for kind, counts in ((BLOCKS, self.blocks), (NOT_READ_ENTITIES, self.unread)):
            if counts:
                names = listing(f"{name} ({count})" for name, count in counts.most_common())
                yield kind.at(names=names)

    def row(self, number: int, entity: Entity) -> Row:
        from ezdxf.lldxf.const import DXFError

        row = Row(number)
        try:
            row.values = {(name, "own"): value for name, value in self.values(entity)}
            geometry = _SHAPES[entity.dxftype()](self, entity)
        except (DXFError, *_FAULTS):
            row.values, geometry = {("layer", "own"): _layer(entity)}, None
        count = entity.mcount if entity.dxftype() == "INSERT" else 1
        if count > 1:
            row.problems.append(ARRAY.at(name=entity.dxf.name, count=count))
        elif geometry is None:
            row.problems.append(kinds.BAD_SHAPE.at())
        else:
            row.read_shape(geometry, self.crs, self.asked)
        return row

    def values(self, entity: Entity) -> Iterator[tuple[str, Any]]:
        yield "layer", _layer(entity)
        yield "entity", entity.dxftype()
        kind = entity.dxftype()
        if kind in {"TEXT", "MTEXT"}:
            yield "text", _words(entity)
        if kind == "INSERT":
            name = str(entity.dxf.name)
            self.blocks[name] += 1
            yield "block", name
            for attribute in entity.attribs:
                yield str(attribute.dxf.tag), str(attribute.dxf.text) or None

    def point(self, entity: Entity) -> Drawn:
        where = entity.dxf.location if entity.dxftype() == "POINT" else entity.dxf.insert
        placed = entity.ocs().to_wcs(where) if entity.dxftype() == "INSERT" else where
        return {"type": "Point", "coordinates": _plane(placed)}

    def path(self, entity: Entity) -> Drawn:
        """Return a line, or the polygon that it encloses when it says that it is closed."""
        from ezdxf import path

        made = path.make_path(entity, segments=_BEZIERS)
        return self.drawn(self.flat(made), is_closed=_is_closed(entity))

    def drawn(self, positions: Sequence[Any], *, is_closed: bool) -> Drawn:
        if is_closed and len(positions) > 2:
            return {"type": "Polygon", "coordinates": [_closed(positions)]}
        return {"type": "LineString", "coordinates": positions}

    def flat(self, path: Any) -> list[list[float]]:
        """Return the positions of a path, its curves in straight pieces."""
        if not path.has_curves:
            return [_plane(where) for where in path.control_vertices()]
        self.curves += 1
        ends = [(where.x, where.y) for where in path.control_vertices()]
        xs, ys = zip(*ends, strict=True)
        size = max(max(xs) - min(xs), max(ys) - min(ys))
        pieces = path.flattening(max(TOLERANCE, size * _LEAST_SHARE), segments=2)
        return [_plane(where) for where in pieces]

    def hatch(self, entity: Entity) -> Drawn:
        """Return the boundary of a hatch: rings inside rings are holes, and so on inwards."""
        from ezdxf import path

        paths: Iterable[Any] = path.from_hatch(entity)
        rings = [_closed(ring) for ring in map(self.flat, paths) if len(ring) > 2]
        return _even_odd(rings) if 0 < len(rings) <= _MOST_RINGS else None


def _layer(entity: Entity) -> str:
    return str(entity.dxf.get("layer", "0"))


def _plane(where: Any) -> list[float]:
    """Return x and y, and the height where there is one."""
    if len(where) > 2 and where[2]:
        return [float(where[0]), float(where[1]), float(where[2])]
    return [float(where[0]), float(where[1])]


def _closed(positions: Sequence[list[float]]) -> list[list[float]]:
    """Let a ring end where it begins: the end of a circle differs in the last digits."""
    first, last = positions[0], positions[-1]
    is_there = math.dist(first[:2], last[:2]) <= _SAME * max(1, *map(abs, first[:2]))
    return [*(positions[:-1] if is_there else positions), first]


def _is_closed(entity: Entity) -> bool:
    kind: str = entity.dxftype()
    if kind in {"LWPOLYLINE", "SPLINE"}:
        return bool(entity.closed)
    if kind == "POLYLINE":
        return bool(entity.is_closed)
    if kind == "ELLIPSE":
        turn = abs(float(entity.dxf.end_param) - float(entity.dxf.start_param)) % math.tau
        return bool(min(turn, math.tau - turn) < _NEARLY)
    return kind == "CIRCLE"


def _words(entity: Entity) -> str | None:
    if entity.dxftype() == "MTEXT":
        return str(entity.plain_text()) or None
    return str(entity.dxf.text) or None


def _even_odd(rings: Sequence[list[list[float]]]) -> Mapping[str, Any]:
    shapes = [shapely.Polygon([where[:2] for where in ring]) for ring in rings]
    inside = [
        [
            other
            for other, shape in enumerate(shapes)
            if other != place and _holds(shape, shapes[place])
        ]
        for place in range(len(rings))
    ]
    polygons = []
    for place, around in enumerate(inside):
        if len(around) % 2 == 0:
            holes = [
                rings[other]
                for other, outer in enumerate(inside)
                if place in outer and len(outer) == len(around) + 1
            ]
            polygons.append([rings[place], *holes])
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _holds(outer: shapely.Polygon, inner: shapely.Polygon) -> bool:
    return bool(outer.area > inner.area and outer.contains(inner.representative_point()))


_SHAPES: Mapping[str, Callable[[_Model, Entity], Drawn]] = MappingProxyType(
    {
        **dict.fromkeys(("POINT", "TEXT", "MTEXT", "INSERT"), _Model.point),
        **dict.fromkeys(
            ("LINE", "LWPOLYLINE", "POLYLINE", "CIRCLE", "ARC", "ELLIPSE", "SPLINE"), _Model.path
        ),
        "HATCH": _Model.hatch,
    }
)
