"""Drawings as PDF, SVG and PNG, by matplotlib without its global state.

matplotlib keeps its settings and fonts in the process, so one drawing is written at a time.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from layers import fonts
from layers.drawing.model import MM_PER_POINT, Drawing, Pen, Shape, Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Transform

Format = Literal["pdf", "svg", "png"]
MM_PER_INCH = 25.4
PNG_DPI = 200
SOFTWARE = "Huitu"
_LOCK = Lock()
#: Text stays text, coordinates are not simplified, and the same drawing gives the same bytes.
_SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "huitu",
        "path.simplify": False,
        "text.parse_math": False,
        "font.family": fonts.FAMILY,
        "savefig.dpi": "figure",
    }
)


def write(drawing: Drawing, format: Format, made_at: datetime) -> bytes:  # noqa: A002
    """Write a drawing at its true size.

    Parameters
    ----------
    drawing
        What is drawn.
    format
        ``pdf`` and ``svg`` are vectors with real text and embedded fonts; ``png`` has 200 dpi.
    made_at
        The date that the file says it is of: that of the data, so that bytes repeat.
    """
    import matplotlib as mpl

    with _LOCK, mpl.rc_context(_settings()):
        figure = _figure(drawing)
        target = io.BytesIO()
        _save(figure, target, format, _metadata(drawing, format, made_at))
    content = target.getvalue()
    return _with_fonts(_plain(content), drawing) if format == "svg" else content


def _settings() -> Any:
    """A copy of our settings, as matplotlib wants one."""
    return dict(_SETTINGS)


def _save(figure: Figure, target: io.BytesIO, format: Format, metadata: dict[str, Any]) -> None:  # noqa: A002
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    if format == "pdf":
        FigureCanvasPdf(figure).print_pdf(target, metadata=metadata)
    elif format == "svg":
        FigureCanvasSVG(figure).print_svg(target, metadata=metadata)
    else:
        figure.set_dpi(PNG_DPI)
        FigureCanvasAgg(figure).print_png(target, metadata=metadata)


def _metadata(drawing: Drawing, format: Format, made_at: datetime) -> dict[str, Any]:  # noqa: A002
    if format == "pdf":
        names = {"Title": drawing.title, "Creator": SOFTWARE, "Producer": SOFTWARE}
        return {**names, "CreationDate": made_at, "ModDate": made_at}
    if format == "svg":
        date = made_at.date().isoformat()
        return {"Title": drawing.title, "Creator": SOFTWARE, "Date": date, "Format": None}
    return {"Title": drawing.title, "Software": SOFTWARE}


def _figure(drawing: Drawing) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.transforms import Affine2D

    size = (drawing.width_mm / MM_PER_INCH, drawing.height_mm / MM_PER_INCH)
    figure = Figure(figsize=size, dpi=72, facecolor="white")
    paper = Affine2D().scale(1 / MM_PER_INCH) + figure.dpi_scale_trans
    for place, item in enumerate(drawing.items):
        artist = _patch(item, paper) if isinstance(item, Shape) else _text(item, paper)
        artist.set_zorder(place)
        if item.window is not None:
            _clip(artist, item, paper)
        figure.add_artist(artist, clip=False)
    return figure


def _clip(artist: Any, item: Shape | Words, paper: Transform) -> None:
    from matplotlib.transforms import Bbox, TransformedBbox

    window = item.window
    if window is not None:
        box = Bbox.from_bounds(window.x, window.y, window.width, window.height)
        artist.set_clip_box(TransformedBbox(box, paper))


def _patch(shape: Shape, paper: Transform) -> Any:
    from matplotlib.patches import PathPatch

    pen = shape.pen or Pen("#000000", 0)
    return PathPatch(
        _path(shape),
        transform=paper,
        facecolor=(shape.fill, shape.fill_opacity) if shape.fill else "none",
        edgecolor=(pen.colour, pen.opacity) if shape.pen else "none",
        linewidth=pen.width_mm / MM_PER_POINT,
        linestyle=_dashes(pen),
        joinstyle="round",
        capstyle="butt" if pen.dash else "round",
        gid=shape.name or None,
    )


def _dashes(pen: Pen) -> Any:
    """Dashes in units of points; matplotlib itself would scale them by the width."""
    if not pen.dash or not pen.width_mm:
        return "solid"
    return (0, tuple(part / pen.width_mm for part in pen.dash))


def _path(shape: Shape) -> Any:
    from matplotlib.path import Path

    vertices: list[tuple[float, float]] = []
    codes: list[int] = []
    for ring in shape.rings:
        if len(ring) < 2:
            continue
        vertices += ring
        codes += [int(Path.MOVETO)] + [int(Path.LINETO)] * (len(ring) - 1)
        if shape.closed:
            vertices.append(ring[0])
            codes.append(int(Path.CLOSEPOLY))
    return Path(vertices or [(0.0, 0.0)], codes or [int(Path.MOVETO)])


def _text(words: Words, paper: Transform) -> Any:
    from matplotlib.font_manager import FontProperties
    from matplotlib.text import Text

    x, y = words.start
    return Text(
        x,
        y,
        words.shown,
        transform=paper,
        color=words.colour,
        rotation=words.angle,
        rotation_mode="anchor",
        ha="left",
        va="baseline",
        fontproperties=FontProperties(
            family=fonts.FAMILY,
            weight=words.face.weight,
            size=words.size_pt,
            fname=fonts.require(words.face),
        ),
        parse_math=False,
    )


def _plain(svg: bytes) -> bytes:
    """Write styles as attributes: a strict policy of a page forbids inline styles in an SVG too."""

    def attributes(style: re.Match[bytes]) -> bytes:
        pairs = (part.split(b":", 1) for part in style[1].split(b";") if b":" in part)
        return b" ".join(b'%s="%s"' % (name.strip(), value.strip()) for name, value in pairs)

    def tag(found: re.Match[bytes]) -> bytes:
        return re.sub(rb'\bstyle="([^"]*)"', attributes, found[0])

    return re.sub(rb"<\w+\s[^<>]*>", tag, svg)


def _with_fonts(svg: bytes, drawing: Drawing) -> bytes:
    """Put the letters that are used into the SVG itself: it looks the same where no font is."""
    rules = "".join(
        f"@font-face{{font-family:'{fonts.FAMILY}';font-weight:{face.weight};"
        f"src:url(data:font/woff;base64,{base64.b64encode(content).decode()})}}"
        for face, content in _used(drawing)
    )
    style = f'<style type="text/css">{rules}</style>\n'.encode()
    return re.sub(rb"(<svg\b[^>]*>\s*)", lambda found: found.group(1) + style, svg, count=1)


def _used(drawing: Drawing) -> list[tuple[fonts.Face, bytes]]:
    """The faces of a drawing, each cut to the letters that it needs."""
    letters: dict[fonts.Face, set[str]] = {}
    for item in drawing.items:
        if isinstance(item, Words):
            letters.setdefault(item.face, set()).update(item.shown)
    return [(face, fonts.cut(face, "".join(sorted(used)))) for face, used in letters.items()]
