"""What another process publishes is seen by the next request; a broken catalog changes nothing."""

import os

import pytest

from geo.errors import InputError
from webapp import create_app
from webapp.plans import Plans
from webapp.settings import Settings


@pytest.fixture
def folder(town, published):
    return published(town)


def rename_a_street(folder, published):
    path = folder / "streets.geojson"
    path.write_text(path.read_text("utf-8").replace("静溪大街改造", "静溪大街重修"), "utf-8")
    published(folder)


def test_a_publication_is_seen_by_the_next_request(folder, published):
    client = create_app(Settings(data=folder)).test_client()
    before = client.get("/healthz").get_json()["state"]
    rename_a_street(folder, published)
    assert client.get("/healthz").get_json()["state"] != before
    assert "静溪大街重修" in client.get("/projects").get_data(as_text=True)


def test_the_version_before_is_still_served(folder, published):
    client = create_app(Settings(data=folder)).test_client()
    address = client.get("/layers").get_json()["layers"][0]["links"]["features"]
    before = client.get(address).data
    rename_a_street(folder, published)
    assert client.get(address).data == before
    assert client.get("/layers").get_json()["layers"][0]["links"]["features"] != address


def test_an_unchanged_folder_keeps_its_plan(folder):
    plans = Plans(folder)
    assert plans.current() is plans.current()


def test_an_edited_catalog_is_read_again(folder):
    plans = Plans(folder)
    before = plans.current()
    path = folder / "catalog.toml"
    path.write_text(path.read_text("utf-8").replace("Jingxi Town", "Jingxi City"), "utf-8")
    os.utime(path, ns=(1, 1))
    assert plans.current().catalog.zone.title.en == "Jingxi City"
    assert plans.current().state != before.state


def test_a_broken_catalog_leaves_the_plan_before_it(folder, caplog):
    plans = Plans(folder)
    before = plans.current()
    (folder / "catalog.toml").write_text("[zone", "utf-8")
    assert plans.current() is before
    assert "stays" in caplog.text


def test_an_application_without_a_catalog_is_refused(tmp_path):
    with pytest.raises(InputError):
        create_app(Settings(data=tmp_path))


def test_two_applications_do_not_know_of_each_other(folder, sample):
    town, zone = create_app(Settings(data=folder)), create_app(Settings(data=sample, lang="en"))
    assert b"\xe9\x9d\x99\xe6\xba\xaa" in town.test_client().get("/projects").data
    assert b"Huishan" in zone.test_client().get("/projects").data


def test_a_deployment_that_published_nothing_has_its_pages(town, gate):
    app = create_app(Settings(data=town))
    assert "共 0 项" in gate(app).get("projects.index").text
    assert app.test_client().get("/layers").get_json()["layers"] == []
