"""The application's database: what people do, beside the layers, which are files.

SQLite in the data folder by default, PostgreSQL by one setting. Tables stand beside the rules that
use them (``webapp/accounts/tables.py`` ...); this package knows none of them.
"""

from webapp.database.access import close, database, install, of
from webapp.database.engine import FULL, Busy, Database, Full
from webapp.database.schema import HEAD, Schema
from webapp.database.tables import Json, Moment, Table, now

__all__ = [
    "FULL",
    "HEAD",
    "Busy",
    "Database",
    "Full",
    "Json",
    "Moment",
    "Schema",
    "Table",
    "close",
    "database",
    "install",
    "now",
    "of",
]
