"""A played consultation for a fresh server: what a visitor sees when the whole thing is alive.

Everything goes through the rules of :mod:`webapp.consultation`, with a clock that is set; nothing
is written past them. The residents and their words are invented, and the notice says so.
"""

from webapp.demo.playing import Played, Stage, arriving, play

__all__ = ["Played", "Stage", "arriving", "play"]
