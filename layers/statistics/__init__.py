"""Statistics that can be defended: counts, lengths, areas, overlaps, and where each comes from.

gross is the sum of the parts, net the area of their union, overlap = gross - net. A shape across
two districts is split at the line. What is not known is None, never 0.
"""

from layers.statistics.analyses import ANALYSES, Analysis, analyse
from layers.statistics.answering import NAMES, answer
from layers.statistics.answers import Answer
from layers.statistics.boundary import read_boundary
from layers.statistics.groups import GROUPS, Group, Key
from layers.statistics.indicators import INDICATORS, Indicator
from layers.statistics.marks import MARKS, Mark
from layers.statistics.overlaps import Overlaps, Pair, overlaps
from layers.statistics.provenance import METHODS, Provenance, provenance
from layers.statistics.question import Question, check
from layers.statistics.stated import Comparison, StatedTable, stated
from layers.statistics.table import Row, Table, table

__all__ = [
    "ANALYSES",
    "GROUPS",
    "INDICATORS",
    "MARKS",
    "METHODS",
    "NAMES",
    "Analysis",
    "Answer",
    "Comparison",
    "Group",
    "Indicator",
    "Key",
    "Mark",
    "Overlaps",
    "Pair",
    "Provenance",
    "Question",
    "Row",
    "StatedTable",
    "Table",
    "analyse",
    "answer",
    "check",
    "overlaps",
    "provenance",
    "read_boundary",
    "stated",
    "table",
]
