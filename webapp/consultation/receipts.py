"""Receipts: the key of an author to the status of their opinion, e.g. ``HS-2026-003-7F3K9-2QXMH``.

The zone's letters, the notice, nine random characters and a check character. Random are 45 bits:
with fewer somebody could find receipts of others by trying, and read what was withheld.
"""

from __future__ import annotations

import re
import secrets

#: Crockford's base 32: no I, L, O, U, which are read as 1, 1, 0 or as a word.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM = 9
_HALF = 5
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_SHAPE = re.compile(r"([A-Z]{1,6})-?([0-9]{4})-?([0-9]{3,5})-?([0-9A-Z]{5})-?([0-9A-Z]{5})")
_BLANKS = re.compile(r"[\s\u2010-\u2015\u2212\uff0d_./]+")


def make(prefix: str, notice_id: str) -> str:
    """A new receipt for a notice ``YYYY-NNN``."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return _written(prefix, notice_id, code + check_character(code))


def parse(typed: str) -> str | None:
    """The receipt that somebody typed or read out; None where it cannot be one.

    Lower case, blanks and other dashes are understood; a wrong or exchanged character is noticed.
    """
    found = _SHAPE.fullmatch(_BLANKS.sub("-", typed.strip()).upper())
    if found is None:
        return None
    prefix, year, number, first, second = found.groups()
    code = (first + second).translate(_READ_AS)
    if any(one not in ALPHABET for one in code) or check_character(code[:-1]) != code[-1]:
        return None
    return _written(prefix, f"{year}-{number}", code)


def check_character(code: str) -> str:
    """Luhn's check modulo 32: every wrong character and nearly every exchange of two shows."""
    total = 0
    for place, one in enumerate(reversed(code)):
        doubled = ALPHABET.index(one) * (2 if place % 2 == 0 else 1)
        total += sum(divmod(doubled, len(ALPHABET)))
    return ALPHABET[-total % len(ALPHABET)]


def _written(prefix: str, notice_id: str, code: str) -> str:
    return f"{prefix}-{notice_id}-{code[:_HALF]}-{code[_HALF:]}"
