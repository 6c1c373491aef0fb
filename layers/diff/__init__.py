"""What differs between two versions of a layer, in words and figures.

Features are matched by their id, else by their shape. Each has at most one change of its shape and
one set of changed attributes. The single differences add up to the difference of the statistics.
"""

from layers.diff.comparing import CLASS_FIELD, difference
from layers.diff.model import (
    CLASSES,
    Balance,
    Change,
    ClassOfChange,
    Difference,
    FieldChange,
    ShapeChange,
    Side,
    Sums,
)
from layers.diff.words import sentence

__all__ = [
    "CLASSES",
    "CLASS_FIELD",
    "Balance",
    "Change",
    "ClassOfChange",
    "Difference",
    "FieldChange",
    "ShapeChange",
    "Side",
    "Sums",
    "difference",
    "sentence",
]
