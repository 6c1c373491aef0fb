"""The command line: quick, in two languages, and without a traceback whatever it meets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from geo import files
from geo.files import confined
from layers.publishing import Source
from webapp.cli import main
from webapp.console import chosen_language
from webapp.publishing import Deployment

HEAVY = ("pandas", "geopandas", "folium", "shapely", "pyogrio", "flask", "pydantic")


@pytest.fixture
def huitu(capsys, monkeypatch):
    """Run the command in this process: exit code, what it said, what it complained of."""
    monkeypatch.delenv("HUITU_LANG", raising=False)
    monkeypatch.delenv("HUITU_DATA", raising=False)

    def run(*args):
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(arg) for arg in args])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def break_a_street(town):
    """Swap the axes of one street."""
    path = town / "streets.geojson"
    collection = json.loads(path.read_text("utf-8"))
    line = collection["features"][0]["geometry"]["coordinates"]
    collection["features"][0]["geometry"]["coordinates"] = [[y, x] for x, y in line]
    path.write_text(json.dumps(collection, ensure_ascii=False), "utf-8")
    return path


# ---------------------------------------------------------------- help and language


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from webapp.cli import commands; from webapp.translating import Voice;"
        "commands(Voice('en'));"
        f"print(*[m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "\n", "")


def test_help_in_chinese_and_in_english(huitu):
    code, chinese, _ = huitu("--help")
    assert code == 0
    assert "用法：" in chinese
    assert "发布尚未发布的图层" in chinese
    assert "Show this message" not in chinese
    code, english, _ = huitu("--lang", "en", "--help")
    assert "Usage:" in english
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english)


@pytest.mark.parametrize("command", ["serve", "publish", "layers", "check", "map"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_command_has_its_help(huitu, command, lang):
    code, said, _ = huitu(command, "--help", "--lang", lang)
    assert code == 0
    assert "--data" in said
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said) is (lang == "zh")


def test_version(huitu):
    code, said, _ = huitu("--version")
    assert code == 0
    assert said.startswith("huitu 0.")


@pytest.mark.parametrize(
    ("args", "environ", "lang"),
    [
        ([], {}, "zh"),
        ([], {"HUITU_LANG": "en"}, "en"),
        (["layers", "--lang", "zh"], {"HUITU_LANG": "en"}, "zh"),
        (["--lang=en", "layers"], {}, "en"),
        (["--lang", "fr"], {}, "zh"),
        (["layers", "--lang"], {}, "zh"),
    ],
)
def test_the_language(args, environ, lang):
    assert chosen_language(args, environ) == lang


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["check"], "缺少"),
        (["layers", "--colour"], "没有选项 --colour"),
        (["layers", "--lang", "fr"], "--lang"),
        (["fly"], "没有命令 fly"),
        (["layres"], "是不是 layers"),
        (["layers", "a", "b"], "多出的内容：a b"),
    ],
)
def test_a_wrong_command_is_told_in_a_sentence(huitu, args, complaint):
    code, _, complained = huitu(*args)
    assert code == 2
    assert complaint in complained
    assert "--help" in complained


# ---------------------------------------------------------------- check, publish, layers


def test_check_finds_nothing_wrong_and_publishes_nothing(huitu, town):
    code, said, _ = huitu("check", town / "streets.geojson", "--data", town)
    assert code == 0
    assert "可以发布" in said
    assert not (town / "published").exists()


def test_check_tells_what_is_wrong_and_publishes_nothing(huitu, town):
    path = break_a_street(town)
    code, said, complained = huitu("check", path, "--data", town)
    assert code == 1
    assert "第 1 行" in said
    assert "不能发布" in said
    assert complained == ""
    code, said, _ = huitu("check", path, "--data", town, "--lang", "en")
    assert code == 1
    assert "row 1" in said
    assert "cannot be published" in said
    assert not (town / "published").exists()


def test_a_file_of_another_name_is_asked_for_its_layer(huitu, town):
    path = (town / "streets.geojson").rename(town / "new.geojson")
    code, _, complained = huitu("check", path, "--data", town, "--lang", "en")
    assert code == 1
    assert "--layer" in complained
    assert "streets" in complained
    assert huitu("check", path, "--layer", "streets", "--data", town)[0] == 0
    code, _, complained = huitu("check", path, "--layer", "rivers", "--data", town)
    assert code == 1
    assert "rivers" in complained


def test_a_file_that_is_not_there(huitu, town):
    code, said, complained = huitu("check", "nothing.geojson", "--layer", "streets", "--data", town)
    assert code == 1
    assert "nothing.geojson" in said + complained


def test_a_file_from_elsewhere_is_read_in_a_process_of_its_own(town, tmp_path):
    deployment = Deployment.open(town)
    own, foreign = town / "streets.geojson", tmp_path / "streets.geojson"
    foreign.write_bytes(own.read_bytes())
    (town / "linked.geojson").symlink_to(foreign)
    readers = {
        path: deployment.reader_of(Source(path))
        for path in (own, foreign, town / "linked.geojson", town / ".." / "streets.geojson")
    }
    assert readers.pop(own) is files.read
    assert set(readers.values()) == {confined.read}


def test_a_file_from_elsewhere_is_judged_and_published_alike(huitu, town, tmp_path):
    broken = break_a_street(town).rename(tmp_path / "streets.geojson")
    code, said, _ = huitu("check", broken, "--data", town, "--lang", "en")
    assert code == 1
    assert "axes seem to be swapped" in said
    whole = tmp_path / "gardens.geojson"
    whole.write_bytes((town / "gardens.geojson").read_bytes())
    code, said, _ = huitu("publish", whole, "--crs", "EPSG:4326", "--data", town, "--lang", "en")
    assert code == 0
    assert "2 features" in said


def test_publish_everything_once(huitu, town):
    code, said, _ = huitu("publish", "--data", town)
    assert code == 0
    assert said.count("版本") == 3
    assert huitu("publish", "--data", town) == (0, "所有图层都是最新版本。\n", "")


def test_publish_one_file_with_a_reason(huitu, town):
    code, said, _ = huitu("publish", town / "stops.geojson", "--reason", "新站", "--data", town)
    assert code == 0
    assert said.count("版本") == 1
    [entry] = json.loads((town / "published" / "stops" / "publications.json").read_text("utf-8"))
    assert entry["reason"] == "新站"


def test_what_is_wrong_does_not_hold_the_other_layers(huitu, town):
    break_a_street(town)
    code, said, complained = huitu("publish", "--data", town)
    assert code == 1
    assert said.count("版本") == 2
    assert "不能发布" in complained
    code, said, complained = huitu("layers", "--data", town)
    assert code == 0
    assert "streets" not in said
    assert "尚未发布：streets" in complained


def test_layers(huitu, sample):
    code, said, _ = huitu("layers", "--data", sample, "--lang", "en")
    assert code == 0
    assert len(said.splitlines()) == 12
    assert "Road projects" in said
    assert "15 features, 2 not located" in said


def test_an_empty_folder(huitu, tmp_path):
    for command in (["layers"], ["publish"], ["check", "a.geojson"], ["map"]):
        code, _, complained = huitu(*command, "--data", tmp_path)
        assert code == 1
        assert "catalog.toml" in complained
        assert "Traceback" not in complained


def test_a_broken_catalog_is_told_with_all_its_faults(huitu, town):
    path = town / "catalog.toml"
    text = (
        path.read_text("utf-8")
        .replace("EPSG:4544", "EPSG:3857")
        .replace("[2024, 2026]", "[2026, 2024]")
    )
    path.write_text(text, "utf-8")
    code, _, complained = huitu("layers", "--data", town)
    assert code == 1
    assert "years" in complained


def test_a_wrong_setting(huitu, tmp_path):
    code, _, complained = huitu("serve", "--port", "99999", "--data", tmp_path)
    assert code == 1
    assert "HUITU_PORT" in complained


def test_what_the_system_refuses_is_a_sentence(huitu, sample, tmp_path):
    code, _, complained = huitu("map", "-o", tmp_path / "nowhere" / "map.html", "--data", sample)
    assert code == 1
    assert "操作系统" in complained


# ---------------------------------------------------------------- the map as one file


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_as_one_file(huitu, sample, tmp_path, lang):
    path = tmp_path / "map.html"
    code, said, _ = huitu("map", "-o", path, "--data", sample, "--lang", lang)
    assert code == 0
    assert "map.html" in said
    html = path.read_text("utf-8")
    assert f'data-lang="{lang}"' in html
    assert 'data-mode="file"' in html
    assert [entry.name for entry in Path(tmp_path).iterdir()] == ["map.html"]


@pytest.mark.parametrize("words", [["fly"], ["layres"], ["layers", "a", "b"], ["--help"]])
def test_what_is_chinese_has_no_english_sentence_in_it(huitu, words):
    _, said, complained = huitu(*words)
    for english in ("No such", "Got unexpected", "Did you mean", "OPTIONS", "COMMAND", "ARGS"):
        assert english not in said + complained


def test_the_usage_in_english_is_english(huitu):
    _, said, _ = huitu("--lang", "en", "--help")
    assert said.startswith("Usage: huitu [OPTIONS] COMMAND [ARGS]...")


# ---------------------------------------------------------------- going back


def publish_twice(huitu, town):
    """Publish the streets, and again with another name; give both versions, the older first."""
    path = town / "streets.geojson"
    assert huitu("publish", "--data", town)[0] == 0
    path.write_text(path.read_text("utf-8").replace("静溪大街改造", "静溪南街改造"), "utf-8")
    assert huitu("publish", "--data", town)[0] == 0
    entries = json.loads((town / "published" / "streets" / "publications.json").read_text("utf-8"))
    return [entry["version"] for entry in entries]


def test_an_older_version_is_published_again(huitu, town):
    older, newer = publish_twice(huitu, town)
    back = ("publish", "--layer", "streets", "--version", older, "--data", town)
    code, said, _ = huitu(*back, "--reason", "名称未定")
    assert code == 0
    assert older in said
    rows = json.loads((town / "published" / "streets" / "publications.json").read_text("utf-8"))
    assert [row["version"] for row in rows] == [older, newer, older]
    assert rows[-1]["reason"] == "名称未定"
    assert huitu(*back) == (0, f"{older} 已是当前版本。\n", "")
    assert huitu("publish", "--data", town) == (0, "所有图层都是最新版本。\n", "")


def test_going_back_is_logged(huitu, town, tmp_path):
    older, newer = publish_twice(huitu, town)
    huitu("publish", "--layer", "streets", "--version", older, "--reason", "暂缓", "--data", town)
    path = tmp_path / "log.csv"
    assert huitu("log", "export", "-o", path, "--data", town)[0] == 0
    told = [line for line in path.read_text("utf-8-sig").splitlines() if "streets" in line]
    assert [older in line for line in told] == [True, False, True]
    assert "暂缓" in told[-1]
    assert newer in told[1]


def test_an_older_version_takes_no_file_and_wants_its_layer(huitu, town):
    older, _ = publish_twice(huitu, town)
    for words in (
        ["--version", older],
        [town / "streets.geojson", "--layer", "streets", "--version", older],
        ["--layer", "streets", "--version", older, "--repair"],
    ):
        code, _, complained = huitu("publish", *words, "--data", town)
        assert code == 2
        assert "--version" in complained


def test_a_version_that_never_was_is_told(huitu, town):
    publish_twice(huitu, town)
    for layer, version in (("streets", "0" * 12), ("rivers", "0" * 12)):
        code, _, complained = huitu(
            "publish", "--layer", layer, "--version", version, "--data", town, "--lang", "en"
        )
        assert code == 1
        assert "There is no" in complained


def test_a_data_folder_that_is_not_there_is_told_as_such(huitu, tmp_path):
    code, _, complaint = huitu("log", "verify", "--data", tmp_path / "nowhere")
    assert code == 1
    assert "nowhere" in complaint
    assert "--data" in complaint
    assert not (tmp_path / "nowhere").exists()
