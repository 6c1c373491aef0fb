"""The search for garbage waits for the last who asked, and comes back after a fault."""

from __future__ import annotations

import gc

import pytest

from geo import garbage


def test_it_waits_for_the_last() -> None:
    assert gc.isenabled()
    with garbage.kept():
        with garbage.kept():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_a_fault() -> None:
    with pytest.raises(ValueError, match="full"), garbage.kept():
        raise ValueError("full")
    assert gc.isenabled()
