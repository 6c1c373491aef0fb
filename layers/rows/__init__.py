"""The rows of a large version: an index beside it, and what is asked of it."""

from layers.rows.asking import Found, Rows, Told, around, collection
from layers.rows.index import ROWS, RowIndex, read, verify, write

__all__ = [
    "ROWS",
    "Found",
    "RowIndex",
    "Rows",
    "Told",
    "around",
    "collection",
    "read",
    "verify",
    "write",
]
