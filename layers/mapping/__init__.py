"""Which field of a file is which of a layer: proposed, decided by a person, applied."""

from layers.mapping.model import FieldMapping

__all__ = ["FieldMapping"]
