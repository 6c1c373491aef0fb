"""The whole sheet: title, map, legend, scale, and the imprint that says what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from geo.crs import metric_crs
from geo.types import Text, listing
from layers.drawing import Drawing, Item, Pen, Shape, Window, Words, matplot
from layers.drawing.model import MM_PER_POINT
from layers.sheet import furniture, legend, words
from layers.sheet.asking import SheetRequest
from layers.sheet.figure import Figure, Look, chosen, figure
from layers.sheet.frame import convergence_deg

if TYPE_CHECKING:
    from layers.plan import Plan


@dataclass(frozen=True)
class _Sizes:
    """Measures that go with a paper, in millimetres and points."""

    margin: float
    title_pt: float
    label_pt: float
    legend_pt: float
    imprint_pt: float
    column: float
    line: float


_BY_PAPER = {
    "A4": _Sizes(8, 15, 5.2, 6.5, 5.2, 52, 0.62),
    "A3": _Sizes(10, 20, 6.4, 8.0, 6.2, 68, 0.8),
    "A2": _Sizes(12, 28, 7.6, 10.0, 7.2, 88, 1.0),
    "A1": _Sizes(14, 38, 9.0, 12.0, 8.5, 108, 1.25),
    "A0": _Sizes(18, 52, 11.0, 14.0, 10.0, 132, 1.6),
}
_GRID_MM, _ROWS, _LEADING, _LISTED = 4.2, 7, 1.5, 40


@dataclass(frozen=True)
class Sheet:
    """A composed sheet.

    Attributes
    ----------
    drawing
        The paper and all that stands on it.
    figure
        The map: its frame says the scale and the ground.
    made_at
        Date of the data: the last publication among the layers that are drawn.
    notes
        The lines of the imprint.
    """

    drawing: Drawing
    figure: Figure
    made_at: datetime
    notes: tuple[str, ...]

    @property
    def scale(self) -> int:
        """The denominator of the scale."""
        return self.figure.frame.scale

    def write(self, format: Literal["pdf", "svg", "png"]) -> bytes:  # noqa: A002
        """The sheet as a file; the same plan and request give the same bytes."""
        return matplot.write(self.drawing, format, self.made_at)


def compose(plan: Plan, request: SheetRequest) -> Sheet:
    """Compose a sheet.

    Raises
    ------
    InputError
        The request cannot be drawn; with every problem at once.
    """
    request.check(plan)
    sheet = _attempt(plan, request, _ROWS)
    rows = len(sheet.notes)
    return sheet if rows <= _ROWS else _attempt(plan, request, rows)


def _attempt(plan: Plan, request: SheetRequest, rows: int) -> Sheet:
    """Compose with room for so many lines of imprint."""
    sizes = _BY_PAPER[request.paper]
    layout = _Layout(request, sizes, rows)
    drawn = figure(plan, request, layout.map, Look(sizes.label_pt, sizes.line))
    title = request.title or plan.catalog.zone.title.in_(request.lang)
    items = [*_title(plan, request, layout, title), *drawn.items]
    items += _legend(plan, request, layout, drawn)
    lost = Drawing(1, 1, tuple(items)).lost
    notes = tuple(_notes(plan, request, drawn, lost, layout))
    items += _imprint(notes, layout)
    width, height = request.size_mm
    drawing = Drawing(width, height, tuple(items), title)
    return Sheet(drawing, drawn, _made_at(plan, request), notes)


class _Layout:
    """Where the parts of a sheet stand."""

    def __init__(self, request: SheetRequest, sizes: _Sizes, rows: int) -> None:
        width, height = request.size_mm
        m = sizes.margin
        self.sizes, self.page = sizes, Window(m, m, width - 2 * m, height - 2 * m)
        self.imprint_mm = rows * sizes.imprint_pt * MM_PER_POINT * _LEADING + 2
        self.title_mm = sizes.title_pt * MM_PER_POINT * 2.35
        bottom = m + self.imprint_mm + _GRID_MM
        tall = height - m - self.title_mm - _GRID_MM - bottom
        wide = width - 2 * m - 2 * _GRID_MM
        if request.landscape:
            self.map = Window(m + _GRID_MM, bottom, wide - sizes.column, tall)
            left = width - m - sizes.column + 3
            top = bottom + tall + _GRID_MM
            self.key = Window(left, bottom, sizes.column - 4, sizes.legend_pt * 4.2)
            below = bottom + self.key.height
            self.legend = Window(left, below, sizes.column - 4, top - below)
        else:
            band = sizes.column * 1.05
            self.map = Window(m + _GRID_MM, bottom + band, wide, tall - band)
            left = width - m - sizes.column
            self.key = Window(left, bottom - 2, sizes.column - 2, band - 4)
            self.legend = Window(m + 1, bottom - 3, left - m - 5, band - 1)


def _title(plan: Plan, request: SheetRequest, layout: _Layout, title: str) -> Iterator[Item]:
    page, size = layout.page, layout.sizes.title_pt
    top = page.y + page.height
    em = size * MM_PER_POINT
    while Words(0, 0, title, size, True).width_mm > page.width and size > 6:
        size *= 0.95
    yield Words(page.x + page.width / 2, top - em, title, size, True, align="centre")
    under = plan.catalog.zone.plan.in_(request.lang)
    yield Words(page.x + page.width / 2, top - em * 1.72, under, size * 0.5, align="centre")


def _legend(plan: Plan, request: SheetRequest, layout: _Layout, drawn: Figure) -> Iterator[Item]:
    """Heading and symbols, then north arrow and scale bar."""
    sizes, box, lang = layout.sizes, layout.legend, request.lang
    size = sizes.legend_pt
    top = box.y + box.height
    heading = size * 1.35
    yield Words(box.x, top - heading * MM_PER_POINT, words.LEGEND.in_(lang), heading, True)
    head_mm = heading * MM_PER_POINT * 1.7
    plot = legend.Plot(box.x, top - head_mm, box.width, box.height - head_mm)
    found = legend.entries(plan.catalog, drawn.drawn.features, lang)
    yield from legend.write(found, plot, sizes.line, size)
    key = layout.key
    arrow = size * 1.5
    yield from furniture.north_arrow(
        key.x + key.width - arrow * 0.6, key.y + arrow * 0.7, arrow, lang
    )
    longest = min(key.width - arrow * 1.6, 60.0)
    yield from furniture.scale_bar(
        key.x + 2, key.y + size * 0.4, longest, drawn.frame.scale, size * 0.9, lang
    )


def _notes(
    plan: Plan, request: SheetRequest, drawn: Figure, lost: tuple[str, ...], layout: _Layout
) -> Iterator[str]:
    """The imprint, each line short enough for the page."""
    for text, values in _sentences(plan, request, drawn, lost):
        filled = text.in_(request.lang).format(
            **{
                name: value.in_(request.lang) if isinstance(value, Text) else value
                for name, value in values.items()
            }
        )
        yield from wrapped(filled, layout.page.width, layout.sizes.imprint_pt)


def _sentences(
    plan: Plan, request: SheetRequest, drawn: Figure, lost: tuple[str, ...]
) -> Iterator[tuple[Text, dict[str, object]]]:
    zone = plan.catalog.zone
    yield _review(zone.review_number)
    angle = convergence_deg(drawn.frame.east_m, drawn.frame.north_m, zone.metric_crs)
    name = metric_crs(zone.metric_crs).name
    yield words.GRID, {"name": name, "code": zone.metric_crs, "angle": _minutes(angle)}
    yield words.SOURCE, {"source": zone.source}
    if request.filtered:
        yield words.FILTERED, {}
    lists = (
        (words.UNLOCATED, drawn.drawn.unlocated),
        (words.OUTSIDE, drawn.drawn.outside),
        (words.UNNAMED, drawn.unnamed),
    )
    for text, ids in lists:
        if ids:
            yield text, {"n": len(ids), "ids": _all(ids)}
    if lost:
        yield words.LOST, {"letters": " ".join(f"U+{ord(letter):04X}" for letter in lost)}
    versions = [
        f"{layer.title.in_(request.lang)} {plan.publication(layer.id).version}"
        for layer in chosen(plan, request)
    ]
    yield words.VERSIONS, {"versions": " · ".join(versions)}
    from layers.plan import software

    date = _made_at(plan, request).date().isoformat()
    yield words.MADE, {"date": date, "software": software(), "state": plan.state}


def _all(ids: tuple[str, ...]) -> Text:
    """All ids while they are few enough for a line or two."""
    if len(ids) > _LISTED:
        return listing(ids)
    return Text(zh="、".join(ids), en=", ".join(ids))


def _review(number: str) -> tuple[Text, dict[str, object]]:
    """Map review number and what the sheet is not, in one line."""
    first = words.REVIEW if number else words.NO_REVIEW
    both = Text(
        zh=f"{first.zh}。{words.NOT_SURVEY.zh}。{words.SCHEMATIC.zh}",
        en=f"{first.en}. {words.NOT_SURVEY.en}. {words.SCHEMATIC.en}",
    )
    return both, {"number": number}


def _minutes(degrees: float) -> str:
    sign = "+" if degrees >= 0 else "−"
    whole, minutes = divmod(round(abs(degrees) * 60), 60)
    return f"{sign}{whole}°{minutes:02d}′"


def wrapped(text: str, width_mm: float, size_pt: float) -> Iterator[str]:
    """Cut a text into lines of a width; between words where there are any."""
    line = ""
    for piece in _pieces(text):
        if line and Words(0, 0, line + piece.rstrip(), size_pt).width_mm > width_mm:
            yield line.rstrip()
            line = piece.lstrip()
        else:
            line += piece
    if line.strip():
        yield line.rstrip()


def _pieces(text: str) -> Iterator[str]:
    """Chinese characters one by one, Latin words whole with the blank behind them."""
    piece = ""
    for letter in text:
        piece += letter
        if letter == " " or ord(letter) > 0x2E80:
            yield piece
            piece = ""
    yield piece


def _imprint(notes: tuple[str, ...], layout: _Layout) -> Iterator[Item]:
    page, size = layout.page, layout.sizes.imprint_pt
    step = size * MM_PER_POINT * _LEADING
    top = page.y + layout.imprint_mm - 1
    rule = ((page.x, top + 0.4), (page.x + page.width, top + 0.4))
    yield Shape((rule,), pen=Pen(furniture.INK, 0.15))
    for row, note in enumerate(notes):
        yield Words(page.x, top - step * (row + 1) + step * 0.3, note, size, bold=row == 0)
    edge = layout.sizes.margin / 2
    x, y = page.x - edge, page.y - edge
    right, high = page.x + page.width + edge, page.y + page.height + edge
    ring = ((x, y), (right, y), (right, high), (x, high))
    yield Shape((ring,), True, Pen(furniture.INK, 0.5), name="edge")


def _made_at(plan: Plan, request: SheetRequest) -> datetime:
    """When the newest of the drawn layers was published."""
    stamps = [plan.publication(layer.id).at for layer in chosen(plan, request)]
    return datetime.fromisoformat(max(stamps, default="1970-01-01T00:00:00+00:00"))
