"""The sample becomes a data folder where there is none, and never where there is anything."""

import pytest

from geo.errors import InputError
from webapp import sample as samples


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """An installation whose shared data has a sample."""
    place = tmp_path / "prefix" / "share" / "huitu"
    place.mkdir(parents=True)
    (place / "catalog.toml").write_text("[zone]")
    (place / "roads.geojson").write_text("{}")
    (place / "published").mkdir()
    monkeypatch.setattr(samples, "_candidates", lambda: [tmp_path / "empty", place])
    return place


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_with_nothing_becomes_the_sample(installed, tmp_path, exists):
    folder = tmp_path / "huitu-data"
    if exists:
        folder.mkdir()
    assert samples.ensure(folder) is True
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.toml", "roads.geojson"]
    assert samples.ensure(folder) is False


def test_a_copy_that_was_cut_short_is_made_again(installed, tmp_path):
    half = tmp_path / ".huitu-data.part"
    half.mkdir()
    (half / "half").write_text("")
    assert samples.ensure(tmp_path / "huitu-data") is True
    assert not half.exists()
    assert not (tmp_path / "huitu-data" / "half").exists()


def test_a_folder_with_anything_is_never_written_to(installed, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"catalog\.toml"):
        samples.ensure(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_without_a_sample_the_folder_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "_candidates", list)
    with pytest.raises(InputError, match=r"catalog\.toml"):
        samples.ensure(tmp_path / "huitu-data")


def test_a_data_folder_is_left_as_it_is(town):
    before = sorted(town.iterdir())
    assert samples.ensure(town) is False
    assert sorted(town.iterdir()) == before
