"""Styles for QGIS (QML): the palette as rules, so that a GeoPackage opens coloured.

Written by hand against what QGIS 3.22 writes itself: rule-based symbols by class, a dashed one for
shapes below *approximate*, 未分类 for a class nobody knows, labels, field titles and the labels of
coded values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from geo.types import Text
from layers.export.content import FeatureLayer
from layers.spec import SCHEMATIC, FieldSpec
from layers.style import DEFAULT, Symbol

#: Millimetres of a CSS pixel (1/96 inch).
MM_PER_PX = 25.4 / 96
UNCLASSIFIED = Text(zh="未分类", en="Unclassified")
_SCHEMATIC = Text(zh="（示意）", en=" (schematic)")
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_QUALITY = "geometry_quality"
_RADIUS_PX = 5.0
#: Symbol type, and QGIS's number of a placement of labels (beside a point, along, within).
_DRAWN_AS = {"Point": ("marker", "6"), "LineString": ("line", "2"), "Polygon": ("fill", "4")}


@dataclass(frozen=True)
class Rule:
    """One entry of the legend: which features, and how they are drawn."""

    label: str
    where: str
    symbol: Symbol
    dash: str | None


def qml(layer: FeatureLayer, kind: str, unclassified: Symbol, dash: str, lang: str) -> str:
    """Write the style of one table.

    Parameters
    ----------
    layer
        The layer, its palette's symbols and its fields.
    kind
        ``Point``, ``LineString`` or ``Polygon``.
    unclassified, dash
        The symbol of 未分类, and the dashes of what is schematic, in CSS pixels.
    lang
        Language of the legend.
    """
    root = Element("qgis", version="3.22", labelsEnabled="1")
    root.set("styleCategories", "Symbology|Labeling|Fields|Forms")
    rules = list(_rules(layer, unclassified, dash, lang))
    _add_renderer(root, rules, kind)
    _add_labels(root, layer, kind, lang)
    _add_fields(root, layer.fields, lang)
    return _DOCTYPE + tostring(root, encoding="unicode")


def _rules(layer: FeatureLayer, unclassified: Symbol, dash: str, lang: str) -> Iterator[Rule]:
    for label, where, symbol in _classes(layer, unclassified, lang):
        if _QUALITY not in layer.fields:
            yield Rule(label, where, symbol, symbol.dash)
            continue
        values = sorted(SCHEMATIC)
        yield Rule(label, _both(where, _is_none_of(_QUALITY, values)), symbol, symbol.dash)
        low = _is_one_of(_QUALITY, values)
        yield Rule(label + _SCHEMATIC.in_(lang), _both(where, low), symbol, dash)


def _classes(
    layer: FeatureLayer, unclassified: Symbol, lang: str
) -> Iterator[tuple[str, str, Symbol]]:
    """Label, condition and symbol of each class, and last of a class nobody knows."""
    style = layer.style
    if style.by is None:
        yield layer.spec.title.in_(lang), "", style.symbols[DEFAULT]
        return
    field, by = layer.fields.get(style.by), _name(style.by)
    for value, symbol in style.symbols.items():
        label = field.title_of(value).in_(lang) if field else value
        yield label, f"{by} = {_text(value)}", symbol
    yield UNCLASSIFIED.in_(lang), _is_none_of(style.by, style.symbols), unclassified


def _both(first: str, second: str) -> str:
    return f"{first} AND {second}" if first else second


def _name(field: str) -> str:
    return '"' + field.replace('"', '""') + '"'


def _text(value: str) -> str:
    """A text in QGIS's expressions, where a backslash is an escape too."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_one_of(field: str, values: Iterable[str]) -> str:
    return f"{_name(field)} IN ({', '.join(_text(value) for value in values)})"


def _is_none_of(field: str, values: Iterable[str]) -> str:
    """Holds for a missing value too, of which SQL alone would say neither yes nor no."""
    return f"({_name(field)} IS NULL OR NOT {_is_one_of(field, values)})"


def _add_renderer(root: Element, rules: list[Rule], kind: str) -> None:
    renderer = SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0")
    listed = SubElement(renderer, "rules", key="root")
    symbols = SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        entry = {"key": f"rule{number}", "symbol": str(number), "label": rule.label}
        SubElement(listed, "rule", {**entry, "filter": rule.where} if rule.where else entry)
        symbol = {"type": _DRAWN_AS[kind][0], "name": str(number), "alpha": "1"}
        _add_symbol(SubElement(symbols, "symbol", symbol), rule, kind)


def _add_symbol(parent: Element, rule: Rule, kind: str) -> None:
    if kind == "Point":
        _add_part(parent, "SimpleMarker", _marker(rule))
    elif kind == "LineString":
        _add_part(parent, "SimpleLine", _line(rule))
    else:
        _add_part(parent, "SimpleFill", _fill(rule.symbol))
        _add_part(parent, "SimpleLine", _line(rule))


