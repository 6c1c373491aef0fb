"""Reading foreign files in a process of its own, which can do nothing else.

:func:`read` and :func:`look` are those of :mod:`geo.files`, with the same parameters and answers.
The child opens the file, gives up everything it does not need (:mod:`~geo.files.confined.cage`),
and only then looks at a byte of it. What it found crosses as data (JSON and well-known binary)
that is looked at as if a stranger had sent it. What the child dies of becomes a problem in words.
"""

from __future__ import annotations

from geo.files.confined.parent import STANDARD, Confinement, look, read
from geo.files.confined.rooms import Room

__all__ = ["STANDARD", "Confinement", "Room", "look", "read"]
