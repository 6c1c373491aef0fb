"""Which field of a file is which of a layer: proposed, decided by a person, applied."""

from layers.mapping.applying import WITHOUT_SOURCE, apply
from layers.mapping.model import FieldMapping
from layers.mapping.proposing import SourceField, propose

__all__ = ["WITHOUT_SOURCE", "FieldMapping", "SourceField", "apply", "propose"]
