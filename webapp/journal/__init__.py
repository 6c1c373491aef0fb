"""The log (留痕): what was done, by whom and when; appended to, never changed.

Each entry carries the hash of the one before it, so that a change behind the program's back shows.
"""

from webapp.journal.actions import ACTIONS, Action
from webapp.journal.chain import Broken, Verdict, append, head, holds, verify
from webapp.journal.heads import Noted, contradicted, note, noted
from webapp.journal.publications import catch_up
from webapp.journal.reading import Wanted, entries, entries_of
from webapp.journal.tables import Entry

__all__ = [
    "ACTIONS",
    "Action",
    "Broken",
    "Entry",
    "Noted",
    "Verdict",
    "Wanted",
    "append",
    "catch_up",
    "contradicted",
    "entries",
    "entries_of",
    "head",
    "holds",
    "note",
    "noted",
    "verify",
]
