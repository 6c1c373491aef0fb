"""The roles of accounts, and whom each kind of route admits."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from geo.types import Text

Role = Literal["reader", "planner", "moderator", "admin"]
#: For whom a route is: everybody, everybody who is signed in, or a kind of work.
Audience = Literal["public", "staff", "planner", "moderator", "consultation", "admin"]

ROLES: Mapping[Role, Text] = MappingProxyType(
    {
        "reader": Text(zh="读者", en="Reader"),
        "planner": Text(zh="规划师", en="Planner"),
        "moderator": Text(zh="意见管理员", en="Moderator"),
        "admin": Text(zh="系统管理员", en="Administrator"),
    }
)
#: What each role may do, for people.
MEANINGS: Mapping[Role, Text] = MappingProxyType(
    {
        "reader": Text(
            zh="查看工作台、版本和发布人", en="sees the desk, versions and who published"
        ),
        "planner": Text(
            zh="导入、编辑和发布图层，答复公众意见",
            en="imports, edits and publishes layers, and answers opinions",
        ),
        "moderator": Text(
            zh="审核、归组和答复公众意见", en="moderates, groups and answers opinions of the public"
        ),
        "admin": Text(zh="以上全部，以及帐号和留痕", en="all of these, and accounts and the log"),
    }
)

_ADMITTED: Mapping[Audience, frozenset[Role]] = MappingProxyType(
    {
        "staff": frozenset(get_args(Role)),
        "planner": frozenset({"planner", "admin"}),
        "moderator": frozenset({"moderator", "admin"}),
        "consultation": frozenset({"planner", "moderator", "admin"}),
        "admin": frozenset({"admin"}),
    }
)


def admits(audience: Audience, role: str | None) -> bool:
    """Whether a route for an audience is for this role; None is a reader who is not signed in."""
    return audience == "public" or role in _ADMITTED[audience]
