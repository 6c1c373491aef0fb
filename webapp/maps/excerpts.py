"""The large layers of a map that is one file: as much of each as the file has room for."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from layers.excerpt import Excerpt, excerpt, need
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
    store, parts = plan.store, {}
    large = [layer for layer in plan.layers if store.is_large(plan.version(layer.id))]
    left = int(most_mb * 1_000_000) * _BYTES // _LETTERS
    large.sort(key=lambda layer: need(store, plan.version(layer.id)))
    for done, layer in enumerate(large):
        # Who needs less than a fair share leaves the rest to the larger ones.
        room = left // (len(large) - done)
        parts[layer.id] = excerpt(store, layer, plan.version(layer.id), room)
        left -= len(parts[layer.id].packed)
    return parts


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
