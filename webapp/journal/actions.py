"""Everything that is logged: one entry each, with its words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from geo.types import Text

Action = Literal[
    "sign-in",
    "sign-in-refused",
    "sign-out",
    "password",
    "account-add",
    "account-role",
    "account-close",
    "account-open",
    "account-link",
    "publish",
    "import-received",
    "import-refused",
    "import-published",
    "import-discarded",
    "restore",
    "draft-begin",
    "draft-publish",
    "draft-discard",
    "notice-begin",
    "notice-edit",
    "notice-publish",
    "notice-take-back",
    "notice-document",
    "notice-hearing",
    "notice-lengthen",
    "notice-downtime",
    "notice-withdraw",
    "notice-map-override",
    "opinion-received",
    "opinion-entered",
    "opinion-moderated",
    "opinion-grouped",
    "opinion-decided",
    "contact-exported",
    "contact-purged",
    "report-finalised",
]

ACTIONS: Mapping[str, Text] = MappingProxyType(
    {
        "sign-in": Text(zh="登录", en="Signed in"),
        "sign-in-refused": Text(zh="登录被拒", en="Sign-in refused"),
        "sign-out": Text(zh="退出", en="Signed out"),
        "password": Text(zh="设置密码", en="Password set"),
        "account-add": Text(zh="增加帐号", en="Account added"),
        "account-role": Text(zh="更改角色", en="Role changed"),
        "account-close": Text(zh="停用帐号", en="Account closed"),
        "account-open": Text(zh="启用帐号", en="Account opened again"),
        "account-link": Text(zh="发出一次性链接", en="One-time link made"),
        "publish": Text(zh="发布", en="Published"),
        "import-received": Text(zh="接收文件", en="File received"),
        "import-refused": Text(zh="文件不能读取", en="File refused"),
        "import-published": Text(zh="导入完成", en="Import published"),
        "import-discarded": Text(zh="放弃导入", en="Import given up"),
        "restore": Text(zh="从备份恢复", en="Restored from a backup"),
        "draft-begin": Text(zh="开始草稿", en="Draft begun"),
        "draft-publish": Text(zh="发布草稿", en="Draft published"),
        "draft-discard": Text(zh="放弃草稿", en="Draft discarded"),
        "notice-begin": Text(zh="拟定公示", en="Notice begun"),
        "notice-edit": Text(zh="修改公示", en="Notice edited"),
        "notice-publish": Text(zh="发布公示", en="Notice published"),
        "notice-take-back": Text(zh="收回未开始的公示", en="Notice taken back before it opened"),
        "notice-document": Text(zh="公示文件", en="Document of a notice"),
        "notice-hearing": Text(zh="公示的听证会", en="Hearing of a notice"),
        "notice-lengthen": Text(zh="延长公示", en="Notice lengthened"),
        "notice-downtime": Text(zh="登记公示中断", en="Downtime of a notice recorded"),
        "notice-withdraw": Text(zh="撤回公示", en="Notice withdrawn"),
        "notice-map-override": Text(zh="无审图号展示地图", en="Map shown without a review number"),
        "opinion-received": Text(zh="收到意见", en="Opinion received"),
        "opinion-entered": Text(zh="录入意见", en="Opinion entered"),
        "opinion-moderated": Text(zh="审核意见", en="Opinion moderated"),
        "opinion-grouped": Text(zh="意见归组", en="Opinions grouped"),
        "opinion-decided": Text(zh="答复意见", en="Opinion decided"),
        "contact-exported": Text(zh="导出联系方式", en="Contact data exported"),
        "contact-purged": Text(zh="清除联系方式", en="Contact data purged"),
        "report-finalised": Text(zh="意见采纳情况报告定稿", en="Report finalised"),
    }
)


def title_of(action: str) -> Text:
    """What an action is called; one of a newer program by its code."""
    return ACTIONS.get(action, Text(zh=action, en=action))
