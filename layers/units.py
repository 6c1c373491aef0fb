"""Figures in the units that planners write them in. Converted once from metres, rounded only here.

1 公顷 = 10,000 ㎡ = 15 亩. Floor area is never shown in 公顷 or 亩: they are units of land.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from geo.types import Text

M2_PER_HECTARE = 10_000
MU_PER_HECTARE = 15
M2_PER_WAN = 10_000


def _number(value: float, decimals: int) -> str:
    """Thousands separated, at most ``decimals`` places, no trailing zeros."""
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _same(values: list[tuple[str, str, str]]) -> tuple[Text, ...]:
    return tuple(Text(zh=f"{number} {zh}", en=f"{number} {en}") for number, zh, en in values)


def land(area_m2: float) -> tuple[Text, ...]:
    """Land area in 公顷 and 亩; below one hectare in ㎡ and 亩."""
    hectares = area_m2 / M2_PER_HECTARE
    mu = _number(hectares * MU_PER_HECTARE, 2 if hectares < 1 else 1)
    if hectares < 1:
        return _same([(_number(area_m2, 0), "㎡", "m²"), (mu, "亩", "mu")])
    return _same([(_number(hectares, 2), "公顷", "ha"), (mu, "亩", "mu")])


def land_change(before_m2: float, after_m2: float) -> Text:
    """Two areas in one unit with the share by which they differ: ``12.30 → 13.05 公顷（+6.1 %）``.

    In 公顷 once either reaches one; with as many decimals as it takes to tell them apart.
    """
    if max(before_m2, after_m2) < M2_PER_HECTARE:
        return _change(before_m2, after_m2, (0, 2), "㎡", "m²")
    return _change(before_m2 / M2_PER_HECTARE, after_m2 / M2_PER_HECTARE, (2, 4), "公顷", "ha")


def length_change(before_m: float, after_m: float) -> Text:
    """Two lengths as :func:`land_change` has areas: in km once either reaches one, else in m."""
    if max(before_m, after_m) < 1000:
        return _change(before_m, after_m, (0, 1), "m", "m")
    return _change(before_m / 1000, after_m / 1000, (2, 4), "km", "km")


def _change(before: float, after: float, decimals: tuple[int, int], zh: str, en: str) -> Text:
    least, most = decimals
    while least < most and f"{before:.{least}f}" == f"{after:.{least}f}":
        least += 1
    figures, share = f"{before:,.{least}f} → {after:,.{least}f}", percent(before, after)
    return Text(zh=f"{figures} {zh}（{share}）", en=f"{figures} {en} ({share})")


def percent(before: float, after: float) -> str:
    """By how much a figure changed: ``+6.1 %``; small changes with two decimals."""
    if not before:
        return "—"
    change = 100 * (after - before) / before
    text = f"{change:+.{2 if abs(change) < 0.95 else 1}f}".replace("-", "−")
    return f"{text.replace('+0.00', '±0.00').replace('−0.00', '±0.00')} %"


def floor(area_m2: float) -> tuple[Text, ...]:
    """Floor area in 万㎡ only."""
    return (
        Text(
            zh=f"{_number(area_m2 / M2_PER_WAN, 2)} 万㎡",
            en=f"{_number(area_m2, 0)} m² of floor",
        ),
    )


def length(length_m: float) -> tuple[Text, ...]:
    """Length in km from one kilometre on, else in m."""
    if length_m >= 1000:
        return _same([(_number(length_m / 1000, 2), "km", "km")])
    return _same([(_number(length_m, 0), "m", "m")])


def count(value: float) -> tuple[Text, ...]:
    """A number of places."""
    return (Text(zh=f"{_number(value, 0)} 个", en=_number(value, 0)),)


#: How a stated figure of each kind is written.
STATED: Mapping[str, Callable[[float], tuple[Text, ...]]] = MappingProxyType(
    {"land": land, "floor": floor, "count": count, "length": length}
)
#: How a drawn figure of each kind is written; a point has none.
DRAWN: Mapping[str, Callable[[float], tuple[Text, ...]]] = MappingProxyType(
    {"area": land, "length": length}
)
