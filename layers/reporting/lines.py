"""Breaking a text into lines as Chinese typesetting has it.

Lines break between Chinese characters and after blanks; no line begins with a closing mark or ends
with an opening one (GB/T 15834 marks, JIS X 4051 calls it kinsoku). A word that is longer than a
line is broken where it must.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from layers import fonts

#: No line begins with one of these.
_CLOSING = frozenset("，。、；：？！）》〉」』】〕…—·%％℃”’,.;:?!)]}㎡")
#: No line ends with one of these.
_OPENING = frozenset("（《〈「『【〔“‘([{￥¥")
#: Left out at the end of a line; whatever else a text holds stays.
_BLANKS = " \t\u3000"
#: Widths add up with rounding: so much is left free, in millimetres.
_SLACK_MM = 0.05


def broken(text: str, width_mm: float, size_mm: float, face: fonts.Face) -> list[str]:
    """Break a text into lines that fit; its own line ends stay."""
    found: list[str] = []
    for paragraph in text.split("\n"):
        found += _lines(paragraph, width_mm - _SLACK_MM, size_mm, face)
    return found


def _lines(text: str, width_mm: float, size_mm: float, face: fonts.Face) -> Iterator[str]:
    line, used = "", 0.0
    for piece in _pieces(text):
        if line and used + fonts.width(piece.rstrip(_BLANKS), size_mm, face) > width_mm:
            yield line.rstrip(_BLANKS)
            line, used = "", 0.0
        *whole, rest = _cut(piece, width_mm, size_mm, face)
        yield from whole
        line, used = line + rest, used + fonts.width(rest, size_mm, face)
    yield line.rstrip(_BLANKS)


def _pieces(text: str) -> Iterator[str]:
    """The parts of a text that stay together, in their order."""
    start = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place]):
            yield text[start:place]
            start = place
    if text[start:]:
        yield text[start:]


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _CLOSING or before in _OPENING or _is_mark(after):
        return False
    return before in " -/" or _is_wide(before) or _is_wide(after)


def _is_wide(character: str) -> bool:
    """Whether it is of a script that breaks anywhere."""
    return unicodedata.east_asian_width(character) in "WF" or character in "…—“”‘’■□"


def _is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it."""
    return unicodedata.category(character)[0] == "M"


def _cut(piece: str, width_mm: float, size_mm: float, face: fonts.Face) -> Iterator[str]:
    """A piece in parts none of which is longer than a line; itself where it is not."""
    if fonts.width(piece, size_mm, face) <= width_mm:
        yield piece
        return
    part, used = "", 0.0
    for character in piece:
        long = fonts.width(character, size_mm, face)
        if part and used + long > width_mm:
            yield part
            part, used = "", 0.0
        part, used = part + character, used + long
    yield part
