"""The report on how opinions were adopted (意见采纳情况报告), attached to the file for approval.

``gather`` reads everything that is told, ``compose`` makes the pages of it, ``tables`` the sheets:
what stands in a PDF, a DOCX, a web page, an XLSX and a CSV is the same, and its inputs have one
hash.
"""

from webapp.consultation.report.composing import compose
from webapp.consultation.report.gathering import Gathered, gather
from webapp.consultation.report.hashing import inputs_hash
from webapp.consultation.report.sheets import tables
from webapp.consultation.report.writing import FORMATS, write

__all__ = ["FORMATS", "Gathered", "compose", "gather", "inputs_hash", "tables", "write"]
