"""Working at the desk in tests: an account of each role, and clients that are signed in."""

import re

import pytest
from argon2 import PasswordHasher

from tests import databases
from webapp import accounts, create_app
from webapp.accounts import passwords
from webapp.database import close, of
from webapp.roles import ROLES
from webapp.settings import Settings

PASSWORD = "correct horse battery"
#: A password is to take a while, which tests do not have: theirs are Argon2id of the least cost.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
#: What the site itself hashes with.
AS_SERVED = passwords._hasher
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Desk:
    """An application, its database, and people to work with it."""

    def __init__(self, data, database_url="", *, add=True, **settings):
        self.settings = Settings(data=data, database_url=database_url, **settings)
        self.app = create_app(self.settings)
        self.database = of(self.settings)
        databases.ready(self.database)
        if add:
            self._add_everybody()

    def _add_everybody(self):
        with self.database.writing() as session:
            for role in ROLES:
                account = accounts.add(session, role, role, by="test", shown_as=role.title())
                account.password_hash = CHEAP.hash(PASSWORD)

    def client(self, role=None):
        """A browser in which somebody of a role is signed in; nobody for None."""
        client = self.app.test_client()
        if role is not None:
            answer = post(client, "/desk/sign-in", name=role, password=PASSWORD)
            assert answer.status_code == 303, answer.text
        return client

    def close(self):
        """Close every connection."""
        self.database.dispose()
        close(self.app)


def token_of(client, address):
    """The token of the first form of a page."""
    found = _TOKEN.search(client.get(address).text)
    assert found, f"{address} has no form with a token"
    return found[1]


def post(client, address, *, page=None, **fields):
    """Send a form as the page (of the same address, when none is named) would."""
    token = token_of(client, page or address)
    return client.post(address, data={"csrf_token": token, **fields})


def signed_in(visitors, site, role, **options):
    """A browser in which somebody of a role has signed in, and its page of the desk."""
    visitor = visitors(site, **options)
    page = visitor.open("/desk/sign-in")
    page.fill("#name", role)
    page.fill("#password", PASSWORD)
    page.click("form button.button--main")
    page.wait_for_url(f"{site}/desk")
    return visitor, page


def choose_projects(page, *projects):
    """On the form of a notice tick projects, or write the ids of those of large layers."""
    boxes = {one: page.locator(f'input[name="projects"][value="{one}"]') for one in projects}
    offered = {one for one, box in boxes.items() if box.count()}
    for one in offered:
        boxes[one].check()
    if len(offered) < len(projects):
        page.fill("#projects-by-id", ", ".join(one for one in projects if one not in offered))


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes():
    """Passwords cost next to nothing in the process of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: CHEAP)
        yield


@pytest.fixture
def desk(sample):
    """The desk of the sample on SQLite, with a database of the test's own."""
    made = []

    def make(data=sample, database_url="", **settings):
        made.append(Desk(data, database_url, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def at_desk(desk, tmp_path):
    """The desk of the sample; its layers are read only, its database is the test's own."""
    return desk(database_url=f"sqlite:///{tmp_path / 'desk.sqlite'}")
