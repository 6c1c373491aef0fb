"""Drafts: a layer edited feature by feature, seen by planners only until it is published.

Every edit is one more row and none is ever changed, so that nothing of anybody is lost: what holds
for a feature is its last edit, and undoing is an edit too.
"""

from webapp.desk.drafts.carrying import CarryConflict, carry, conflicts
from webapp.desk.drafts.content import Content
from webapp.desk.drafts.editing import (
    NOUN,
    Conflict,
    begin,
    discard,
    drafts,
    edits,
    latest,
    named,
    note,
    notes,
    redo,
    save,
    undo,
)
from webapp.desk.drafts.publishing import Prepared, prepare, publish
from webapp.desk.drafts.tables import Draft, Edit

__all__ = [
    "NOUN",
    "CarryConflict",
    "Conflict",
    "Content",
    "Draft",
    "Edit",
    "Prepared",
    "begin",
    "carry",
    "conflicts",
    "discard",
    "drafts",
    "edits",
    "latest",
    "named",
    "note",
    "notes",
    "prepare",
    "publish",
    "redo",
    "save",
    "undo",
]
