"""What a person decided about the fields of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from geo.types import Text

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class FieldMapping:
    """Where each field of a layer comes from.

    Attributes
    ----------
    fields
        Source field by field of the layer. One source field may feed several.
    constants
        The value of every row, by field of the layer. It stands where the source has none.
    values
        By field of the layer: what the file writes, and the value of the catalog that it means.
        Titles of values need no entry: 新建 and “Build” are known by themselves.
    make_ids
        Whether rows without an id are given one, made of their name or their shape.
    because
        Why each field was proposed; no part of the decision, and never compared or kept.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    make_ids: bool = False
    because: Mapping[str, Text] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        values = {name: _frozen(table) for name, table in self.values.items() if table}
        for name, table in (
            ("fields", self.fields),
            ("constants", self.constants),
            ("values", values),
            ("because", self.because),
        ):
            object.__setattr__(self, name, _frozen(table))

    __hash__ = None  # type: ignore[assignment]

    def to_dict(self) -> dict[str, Any]:
        """The mapping as JSON."""
        return {
            "fields": dict(self.fields),
            "constants": dict(self.constants),
            "values": {name: dict(table) for name, table in self.values.items()},
            "make_ids": self.make_ids,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> FieldMapping:
        """Read what :meth:`to_dict` wrote."""
        return cls(
            fields=value.get("fields", {}),
            constants=value.get("constants", {}),
            values=value.get("values", {}),
            make_ids=bool(value.get("make_ids")),
        )


def _frozen(table: Mapping[Key, Value]) -> Mapping[Key, Value]:
    return MappingProxyType(dict(table))
