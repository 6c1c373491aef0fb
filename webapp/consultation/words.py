"""What an opinion may be and become: one registry each, with the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from geo.types import Text

Channel = Literal["web", "paper", "meeting", "phone"]
Stance = Literal["support", "oppose", "neutral"]
Verdict = Literal["adopted", "partly", "rejected", "out-of-scope", "transferred"]
Standing = Literal["pending", "shown", "withheld"]

CHANNELS: Mapping[Channel, Text] = MappingProxyType(
    {
        "web": Text(zh="网上", en="Web"),
        "paper": Text(zh="书面", en="Paper"),
        "meeting": Text(zh="会议", en="Meeting"),
        "phone": Text(zh="电话", en="Telephone"),
    }
)
STANCES: Mapping[Stance, Text] = MappingProxyType(
    {
        "support": Text(zh="支持", en="In favour"),
        "oppose": Text(zh="反对", en="Against"),
        "neutral": Text(zh="中立", en="Neutral"),
    }
)
VERDICTS: Mapping[Verdict, Text] = MappingProxyType(
    {
        "adopted": Text(zh="采纳", en="Adopted"),
        "partly": Text(zh="部分采纳", en="Partly adopted"),
        "rejected": Text(zh="不采纳", en="Not adopted"),
        "out-of-scope": Text(zh="不属本规划", en="Not of this plan"),
        "transferred": Text(zh="转办", en="Passed on"),
    }
)
STANDINGS: Mapping[Standing, Text] = MappingProxyType(
    {
        "pending": Text(zh="待审核", en="Awaiting moderation"),
        "shown": Text(zh="已公开", en="Shown"),
        "withheld": Text(zh="不公开", en="Withheld"),
    }
)
#: Why an opinion is not shown to the public; its author always sees it, and it is always answered.
WITHHELD_FOR: Mapping[str, Text] = MappingProxyType(
    {
        "personal-data": Text(zh="含他人个人信息", en="Personal data of others"),
        "insult": Text(zh="侮辱、诽谤", en="Insult or slander"),
        "unlawful": Text(zh="法律禁止发布的内容", en="Content that the law forbids to publish"),
        "advertising": Text(zh="广告", en="Advertising"),
        "no-content": Text(zh="没有可辨认的内容", en="No recognisable content"),
        "on-request": Text(zh="本人要求不公开", en="The author asked for it"),
    }
)
#: Offered where a notice names no topics of its own.
TOPICS: tuple[Mapping[str, str], ...] = tuple(
    MappingProxyType({"id": id_, "zh": zh, "en": en})
    for id_, zh, en in (
        ("green", "绿地与公园", "Green and parks"),
        ("traffic", "道路与交通", "Roads and traffic"),
        ("housing", "居住与拆迁", "Housing and relocation"),
        ("environment", "环境与噪声", "Environment and noise"),
        ("facilities", "公共设施", "Public facilities"),
        ("other", "其他", "Other"),
    )
)
