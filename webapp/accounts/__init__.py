"""Who works at the desk: accounts, their roles, signing in. Rules only, free of flask."""

from webapp.accounts.links import first_link, link_for, opened_link, use_link
from webapp.accounts.lookup import find
from webapp.accounts.oidc import Attempt, Provider, ProviderDown, SignInRefused, sign_in_known
from webapp.accounts.passwords import check_strength
from webapp.accounts.people import (
    Person,
    accounts,
    add,
    change_role,
    close,
    named,
    reopen,
    set_password,
)
from webapp.accounts.signing import (
    Locked,
    WrongCredentials,
    begin,
    has_password,
    sign_in,
    sign_out,
    sign_out_everywhere,
    signed_in,
)
from webapp.accounts.tables import Account, SignIn
from webapp.roles import MEANINGS, ROLES, Audience, Role, admits

__all__ = [
    "MEANINGS",
    "ROLES",
    "Account",
    "Attempt",
    "Audience",
    "Locked",
    "Person",
    "Provider",
    "ProviderDown",
    "Role",
    "SignIn",
    "SignInRefused",
    "WrongCredentials",
    "accounts",
    "add",
    "admits",
    "begin",
    "change_role",
    "check_strength",
    "close",
    "find",
    "first_link",
    "has_password",
    "link_for",
    "named",
    "opened_link",
    "reopen",
    "set_password",
    "sign_in",
    "sign_in_known",
    "sign_out",
    "sign_out_everywhere",
    "signed_in",
    "use_link",
]
