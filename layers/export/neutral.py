"""Texts that a spreadsheet program would run as a formula, made harmless, and back.

A text gets a ``'`` before it when its first character after blanks is one that begins a formula.
Blank is also what only looks so: ideographic and zero-width spaces, byte order marks, characters
without a width, control characters. Full-width signs count because a Chinese input method, and
with it Excel, takes them for the plain ones. What already begins with ``'`` before such a text gets
one more, so that :func:`restored` gives back every text exactly.
"""

from __future__ import annotations

import re
import unicodedata

#: A text whose first non-blank character is one of these may be taken for a formula.
STARTERS = "=+-@\t\r\n＝＋－＠"
MARK = "'"

_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
#: Letters and marks by category, yet drawn as nothing: Hangul fillers, the empty Braille pattern,
#: the grapheme joiner, Khmer's inherent vowels, variation selectors.
_EMPTY_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
)
_BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def is_blank(character: str) -> bool:
    """Whether a reader sees nothing of a character."""
    return character in _EMPTY_LETTERS or unicodedata.category(character) in _BLANK_CATEGORIES


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program might run a text.

    A plain number is none: ``-5`` and ``+3.2e4`` stay what they are.
    """
    if _begins_plainly(text):
        return False
    return not _PLAIN_NUMBER.fullmatch(text) and _first_seen(text) in STARTERS


def _begins_plainly(text: str) -> bool:
    """Whether the first character is a letter or a digit to see, as that of nearly every text."""
    first = text[:1]
    return first.isalnum() and first not in _EMPTY_LETTERS


def _first_seen(text: str) -> str:
    """Return the first character that begins a formula or is not blank; a blank if there is none.

    Tab and line breaks are blank to a reader, but begin a formula themselves.
    """
    for character in text:
        if character in STARTERS or not is_blank(character):
            return character
    return " "


def neutral(text: str) -> str:
    """Return a text as it may stand in a cell: no program takes it for a formula."""
    if _begins_plainly(text):
        return text
    return MARK + text if _needs_mark(text) else text


def restored(cell: str) -> str:
    """Return the text that :func:`neutral` was given."""
    return cell[1:] if cell.startswith(MARK) and _needs_mark(cell[1:]) else cell


def _needs_mark(text: str) -> bool:
    """Whether it is a formula, or one that has marks before it already."""
    return is_formula(text.lstrip(MARK))