def _add_part(parent: Element, name: str, options: Mapping[str, str]) -> None:
    part = SubElement(parent, "layer", {"class": name, "enabled": "1", "locked": "0", "pass": "0"})
    listed = SubElement(part, "Option", type="Map")
    for key, value in options.items():
        SubElement(listed, "Option", type="QString", name=key, value=value)
    for key, value in options.items():
        SubElement(part, "prop", k=key, v=value)


def _line(rule: Rule) -> dict[str, str]:
    dashes = [f"{float(px) * MM_PER_PX:.2f}" for px in (rule.dash or "").split()]
    return {
        "line_color": _colour(rule.symbol.stroke, rule.symbol.stroke_opacity),
        "line_width": _mm(rule.symbol.width),
        "line_width_unit": "MM",
        "line_style": "solid",
        "use_custom_dash": "1" if dashes else "0",
        "customdash": ";".join(dashes) or "5;2",
        "customdash_unit": "MM",
        "capstyle": "flat" if dashes else "round",
        "joinstyle": "round",
    }


def _fill(symbol: Symbol) -> dict[str, str]:
    return {
        "color": _colour(symbol.fill or symbol.stroke, symbol.fill_opacity if symbol.fill else 0),
        "style": "solid" if symbol.fill and symbol.fill_opacity else "no",
        "outline_style": "no",
    }


def _marker(rule: Rule) -> dict[str, str]:
    symbol = rule.symbol
    return {
        "name": symbol.shape or "circle",
        "color": _colour(symbol.fill or symbol.stroke, symbol.fill_opacity if symbol.fill else 1),
        "outline_color": _colour(symbol.stroke, symbol.stroke_opacity),
        "outline_style": "dash" if rule.dash else "solid",
        "outline_width": _mm(symbol.width),
        "outline_width_unit": "MM",
        "size": _mm(2 * (symbol.radius or _RADIUS_PX)),
        "size_unit": "MM",
    }


def _mm(pixels: float) -> str:
    return f"{pixels * MM_PER_PX:.2f}"


def _colour(colour: str, opacity: float) -> str:
    """``#rrggbb`` and an opacity as red, green, blue, alpha from 0 to 255."""
    parts = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return ",".join(str(part) for part in [*parts, round(opacity * 255)])


def _add_labels(root: Element, layer: FeatureLayer, kind: str, lang: str) -> None:
    """Names beside the features, the mark 示意 after those that are."""
    name = next((one for one in (f"name_{lang}", "name_zh", "id") if one in layer.fields), None)
    if name is None:
        return
    words = f"coalesce({_name(name)}, '')"
    if _QUALITY in layer.fields:
        low, mark = _is_one_of(_QUALITY, sorted(SCHEMATIC)), _text(_SCHEMATIC.in_(lang))
        words += f" || CASE WHEN {low} THEN {mark} ELSE '' END"
    settings = SubElement(SubElement(root, "labeling", type="simple"), "settings")
    style = {"fieldName": words, "isExpression": "1", "fontSize": "8", "fontSizeUnit": "Point"}
    style |= {"fontFamily": "Noto Sans CJK SC", "textColor": "50,50,50,255", "namedStyle": ""}
    text = SubElement(settings, "text-style", style)
    buffer = {"bufferDraw": "1", "bufferSize": "0.7", "bufferSizeUnits": "MM"}
    SubElement(text, "text-buffer", {**buffer, "bufferColor": "255,255,255,255"})
    SubElement(settings, "placement", placement=_DRAWN_AS[kind][1], dist="1", distUnits="MM")


def _add_fields(root: Element, fields: Mapping[str, FieldSpec], lang: str) -> None:
    """Titles of fields, and the labels of coded values, in QGIS's own table and form."""
    configured = SubElement(root, "fieldConfiguration")
    aliases = SubElement(root, "aliases")
    # QGIS numbers fields from 0 and GeoPackage's own row number is the first of them.
    for number, (name, spec) in enumerate(fields.items(), start=1):
        title = spec.title.in_(lang)
        SubElement(aliases, "alias", field=name, index=str(number), name=title)
        if spec.values:
            _add_value_map(SubElement(configured, "field", name=name), spec, lang)


def _add_value_map(field: Element, spec: FieldSpec, lang: str) -> None:
    widget = SubElement(field, "editWidget", type="ValueMap")
    options = SubElement(SubElement(widget, "config"), "Option", type="Map")
    listed = SubElement(options, "Option", type="List", name="map")
    for value, title in spec.values.items():
        entry = SubElement(listed, "Option", type="Map")
        SubElement(entry, "Option", type="QString", name=title.in_(lang), value=value)
