"""How names are compared, and the words that planners' files use for common fields."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

#: Words of files for fields that many layers have; compared as :func:`plain` writes them.
SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("编号", "项目编号", "项目代码", "代码", "编码", "bh", "xmbh", "code"),
        "name_zh": ("名称", "项目名称", "工程名称", "项目名", "mc", "xmmc", "name", "title"),
        "name_en": ("英文名", "英文名称", "english", "ename"),
        "aliases": ("别名", "曾用名", "又名", "alias"),
        "class": (
            "类别",
            "类型",
            "分类",
            "等级",
            "道路等级",
            "用地性质",
            "lb",
            "lx",
            "dj",
            "type",
            "kind",
        ),
        "action": ("建设方式", "建设性质", "建设类型", "jsxz", "jsfs"),
        "stage": ("阶段", "进度", "状态", "项目阶段", "status", "phase"),
        "lead": ("牵头单位", "责任单位", "实施主体", "主管部门", "owner"),
        "stated_value": ("面积", "用地面积", "规模", "建设规模", "mj", "ydmj", "area"),
        "stated_unit": ("单位", "计量单位", "dw", "unit"),
        "year_from": (
            "开始年份",
            "开工年份",
            "起始年",
            "开工时间",
            "开始时间",
            "start",
            "startyear",
        ),
        "year_to": ("结束年份", "竣工年份", "完成年份", "竣工时间", "结束时间", "end", "endyear"),
        "source": ("来源", "数据来源", "资料来源", "ly", "origin"),
        "remark_zh": ("备注", "说明", "bz", "remark", "remarks", "memo", "note"),
        "accuracy_m": ("精度", "位置精度", "accuracy"),
        "geometry_quality": ("图形质量", "定位精度", "quality"),
    }
)

_NOT_LETTERS = re.compile(r"[\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]")


@cache
def plain(text: str) -> str:
    """A name as it is compared: width and case away, signs and blanks away."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


@cache
def sounds(text: str) -> frozenset[str]:
    """A Chinese name in pinyin, whole and by first letters; empty for any other name."""
    if not _HAN.search(text):
        return frozenset()
    from pypinyin import lazy_pinyin

    syllables = [plain(one) for one in lazy_pinyin(text)]
    return frozenset({"".join(syllables), "".join(one[0] for one in syllables if one)})
