"""The repository itself: locked without addresses, and nothing of others committed."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json", ".npmrc"])
def test_lock_files_hold_no_address(name):
    assert not re.search(r"://|--find-links|--index-url|@ file", (ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_a_hash(name):
    for entry in re.split(r"\n(?=\S)", (ROOT / name).read_text("utf-8")):
        if not entry.startswith("#"):
            assert re.match(r"[a-z0-9.-]+==\S+", entry), entry.splitlines()[0]
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_runtime_lock_answers_every_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.match(r"[a-z0-9-]+", line)[0] for line in project["dependencies"]}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / LOCKS[0]).read_text("utf-8"), re.M))
    assert wanted <= locked


def test_every_front_end_package_is_locked_by_its_hash():
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name


def test_tests_lie_flat():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_python_files_stay_readable():
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for package in ("geo", "layers", "webapp")
        for path in (ROOT / package).rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 420
    }
    assert long == {}, "a module that outgrows about 400 lines becomes a folder of the same name"
