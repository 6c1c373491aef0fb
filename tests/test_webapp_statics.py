"""Static files stand under the hash of the whole tree, and nothing else can be asked for."""

import pytest

from webapp.statics import StaticTree, mimetype


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "app.js").write_text("1")
    (tmp_path / "base.css").write_text("a{}")
    (tmp_path / ".hidden").write_text("secret")
    return tmp_path


def test_names(folder):
    assert list(StaticTree.read(folder).files) == ["base.css", "js/app.js"]


def test_any_change_changes_every_address(folder):
    before = StaticTree.read(folder).digest
    assert StaticTree.read(folder).digest == before
    (folder / "js" / "app.js").write_text("2")
    changed = StaticTree.read(folder).digest
    assert changed != before
    (folder / "js" / "app.js").rename(folder / "js" / "main.js")
    assert StaticTree.read(folder).digest not in {before, changed}


def test_an_address_that_would_not_answer_is_never_written(folder, app):
    tree = StaticTree.read(folder)
    with app.test_request_context(), pytest.raises(LookupError, match="nothing"):
        tree.url("nothing.js")


def static(app, name):
    from webapp import statics

    with app.test_request_context():
        return statics.tree().url(name)


def test_a_file_is_immutable_and_has_its_type(app, client):
    answer = client.get(static(app, "css/base.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    etag = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip"}
    assert client.get(static(app, "css/base.css"), headers=etag).status_code == 304


def test_an_address_of_another_release_leads_to_this_one(app, client):
    answer = client.get("/static/000000000000/css/base.css")
    assert (answer.status_code, answer.location) == (302, static(app, "css/base.css"))


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../settings.py", "%2e%2e/settings.py", "css/../../settings.py", "/etc/passwd"],
)
def test_nothing_else_can_be_asked_for(app, client, name):
    digest = static(app, "css/base.css").split("/")[2]
    answer = client.get(f"/static/{digest}/{name}")
    assert answer.status_code in {302, 308, 404}
    if answer.status_code != 404:
        assert client.get(answer.location).status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript"),
        ("a.svg", "image/svg+xml"),
        ("LICENSE", "application/octet-stream"),
    ],
)
def test_types(name, kind):
    assert mimetype(name) == kind
