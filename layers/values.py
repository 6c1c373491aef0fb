"""What a value of a row is before anything is known of its field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

_TEXT = {str}
#: Values that are themselves and never "not known", by their type.
_KNOWN = {int, bool, list, dict}


def is_missing(value: Any) -> bool:
    """None, NaN and a blank text are all "not known"; an empty list is a list."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return not value.strip()
    return isinstance(value, float) and value != value


def known(values: Sequence[Any]) -> list[Any]:
    """The same values, None for each that is missing.

    A column of texts or whole numbers, as most are, is gone through without asking each value.
    """
    types = set(map(type, values)) - {type(None)}
    if types <= _KNOWN:
        return list(values)
    if types == _TEXT:
        return [value if value and not value.isspace() else None for value in values]
    return [None if is_missing(value) else value for value in values]
