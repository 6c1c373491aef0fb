"""What a version of a layer is, how it gets its name, and a publication of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers.ingest import CLEANING_VERSION
from layers.spec import LayerSpec


@dataclass(frozen=True)
class Version:
    """One immutable state of a layer.

    Attributes
    ----------
    layer, id
        The layer and the version's name, 12 hexadecimal digits.
    file, sha256, size_bytes
        The source that it was made from.
    rows_in, features, located
        Rows read, features kept, and how many of them have a geometry.
    cleaning
        Version of the cleaning code.
    software
        Name and version of the program that published it.
    problems
        Warnings and notes of the report, as JSON in both languages.
    """

    layer: str
    id: str
    file: str
    sha256: str
    size_bytes: int
    rows_in: int
    features: int
    located: int
    cleaning: str
    software: str
    problems: Mapping[str, list[dict[str, Any]]]

    @property
    def unlocated(self) -> int:
        """How many features have no geometry (未定位)."""
        return self.features - self.located


@dataclass(frozen=True)
class Publication:
    """One move of a layer's pointer: which version, when (UTC, ISO 8601), by whom and why.

    ``back``: somebody published an older version again; nothing was read and nothing built.
    ``own``: it was read from the layer's own file in the data folder, not from another.
    """

    version: str
    at: str
    by: str
    reason: str
    back: bool = False
    own: bool = False


def version_id(spec: LayerSpec, sha256: str, options: Mapping[str, object]) -> str:
    """Name a version by what it is made of: source bytes, the layer's entry, cleaning code."""
    made_of = {
        "source": sha256,
        "spec": spec.model_dump(mode="json"),
        "cleaning": CLEANING_VERSION,
        "options": dict(options),
    }
    text = json.dumps(made_of, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
