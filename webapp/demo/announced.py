"""What the two notices of the demonstration say."""

from __future__ import annotations

from webapp.consultation.notices import Content, Topic

_HOUSE = "无锡惠山经济开发区规划建设部门（示例）"
_DECIDER = "无锡市惠山区人民政府（示例）"
_ADDRESS = "无锡市惠山区（示例地址），规划公示意见收，邮编 214000"
_OVERRIDE = "演示数据：底图只有自绘的示意线，未送审，不对外发布"

_TOPICS = (
    Topic("green", "绿地与公园", "Green and parks"),
    Topic("traffic", "道路与交通", "Roads and traffic"),
    Topic("environment", "环境与噪声", "Environment and noise"),
    Topic("facilities", "公共设施", "Public facilities"),
    Topic("other", "其他", "Other"),
)

PARK_AND_ROAD = Content(
    title_zh="惠山新城中央公园改造与欣惠路扩建规划草案",
    title_en="Draft plan for Huishan New Town Central Park and Xinhui Road",
    plain_zh="""**这是演示。** 项目来自开发区“十四五”工作文稿，意见和答复是编写的，不代表任何人。

## 打算做什么

- 改造**惠山新城中央公园**：草坪、步道和活动场地重新布置，保留现有乔木。
- 扩建**欣惠路**高力段，沿线做绿色景观改造，机动车和非机动车分开。

## 对您有什么影响

施工期间欣惠路分段围挡，公交站临时移动。公园分区改造，始终有一半开放。

## 您可以做什么

看地图，选一个项目或整个方案，写下意见。每条意见都有回执，都会得到答复和理由。
""",
    plain_en="""**This is a demonstration.** The projects are real; the opinions and the answers
are invented.

Central Park is renewed, Xinhui Road is widened and planted. Choose a project or the whole plan
and write your opinion. Each gets a receipt, an answer and a reason.
""",
    procedure="plan-draft",
    organiser=_HOUSE,
    decider=_DECIDER,
    address=_ADDRESS,
    contact="0510-0000 0000（示例）",
    projects=("P01", "R02", "P05"),
    topics=_TOPICS,
    map_override=_OVERRIDE,
)

ROADSIDE = Content(
    title_zh="华惠路绿色景观改造规划草案",
    title_en="Draft plan for the green landscape of Huahui Road",
    plain_zh="""**这是演示，正在公示，欢迎试着提一条意见。**

华惠路两侧做绿色景观改造：拓宽人行道，补种乔木，增设座椅和照明。
""",
    plain_en="""**A demonstration that is open now: try and send an opinion.**

The green strips of Huahui Road are renewed: wider pavements, trees, seats and lights.
""",
    procedure="plan-draft",
    organiser=_HOUSE,
    decider=_DECIDER,
    address=_ADDRESS,
    contact="0510-0000 0000（示例）",
    projects=("P04",),
    topics=_TOPICS,
    map_override=_OVERRIDE,
)
