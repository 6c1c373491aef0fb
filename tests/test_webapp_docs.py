"""What the documents say of the desk is what the program does."""

import re
from pathlib import Path

from webapp.meanings import MEANINGS as SETTINGS
from webapp.meanings import PREFIX
from webapp.roles import MEANINGS, ROLES

DESK = (Path(__file__).parent.parent / "docs" / "desk.md").read_text("utf-8")


def rows(beginning):
    """The rows of the table whose first heading is this."""
    table = DESK.split(f"\n| {beginning} |", 1)[1].split("\n\n", 1)[0]
    return [re.split(r" \| ", line.strip("| ")) for line in table.splitlines()[2:]]


def test_the_roles():
    wanted = [[f"`{role}`", title.zh, MEANINGS[role].en] for role, title in ROLES.items()]
    assert rows("role") == wanted


def test_the_settings():
    wanted = [[f"`{PREFIX}{name.upper()}`", meaning.en] for name, meaning in SETTINGS.items()]
    assert rows("variable") == wanted
