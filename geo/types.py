"""Small values that travel through the whole program."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

#: Told how many steps of how many are done.
Told: TypeAlias = Callable[[int, int], None]


def nobody(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text in the two languages of the product.

    Attributes
    ----------
    zh, en
        Chinese and English.
    """

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the English text for ``en`` and its variants, the Chinese one for all else."""
        return self.en if lang.lower().startswith("en") else self.zh


_LISTED, _LONGEST_NAME = 10, 40


def listing(names: Iterable[str]) -> Text:
    """Write names one after another: the first ten, each cut when long; a dash for none."""
    found = list(names)
    shown = [name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…" for name in found]
    shown = [*shown[:_LISTED], "…"] if len(found) > _LISTED else shown
    return Text(zh="、".join(shown) or "—", en=", ".join(shown) or "—")


@dataclass(frozen=True, slots=True)
class BBox:
    """A box in degrees of longitude and latitude: west, south, east, north.

    Raises
    ------
    ValueError
        An edge is not finite or out of range, or the edges are not in order. A box over the
        antimeridian is not supported.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(edge) for edge in self.as_tuple()):
            raise ValueError("a bbox is four finite numbers: west, south, east, north")
        if not -180 <= self.west <= self.east <= 180:
            raise ValueError("a bbox needs -180 <= west <= east <= 180")
        if not -90 <= self.south <= self.north <= 90:
            raise ValueError("a bbox needs -90 <= south <= north <= 90")

    @classmethod
    def parse(cls, text: str) -> BBox:
        """Read ``"west,south,east,north"``; anything else is a ValueError."""
        parts = text.split(",")
        if len(parts) != 4:
            raise ValueError("a bbox is four numbers: west,south,east,north")
        try:
            edges = [float(part) for part in parts]
        except ValueError:
            raise ValueError("a bbox is four numbers: west,south,east,north") from None
        return cls(*edges)

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return (west, south, east, north), the order of shapely and of RFC 7946."""
        return self.west, self.south, self.east, self.north

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a position lies inside or on the edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north

    def __str__(self) -> str:
        return ",".join(f"{edge:.10g}" for edge in self.as_tuple())
