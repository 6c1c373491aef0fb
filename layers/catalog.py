"""The catalog of a deployment: ``catalog.toml`` and ``palette.toml``, checked as one."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from geo.crs import metric_crs
from geo.errors import CrsError, InputError, NotFound, Problem, ProblemKind
from geo.types import Text
from layers import nouns
from layers.spec import LayerSpec, Theme, Zone
from layers.style import DEFAULT, Palette, Style

CATALOG_FILE = "catalog.toml"
PALETTE_FILE = "palette.toml"

MISSING = ProblemKind(
    "catalog-missing",
    "error",
    Text(zh="数据文件夹里没有 {file}", en="The data folder has no {file}"),
    Text(
        zh="用 --data 或 HUITU_DATA 指向含有 {file} 的文件夹",
        en="Point --data or HUITU_DATA at a folder that has {file}",
    ),
)
SYNTAX = ProblemKind(
    "catalog-syntax",
    "error",
    Text(zh="{file} 不是有效的 TOML：{what}", en="{file} is not valid TOML: {what}"),
    Text(zh="改正这一处后再试", en="Mend that place and try again"),
)
ENTRY = ProblemKind(
    "catalog-entry",
    "error",
    Text(zh="{file} 中 {where}：{what}", en="{file}, {where}: {what}"),
    Text(zh="对照 docs/catalog.md 改正", en="See docs/catalog.md for what may stand there"),
)


@dataclass(frozen=True)
class Catalog:
    """Everything a deployment says about itself.

    Attributes
    ----------
    folder
        The data folder that the catalog was read from.
    zone, themes, layers
        The entries, in the order of the file.
    palette
        The symbols of every layer.
    digest
        SHA-256 of the bytes of both files; changes with any edit.
    """

    folder: Path
    zone: Zone
    themes: tuple[Theme, ...]
    layers: tuple[LayerSpec, ...]
    palette: Palette
    digest: str

    @classmethod
    def read(cls, folder: Path) -> Catalog:
        """Read and check both files.

        Raises
        ------
        InputError
            With every problem of both files at once.
        """
        catalog_bytes, palette_bytes = _bytes(folder / CATALOG_FILE), _bytes(folder / PALETTE_FILE)
        tables = _toml(catalog_bytes, CATALOG_FILE)
        problems: list[Problem] = []
        zone = _entry(problems, CATALOG_FILE, "zone", Zone, tables.get("zone", {}))
        themes = _entry(
            problems, CATALOG_FILE, "themes", tuple[Theme, ...], tables.get("themes", [])
        )
        layers = tuple(_layers(problems, tables))
        palette = _palette(problems, _toml(palette_bytes, PALETTE_FILE))
        _refuse_unknown(problems, tables)
        if problems:
            raise InputError(problems)
        digest = hashlib.sha256(catalog_bytes + b"\0" + palette_bytes).hexdigest()
        catalog = cls(folder, zone, themes, layers, palette, digest)
        if found := list(_contradictions(catalog)):
            raise InputError(found)
        return catalog

    @cached_property
    def _by_id(self) -> dict[str, LayerSpec]:
        return {layer.id: layer for layer in self.layers}

    def layer(self, layer_id: str) -> LayerSpec:
        """The entry of a layer; :class:`NotFound` when there is none."""
        try:
            return self._by_id[layer_id]
        except KeyError:
            raise NotFound(nouns.LAYER, layer_id) from None

    def theme(self, theme_id: str) -> Theme:
        """The theme of a layer; every layer's theme exists, by the check on reading."""
        return next(theme for theme in self.themes if theme.id == theme_id)

    def style(self, layer: LayerSpec) -> Style:
        """The symbols of a layer."""
        return self.palette.styles[layer.style]

    @property
    def project_layers(self) -> tuple[LayerSpec, ...]:
        """The layers whose features are projects of the plan."""
        return tuple(layer for layer in self.layers if layer.is_projects)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise InputError([MISSING.at(file=path.name)]) from None


