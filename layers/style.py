"""The planning palette: which symbol a value is drawn with, on the map and in the legend alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from geo.types import Text
from layers.spec import Identifier, Model

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Dash = Annotated[str, Field(pattern=r"^\d{1,2}( \d{1,2}){1,5}$")]
Opacity = Annotated[float, Field(ge=0, le=1)]
Shape = Literal["circle", "square", "diamond", "triangle"]

#: The symbol of a style that does not choose by a field.
DEFAULT = "default"


class Symbol(Model):
    """How one kind of feature is drawn. Widths and radii are in CSS pixels."""

    stroke: Colour
    width: float = Field(default=2, gt=0, le=30)
    stroke_opacity: Opacity = 1
    fill: Colour | None = None
    fill_opacity: Opacity = 0
    radius: float | None = Field(default=None, gt=0, le=60)
    shape: Shape | None = None
    dash: Dash | None = None


class Schematic(Model):
    """The mark of geometry below *approximate*: always dashed."""

    dash: Dash = "7 6"


class Style(Model):
    """The symbols of one layer, chosen by a field, with an optional badge by another."""

    by: str | None = None
    badge_by: str | None = None
    symbols: Mapping[str, Symbol]
    badges: Mapping[str, Text] = Field(default_factory=dict)

    def symbol(self, properties: Mapping[str, object]) -> Symbol | None:
        """The symbol of a feature by its attributes; None when no symbol has its value."""
        wanted = DEFAULT if self.by is None else properties.get(self.by)
        return self.symbols.get(str(wanted))


class Palette(Model):
    """All styles of a deployment, as ``palette.toml`` has them."""

    styles: Mapping[Identifier, Style]
    unclassified: Symbol
    schematic: Schematic = Schematic()

    @classmethod
    def from_toml(cls, tables: Mapping[str, object]) -> Palette:
        """Read the tables of ``palette.toml``: two fixed names, every other table is a style."""
        fixed = {name: tables[name] for name in ("unclassified", "schematic") if name in tables}
        styles = {name: table for name, table in tables.items() if name not in fixed}
        return cls.model_validate({"styles": styles, **fixed})
