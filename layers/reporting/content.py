"""What a report is made of, before it is a PDF or a DOCX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from layers import fonts
from layers.drawing import Drawing

Align = Literal["left", "right", "centre"]


@dataclass(frozen=True)
class Title:
    """The title page: name, what it is of, and lines of facts below."""

    text: str
    under: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 begins a new page, a lying one for ``wide``."""

    text: str
    level: int = 1
    wide: bool = False


@dataclass(frozen=True)
class Paragraph:
    """A text; ``bullet`` for one of a list."""

    text: str
    bullet: bool = False


@dataclass(frozen=True)
class Grid:
    """A table: titles, one alignment and one relative width a column, rows of texts.

    ``strong`` are the numbers of rows that stand out, such as the total.
    """

    caption: str
    titles: tuple[str, ...]
    aligns: tuple[Align, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[int] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A drawing at its true size with a caption; ``wide`` ones need a lying page."""

    drawing: Drawing
    caption: str
    wide: bool = False


Block = Title | Heading | Paragraph | Grid | Picture


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes
    ----------
    title, lang
        Its name and the language it is written in.
    notice
        What stands at the foot of every page.
    made_at
        Date of the data: the last publication.
    blocks
        Its parts in their order.
    verbatim
        Words of people stand in it: a DOCX keeps every character of theirs, and leaves those that
        our font lacks to another font. Else it shows them as boxes, as a PDF must.
    """

    title: str
    lang: str
    notice: str
    made_at: datetime
    blocks: tuple[Block, ...]
    verbatim: bool = False

    @property
    def lost(self) -> tuple[str, ...]:
        """Characters that the font lacks and that are shown as boxes, each once."""
        found = (letter for text in self.texts() for letter in fonts.missing(text))
        return tuple(dict.fromkeys(found))

    def texts(self) -> Iterator[str]:
        """Every text of the report."""
        yield self.title
        for block in self.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Title):
        yield from (block.text, block.under, *(word for fact in block.facts for word in fact))
    elif isinstance(block, Grid):
        yield from (block.caption, block.note, *block.titles)
        yield from (cell for row in block.rows for cell in row)
    elif isinstance(block, Picture):
        yield from (block.caption, *block.drawing.lost)
    else:
        yield block.text