def _toml(content: bytes, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError([SYNTAX.at(file=file, what=str(error))]) from None


def _entry(problems: list[Problem], file: str, where: str, kind: Any, value: object) -> Any:
    """Validate one entry; what is wrong with it is added to ``problems`` and None comes back."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        problems.extend(
            ENTRY.at(file=file, where=_place(where, item["loc"]), what=item["msg"])
            for item in error.errors()
        )
        return None


def _place(where: str, location: tuple[int | str, ...]) -> str:
    return ".".join([where, *(str(part) for part in location)])


def _layers(problems: list[Problem], tables: Mapping[str, Any]) -> Iterator[LayerSpec]:
    sets = tables.get("fields", {})
    for number, table in enumerate(tables.get("layers", []), start=1):
        where = f"layers[{table.get('id', number)}]"
        words = dict(table)
        named = words.pop("fields_from", None)
        if named is not None and named not in sets:
            problems.append(_wrong(where, f"fields_from: no set {named!r}"))
            continue
        words["fields"] = {**sets.get(named, {}), **words.get("fields", {})}
        layer = _entry(problems, CATALOG_FILE, where, LayerSpec, words)
        if layer is not None:
            yield layer


def _palette(problems: list[Problem], tables: Mapping[str, Any]) -> Any:
    try:
        return Palette.from_toml(tables)
    except ValidationError as error:
        problems.extend(
            ENTRY.at(file=PALETTE_FILE, where=_place("palette", item["loc"]), what=item["msg"])
            for item in error.errors()
        )
        return None


def _refuse_unknown(problems: list[Problem], tables: Mapping[str, Any]) -> None:
    unknown = sorted(tables.keys() - {"zone", "themes", "fields", "layers"})
    problems.extend(_wrong(name, "unknown table") for name in unknown)


def _wrong(where: str, what: str) -> Problem:
    return ENTRY.at(file=CATALOG_FILE, where=where, what=what)


def _contradictions(catalog: Catalog) -> Iterator[Problem]:
    """What each entry cannot see alone: names that must be unique, exist or fit together."""
    yield from _repeated("themes", [theme.id for theme in catalog.themes])
    yield from _repeated("layers", [layer.id for layer in catalog.layers])
    for layer in catalog.layers:
        for what in _unfit(catalog, layer):
            yield _wrong(f"layers[{layer.id}]", what)
    for name in ("stations", "districts"):
        named = getattr(catalog.zone, name)
        if named is not None and named not in {layer.id for layer in catalog.layers}:
            yield _wrong(f"zone.{name}", f"there is no layer {named!r}")
    try:
        metric_crs(catalog.zone.metric_crs)
    except CrsError as error:
        yield _wrong("zone.metric_crs", str(error))


def _repeated(where: str, names: list[str]) -> Iterator[Problem]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _wrong(where, f"the id {name!r} stands there twice")


def _unfit(catalog: Catalog, layer: LayerSpec) -> Iterator[str]:
    """A layer's theme and style must exist, and the style must fit its fields."""
    if layer.theme not in {theme.id for theme in catalog.themes}:
        yield f"theme {layer.theme!r} is not among the themes"
    style = catalog.palette.styles.get(layer.style)
    if style is None:
        yield f"style {layer.style!r} is not in {PALETTE_FILE}"
        return
    for name in filter(None, (style.by, style.badge_by)):
        if name not in layer.fields:
            yield f"style {layer.style!r} goes by the field {name!r}, which the layer has not"
    for name in sorted(_symbols_wanted(layer, style) - style.symbols.keys()):
        yield f"style {layer.style!r} has no symbol {name!r}"


def _symbols_wanted(layer: LayerSpec, style: Style) -> set[str]:
    if style.by is None:
        return {DEFAULT}
    return set(layer.fields[style.by].values) if style.by in layer.fields else set()
