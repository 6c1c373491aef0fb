"""From what a file writes to the types of a layer: numbers, years and lists in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from layers.spec import FieldType

_LONGEST_NUMBER = 40
#: Words that multiply, and units that leave a number of metres, square metres or things as it is.
_NUMBER = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([万亿])?\s*(?:平方米|米|m2|m|个|处|条)?"
)
_TIMES: Mapping[str | None, int] = MappingProxyType({None: 1, "万": 10_000, "亿": 100_000_000})
_YEAR = re.compile(r"([12]\d{3})\s*(?:年.*|[-/.]\d{1,2}(?:[-/.]\d{1,2})?(?:[ T].*)?)?")
_BETWEEN = re.compile(r"[、，,;；|\n]+")


def convert(value: Any, kind: FieldType) -> Any:
    """A value in the type of a field; what cannot be one stays as it is."""
    return _CONVERT[kind](value)


def _text(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    return value


def _number(value: Any) -> Any:
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return value
    match = _NUMBER.fullmatch(_narrow(value))
    if match is None:
        return value
    number = Decimal(match[1].replace(",", "")) * _TIMES[match[2]]
    return int(number) if number == number.to_integral_value() else float(number)


def _integer(value: Any) -> Any:
    number = _number(value)
    return number if isinstance(number, int) else value


def _year(value: Any) -> Any:
    if isinstance(value, date):
        return value.year
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return value
    match = _YEAR.fullmatch(_narrow(value))
    return value if match is None else int(match[1])


def _list(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in _BETWEEN.split(value) if part.strip()]


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


_CONVERT: Mapping[FieldType, Callable[[Any], Any]] = MappingProxyType(
    {"text": _text, "number": _number, "integer": _integer, "year": _year, "list": _list}
)
