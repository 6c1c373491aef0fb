"""What a text measures and how its letters look, read from the faces themselves.

Sheets are laid out with these figures, so that a PDF and an SVG come out alike.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from layers.fonts.faces import REGULAR, Face, require

#: Pieces that a curve of an outline becomes; enough for the halo behind a label.
_STEPS = 3
#: fontTools reads tables when they are first asked for: one reader at a time.
_READING = Lock()
Ring = tuple[tuple[float, float], ...]


@cache
def _font(face: Face) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO(require(face).read_bytes()))


@cache
def _advances(face: Face) -> dict[int, float]:
    """Advance width by code point, in units of the em."""
    with _READING:
        font = _font(face)
        em, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: widths[name][0] / em for code, name in font.getBestCmap().items()}


def width(text: str, size: float, face: Face = REGULAR) -> float:
    """Width of a text, in the unit of ``size``."""
    advances = _advances(face)
    return size * sum(advances.get(ord(letter), 1.0) for letter in text)


def missing(text: str, face: Face = REGULAR) -> tuple[str, ...]:
    """Characters of a text that the face has no glyph for, each once, in their order."""
    known = _advances(face)
    return tuple(dict.fromkeys(c for c in text if ord(c) not in known and not c.isspace()))


def shown(text: str, face: Face = REGULAR) -> str:
    """Return the text as it can be drawn: what the face lacks becomes a visible box (□)."""
    lacking = set(missing(text, face))
    return "".join("□" if c in lacking else " " if c.isspace() else c for c in text)


def shown_lines(text: str, face: Face = REGULAR) -> str:
    """Return a text of several lines as it can be drawn; its line ends stay."""
    return "\n".join(shown(line, face) for line in text.split("\n"))


def outline(text: str, size: float, face: Face = REGULAR) -> tuple[Ring, ...]:
    """Closed rings of the letters of a text, its base line from (0, 0) to the right."""
    rings: list[Ring] = []
    at = 0.0
    for letter in text:
        rings += [
            tuple((at + x * size, y * size) for x, y in ring) for ring in _letter(letter, face)
        ]
        at += width(letter, size, face)
    return tuple(rings)


@lru_cache(maxsize=4096)
def _letter(letter: str, face: Face) -> tuple[Ring, ...]:
    """Rings of one letter in units of the em, its curves as short straight lines."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen

    with _READING:
        font = _font(face)
        name = font.getBestCmap().get(ord(letter), ".notdef")
        glyphs = font.getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(pen)
        return _flattened(pen.value, font["head"].unitsPerEm)


def _flattened(commands: list[tuple[str, tuple[Any, ...]]], em: float) -> tuple[Ring, ...]:
    from fontTools.pens.basePen import decomposeQuadraticSegment

    rings: list[Ring] = []
    ring: list[tuple[float, float]] = []
    for command, points in commands:
        if command in {"moveTo", "lineTo"}:
            ring.append(points[0])
        elif command == "qCurveTo" and points[-1] is None:
            ring += [point for point in points[:-1] if point]
        elif command == "qCurveTo":
            for bend, end in decomposeQuadraticSegment(points):
                ring += _curve(ring[-1], bend, end)
        else:
            rings.append(tuple((x / em, y / em) for x, y in ring))
            ring = []
    return tuple(rings)


def _curve(
    start: tuple[float, float], bend: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Points of a quadratic curve, without its start."""
    found = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        x, y = (a * s + b * m + c * e for s, m, e in zip(start, bend, end, strict=True))
        found.append((x, y))
    return found
