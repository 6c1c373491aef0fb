"""Consultation of the public (公示与意见征询): the rules of a fair procedure, free of flask.

A notice (``tables.Notice``) announces a draft of the plan for as long as its procedure demands; an
opinion gets a receipt, is shown or withheld, never edited, and gets a decision with a reason.
What is done is in the log (:mod:`webapp.journal`), chained, within the transaction that does it.
"""
