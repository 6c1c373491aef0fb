"""Figures as a report writes them; unknown is a dash, never 0. Units are those of layers.units."""

from __future__ import annotations

from layers import units

DASH = "—"


def hectares(area_m2: float | None) -> str:
    """An area of land in hectares; more digits where two would say nothing."""
    if area_m2 is None:
        return DASH
    value = area_m2 / units.M2_PER_HECTARE
    return f"{value:.4f}" if 0 < value < 0.01 else f"{value:,.2f}"


def mu(area_m2: float | None) -> str:
    """An area of land in mu."""
    if area_m2 is None:
        return DASH
    return f"{area_m2 / units.M2_PER_HECTARE * units.MU_PER_HECTARE:,.1f}"


def km(length_m: float | None) -> str:
    """A length in kilometres."""
    return DASH if length_m is None else f"{length_m / 1000:,.2f}"


def metres(length_m: float | None) -> str:
    """A length in whole metres."""
    return DASH if length_m is None else f"{length_m:,.0f}"


def percent(share: float | None) -> str:
    """A share in per cent with its sign."""
    return DASH if share is None else f"{share * 100:+.1f}%"


def area(kind: str, value: float | None, lang: str) -> str:
    """A stated figure in the units of its kind."""
    if value is None:
        return DASH
    write = units.STATED.get(kind)
    return f"{value:g}" if write is None else " = ".join(one.in_(lang) for one in write(value))


def land_both(value: float | None, lang: str) -> str:
    """An area of land in both of its units."""
    return area("land", value, lang)
