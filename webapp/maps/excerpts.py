"""The large layers of a map that is one file: as much of each as the file has room for."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from layers.excerpt import Excerpt, excerpt, need, shares
from layers.plan import Plan

#: The letters that stand for three bytes.
_LETTERS, _BYTES = 4, 3


def excerpts(plan: Plan, most_mb: float) -> dict[str, Excerpt]:
    """As much of each large layer as there is room for in so many megabytes of the file together.

    Raises
    ------
    InputError
        Not one feature of a layer has room.
    """
    large = [layer for layer in plan.layers if plan.store.is_large(plan.version(layer.id))]
    needs = {layer.id: need(plan.store, plan.version(layer.id)) for layer in large}
    rooms = shares(needs, int(most_mb * 1_000_000) * _BYTES // _LETTERS)
    return {
        layer.id: excerpt(plan.store, layer, plan.version(layer.id), rooms[layer.id])
        for layer in large
    }


def letters(part: Excerpt) -> Markup:
    """The packed features as letters that end no element."""
    return Markup(base64.b64encode(part.packed).decode())  # noqa: S704


def told(catalog: Mapping[str, Any], parts: Mapping[str, Excerpt]) -> dict[str, Any]:
    """The catalog of ``/layers`` as it is true in the file: it counts what the file has."""
    return {**catalog, "layers": list(_layers(catalog["layers"], parts))}


def _layers(layers: list[dict[str, Any]], parts: Mapping[str, Excerpt]) -> Iterator[dict[str, Any]]:
    for layer in layers:
        part = parts.get(layer["id"])
        if part is None or part.is_whole:
            yield layer
            continue
        rest = part.features - part.located
        counts = {"features": part.features, "located": part.located, "unlocated": rest}
        chosen = {"features": part.features, "of": part.of}
        left = {name: value for name, value in layer.items() if name != "unclassified"}
        yield {**left, "counts": counts, "excerpt": chosen}
