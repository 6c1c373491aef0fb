"""Statistics that can be defended: counts, lengths, areas, overlaps, and where each comes from.

gross is the sum of the parts, net the area of their union, overlap = gross - net. A shape across
two districts is split at the line. What is not known is None, never 0.
"""

from layers.statistics.boundary import read_boundary
from layers.statistics.groups import GROUPS, Group, Key
from layers.statistics.marks import MARKS, Mark
from layers.statistics.question import Question, check
from layers.statistics.table import Row, Table, table

__all__ = [
    "GROUPS",
    "MARKS",
    "Group",
    "Key",
    "Mark",
    "Question",
    "Row",
    "Table",
    "check",
    "read_boundary",
    "table",
]
