"""The pure modules of the map page, tested by Node's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", sorted(path.name for path in TESTS.glob("js_*.test.mjs")))
def test_the_scripts_pass_their_own_tests(name: str) -> None:
    run = subprocess.run(
        ["node", "--test", str(TESTS / name)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
