"""Is a layer's content what its entry in the catalog says? Every problem of every row."""

from layers.quality.drawn import OVERLAP, STATED, measure, overlaps, stated_apart
from layers.quality.rows import REQUIRED, check

__all__ = ["OVERLAP", "REQUIRED", "STATED", "check", "measure", "overlaps", "stated_apart"]
