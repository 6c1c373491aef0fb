"""The front-end libraries: present, unchanged, licensed, and without a foreign address."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from layers.fonts.making import PACKAGE
from webapp import assets
from webapp.assets import ASSETS, VENDOR, Asset, AssetError, AssetFile, asset_path

ROOT = Path(__file__).parent.parent


@pytest.fixture
def node_modules(tmp_path, monkeypatch):
    """A node_modules folder with one small library, and a table that names it."""
    source = tmp_path / "node_modules" / "bridge" / "dist" / "bridge.js"
    source.parent.mkdir(parents=True)
    source.write_bytes(b"let bridge;")
    entry = AssetFile(
        "bridge/dist/bridge.js", "bridge.js", hashlib.sha256(b"let bridge;").hexdigest()
    )
    monkeypatch.setattr(assets, "ASSETS", (Asset("bridge", "1.2.3", "MIT", (entry,)),))
    return tmp_path / "node_modules"


def test_every_installed_file_is_the_one_that_was_reviewed():
    assert assets.problems() == ()


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.name)
def test_each_library_carries_its_licence(asset):
    text = (VENDOR / asset.folder / "LICENSE").read_text("utf-8")
    assert "Redistribution" in text or "Permission is hereby granted" in text


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset.name)
def test_the_table_and_the_package_file_name_the_same_version(asset):
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert wanted[asset.name] == asset.version


def test_every_library_of_the_package_file_is_in_the_table():
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert set(wanted) == {PACKAGE, *(asset.name for asset in ASSETS)}


def test_style_sheets_ask_only_for_files_beside_them():
    for sheet in VENDOR.rglob("*.css"):
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", sheet.read_text("utf-8")):
            if address.startswith(("data:", "#")):
                continue
            assert (sheet.parent / address).is_file(), f"{sheet.name} asks for {address}"


def test_no_script_needs_eval():
    for script in VENDOR.rglob("*.js"):
        assert not re.search(r"\beval\(|new Function\(", script.read_text("utf-8")), script.name


def test_path_below_static():
    assert asset_path("leaflet", "images/layers.png") == "vendor/leaflet-1.9.4/images/layers.png"


def test_an_unknown_file_is_refused():
    with pytest.raises(AssetError, match=r"no asset 'leaflet\.png' of 'leaflet'"):
        asset_path("leaflet", "leaflet.png")


def test_install_copies_and_removes_what_the_table_does_not_name(node_modules, tmp_path):
    vendor = tmp_path / "vendor"
    (vendor / "bridge-1.0.0").mkdir(parents=True)
    assert assets.install(node_modules, vendor) == 1
    assert [path.relative_to(vendor).as_posix() for path in vendor.rglob("*.js")] == [
        "bridge-1.2.3/bridge.js"
    ]
    assert assets.problems(vendor) == ()


def test_a_changed_file_is_refused_and_nothing_is_copied(node_modules, tmp_path):
    (node_modules / "bridge" / "dist" / "bridge.js").write_bytes(b"let tunnel;")
    with pytest.raises(AssetError, match="not the file that was reviewed"):
        assets.install(node_modules, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_a_missing_file_is_told_with_the_command_that_mends_it(tmp_path):
    with pytest.raises(SystemExit) as told:
        assets.main([str(tmp_path)])
    assert "leaflet.js is missing: run `npm ci`" in str(told.value)
