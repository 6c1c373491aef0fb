"""Settings come from the environment and are checked, all at once and by their names."""

from pathlib import Path

import pytest

from geo.errors import InputError
from webapp.meanings import MEANINGS, PREFIX
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in MEANINGS:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_every_setting_has_its_meaning():
    assert MEANINGS.keys() == Settings.model_fields.keys()


def test_defaults():
    assert Settings.read() == Settings(
        data=Path("huitu-data"), host="127.0.0.1", port=8000, workers=2, lang="zh"
    )


def test_the_environment(monkeypatch):
    monkeypatch.setenv("HUITU_PORT", "8791")
    monkeypatch.setenv("HUITU_LANG", "en")
    monkeypatch.setenv("HUITU_EMBED_ANCESTORS", "https://a.example, *.b.example:8443")
    monkeypatch.setenv("HUITU_URL_PREFIX", "huitu/")
    settings = Settings.read()
    assert (settings.port, settings.lang) == (8791, "en")
    assert settings.embed_ancestors == ("https://a.example", "*.b.example:8443")
    assert settings.url_prefix == "/huitu"


def test_an_option_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("HUITU_PORT", "8791")
    assert Settings.read(port="9000", host=None).port == 9000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "65536"),
        ("port", "http"),
        ("workers", "0"),
        ("lang", "fr"),
        ("host", "bad host"),
        ("embed_ancestors", "https://a.example; script-src *"),
        ("embed_ancestors", "'unsafe-inline'"),
        ("embed_ancestors", "https://a.example/path"),
        ("url_prefix", '/"><script>'),
    ],
)
def test_a_wrong_setting_is_told_by_its_name_and_meaning(name, value):
    with pytest.raises(InputError) as caught:
        Settings.read(**{name: value})
    [problem] = caught.value.problems
    assert f"HUITU_{name.upper()}" in problem.message("zh")
    assert MEANINGS[name].en in problem.hint("en")


def test_every_wrong_setting_is_told_at_once():
    with pytest.raises(InputError) as caught:
        Settings.read(port="x", lang="fr")
    assert len(caught.value.problems) == 2
