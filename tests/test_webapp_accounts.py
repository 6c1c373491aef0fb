"""The rules of accounts: names, roles, passwords, locks, one-time links."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from geo.errors import HuituError, InputError, NotFound
from tests.desk import AS_SERVED
from webapp import accounts, journal
from webapp.accounts import Locked, WrongCredentials, passwords
from webapp.accounts.signing import MOST_FAILURES
from webapp.accounts.tables import OneTimeLink, SignIn
from webapp.database import now

GOOD = "correct horse battery"
LONG = timedelta(hours=1)


@pytest.fixture
def li(database):
    with database.writing() as session:
        account = accounts.add(session, "Li.Hua", "planner", by="test", shown_as="李华")
        accounts.set_password(session, account, GOOD, by="test")
    return account


def logged(database):
    with database.reading() as session:
        return [(one.action, one.subject) for one in journal.entries_of(session, journal.Wanted())]


def test_a_name_is_one_however_it_is_typed(database, li):
    with database.reading() as session:
        assert accounts.find(session, " LI.HUA ").id == li.id
        assert accounts.find(session, "li") is None


@pytest.mark.parametrize("name", ["", "two words", "a" * 65, "a/b", "<b>", "li\x00hua"])
def test_a_name_that_is_none(database, name):
    with pytest.raises(InputError) as told, database.writing() as session:
        accounts.add(session, name, "planner", by="test")
    assert told.value.code == "account-name"


def test_every_problem_of_a_new_account_is_told_at_once(database, li):
    with pytest.raises(InputError) as told, database.writing() as session:
        accounts.add(session, "LI.hua", "boss", by="test")
    assert [one.kind.code for one in told.value.problems] == [
        "account-taken",
        "account-role-unknown",
    ]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-short"),
        ("x" * 201, "password-long"),
        ("aaaaaaaaaaaaaa", "password-common"),
        ("1234567890", "password-common"),
        ("my-LI.HUA-password", "password-common"),
    ],
)
def test_weak_passwords(password, code):
    assert [one.kind.code for one in accounts.check_strength(password, "li.hua")] == [code]


def test_the_password_is_kept_as_a_hash_only(database, li):
    assert li.password_hash.startswith("$argon2id$")
    assert GOOD not in li.password_hash


def test_the_site_hashes_at_full_cost_and_calls_a_cheaper_hash_outdated(monkeypatch):
    cheap = passwords.hashed(GOOD)
    monkeypatch.setattr(passwords, "_hasher", AS_SERVED)
    kept = passwords.hashed(GOOD)
    # RFC 9106, 4: the second of its two recommended choices.
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right(kept, GOOD)
    assert not passwords.is_right(kept, GOOD + "!")
    assert passwords.is_outdated(cheap)
    assert not passwords.is_outdated(kept)


def test_signing_in_and_out(database, li):
    token = accounts.sign_in(database, "li.hua", GOOD)
    assert accounts.signed_in(database, token, LONG).name == "li.hua"
    with database.reading() as session:
        assert session.get(SignIn, token) is None, "the secret itself is not kept"
    accounts.sign_out(database, token)
    assert accounts.signed_in(database, token, LONG) is None
    assert logged(database)[-2:] == [("sign-in", "li.hua"), ("sign-out", "li.hua")]


def test_one_password_in_any_form_of_unicode(database, li):
    with database.writing() as session:
        accounts.set_password(
            session, accounts.named(session, "li.hua"), "cafe\u0301 garden", by="x"
        )
    assert accounts.sign_in(database, "li.hua", "caf\u00e9 garden")


def test_a_wrong_password_and_an_unknown_name_are_told_alike(database, li):
    told = []
    for name in ("li.hua", "nobody"):
        with pytest.raises(WrongCredentials) as error:
            accounts.sign_in(database, name, "wrong password")
        told.append(error.value.message("zh"))
    assert told[0] == told[1]


def test_repeated_failures_lock_and_the_right_password_does_not_help(database, li):
    for _ in range(MOST_FAILURES):
        with pytest.raises(WrongCredentials):
            accounts.sign_in(database, "li.hua", "wrong password")
    with pytest.raises(Locked):
        accounts.sign_in(database, "li.hua", GOOD)
    with database.writing() as session:
        accounts.reopen(session, accounts.named(session, "li.hua"), by="boss")
    assert accounts.sign_in(database, "li.hua", GOOD)
    assert logged(database).count(("sign-in-refused", "li.hua")) == MOST_FAILURES


def test_a_right_password_forgets_the_failures(database, li):
    for _ in range(MOST_FAILURES - 1):
        with pytest.raises(WrongCredentials):
            accounts.sign_in(database, "li.hua", "wrong password")
    accounts.sign_in(database, "li.hua", GOOD)
    with pytest.raises(WrongCredentials):
        accounts.sign_in(database, "li.hua", "wrong password")
    assert accounts.sign_in(database, "li.hua", GOOD)


def test_a_sign_in_ends_when_nobody_looks(database, li):
    token = accounts.sign_in(database, "li.hua", GOOD)
    with database.writing() as session:
        for one in session.query(SignIn):
            one.seen_at = now() - timedelta(hours=2)
    assert accounts.signed_in(database, token, LONG) is None
    assert accounts.signed_in(database, token, 3 * LONG).name == "li.hua"
    assert accounts.signed_in(database, token, LONG), "a look renews it"


def test_closing_signs_out_at_once(database, li):
    token = accounts.sign_in(database, "li.hua", GOOD)
    with database.writing() as session:
        accounts.close(session, accounts.named(session, "li.hua"), by="boss")
    assert accounts.signed_in(database, token, LONG) is None
    with pytest.raises(WrongCredentials):
        accounts.sign_in(database, "li.hua", GOOD)


def test_a_new_password_signs_out_everywhere(database, li):
    token = accounts.sign_in(database, "li.hua", GOOD)
    with database.writing() as session:
        accounts.set_password(
            session, accounts.named(session, "li.hua"), "another good one", by="x"
        )
    assert accounts.signed_in(database, token, LONG) is None


def test_the_last_administrator_stays(database):
    with database.writing() as session:
        boss = accounts.add(session, "boss", "admin", by="test")
        session.flush()
        for change in (
            lambda: accounts.close(session, boss, by="boss"),
            lambda: accounts.change_role(session, boss, "reader", by="boss"),
        ):
            with pytest.raises(InputError) as told:
                change()
            assert told.value.code == "account-last-admin"
        accounts.add(session, "second", "admin", by="test")
        session.flush()
        accounts.change_role(session, boss, "reader", by="second")
    assert ("account-role", "boss") in logged(database)


def test_the_first_link_makes_the_administrator_once(database):
    with database.writing() as session:
        earlier = accounts.first_link(session)
        link = accounts.first_link(session)
    with pytest.raises(NotFound), database.writing() as session:
        accounts.use_link(session, earlier, password=GOOD, name="eve", shown_as="")
    with database.writing() as session:
        token = accounts.use_link(session, link, password=GOOD, name="Boss", shown_as="管理员")
    assert accounts.signed_in(database, token, LONG).role == "admin"
    with pytest.raises(NotFound), database.writing() as session:
        accounts.use_link(session, link, password=GOOD, name="eve", shown_as="")
    with database.writing() as session:
        assert accounts.first_link(session) is None


def test_a_link_ends_by_time_and_by_a_newer_one(database, li):
    with database.writing() as session:
        account = accounts.named(session, "li.hua")
        earlier = accounts.link_for(session, account, by="boss")
        link = accounts.link_for(session, account, by="boss")
    with database.reading() as session:
        assert accounts.opened_link(session, link).account.name == "li.hua"
        with pytest.raises(NotFound):
            accounts.opened_link(session, earlier)
    with database.writing() as session:
        for one in session.query(OneTimeLink):
            one.until = now() - timedelta(seconds=1)
    with database.reading() as session, pytest.raises(NotFound):
        accounts.opened_link(session, link)


def test_a_weak_password_does_not_use_a_link_up(database, li):
    with database.writing() as session:
        link = accounts.link_for(session, accounts.named(session, "li.hua"), by="boss")
    with pytest.raises(InputError), database.writing() as session:
        accounts.use_link(session, link, password="short", name="", shown_as="")
    with database.writing() as session:
        assert accounts.use_link(session, link, password=GOOD, name="", shown_as="")


@pytest.mark.parametrize("typed", ["ＬＩ.hua", "ｌｉ．ｈｕａ", "li.hua\u3000"])
def test_a_name_in_full_width_is_no_other_account(database, li, typed):
    with database.reading() as session:
        assert accounts.find(session, typed).id == li.id
    with pytest.raises(InputError) as told, database.writing() as session:
        accounts.add(session, typed, "admin", by="test")
    assert told.value.code == "account-taken"


def test_a_name_shown_is_one_line_and_reads_in_one_direction(database):
    with database.writing() as session:
        account = accounts.add(session, "x", "reader", by="test", shown_as="a\u202eb\n\tc\x1b[2Jd")
        assert account.shown_as == "ab c[2Jd"


def at_once(*works):
    """Let each work begin at the same moment; what each gave or raised."""
    start = Barrier(len(works))

    def run(work):
        start.wait(10)
        try:
            return work()
        except HuituError as error:
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_link_is_used_once_however_many_try(database):
    with database.writing() as session:
        link = accounts.first_link(session)

    def use(name):
        with database.writing() as session:
            return accounts.use_link(session, link, password=GOOD, name=name, shown_as="")

    given = at_once(*(lambda name=name: use(name) for name in ("ann", "bob", "eve")))
    assert sorted(isinstance(one, NotFound) for one in given) == [False, True, True]
    with database.reading() as session:
        assert len(accounts.accounts(session)) == 1


def test_two_administrators_cannot_close_each_other_at_once(database):
    with database.writing() as session:
        for name in ("ann", "bob"):
            accounts.add(session, name, "admin", by="test")
    read = Barrier(2)

    def close(name, by):
        with database.writing() as session:
            account = accounts.named(session, name)
            if not database.is_sqlite:
                read.wait(10)
            accounts.close(session, account, by=by)

    given = at_once(lambda: close("ann", "bob"), lambda: close("bob", "ann"))
    assert [one.code for one in given if one] == ["account-last-admin"]
    with database.reading() as session:
        assert sum(one.closed_at is None for one in accounts.accounts(session)) == 1


def test_the_first_link_ends_when_there_is_an_administrator(database):
    with database.writing() as session:
        link = accounts.first_link(session)
    with database.writing() as session:
        accounts.add(session, "boss", "admin", by="cli")
    with pytest.raises(NotFound), database.writing() as session:
        accounts.use_link(session, link, password=GOOD, name="eve", shown_as="")


def changing_it_meanwhile(database, monkeypatch, change):
    """While a password is tried for the first time something else is done to the account."""
    is_right, tried = passwords.is_right, []

    def slow(kept, password):
        right = is_right(kept, password)
        if not tried:
            tried.append(kept)
            with database.writing() as session:
                change(session, accounts.named(session, "li.hua"))
        return right

    monkeypatch.setattr("webapp.accounts.signing.passwords.is_right", slow)


def test_a_password_that_changes_while_it_is_tried_signs_nobody_in(database, li, monkeypatch):
    def change(session, account):
        accounts.set_password(session, account, "another good one", by="li.hua")

    changing_it_meanwhile(database, monkeypatch, change)
    with pytest.raises(WrongCredentials):
        accounts.sign_in(database, "li.hua", GOOD)
    with database.reading() as session:
        assert session.query(SignIn).count() == 0


def test_a_hash_that_is_renewed_while_the_password_is_tried_keeps_nobody_out(
    database, li, monkeypatch
):
    """By the same person elsewhere, where the hash was an outdated one."""

    def change(_session, account):
        account.password_hash = passwords.hashed(GOOD)

    changing_it_meanwhile(database, monkeypatch, change)
    assert accounts.sign_in(database, "li.hua", GOOD)


def test_a_sign_in_ends_some_day_however_often_somebody_looks(database, li):
    token = accounts.sign_in(database, "li.hua", GOOD)
    with database.writing() as session:
        for one in session.query(SignIn):
            one.began_at = now() - timedelta(days=8)
    assert accounts.signed_in(database, token, LONG) is None


def test_sign_ins_that_have_ended_are_not_kept(database, li):
    accounts.sign_in(database, "li.hua", GOOD)
    with database.writing() as session:
        for one in session.query(SignIn):
            one.began_at = now() - timedelta(days=8)
    accounts.sign_in(database, "li.hua", GOOD)
    with database.reading() as session:
        assert session.query(SignIn).count() == 1


def test_a_long_password_costs_no_more(database, li):
    with pytest.raises(WrongCredentials):
        accounts.sign_in(database, "li.hua", "x" * 1_000_000)
