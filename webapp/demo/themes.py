"""What the invented residents write about, and how each theme is answered.

The projects are the plan's own, the opinions are invented: P01 惠山新城中央公园改造,
R02 欣惠路高力段扩建, P05 欣惠路绿色景观道路改造.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.consultation.words import Stance, Verdict


@dataclass(frozen=True)
class Theme:
    """Opinions with one wish.

    Attributes
    ----------
    wishes, because
        Halves of sentences; every pair of them makes a text.
    count
        How many residents write so.
    grouped
        Whether the staff answers them as one group.
    changes_plan
        Whether the answer points to the change of the park.
    """

    title: str
    project: str | None
    topics: tuple[str, ...]
    stance: Stance
    wishes: tuple[str, ...]
    because: tuple[str, ...]
    count: int
    verdict: Verdict
    reason: str
    body: str
    grouped: bool = False
    changes_plan: bool = False

    def texts(self) -> list[str]:
        """The texts of its residents; some write the very same."""
        pairs = [f"{wish}{why}" for why in self.because for wish in self.wishes]
        return [pairs[number % len(pairs)] for number in range(self.count)]


THEMES: tuple[Theme, ...] = (
    Theme(
        "公园向东扩展，增加绿地",
        "P01",
        ("green",),
        "support",
        (
            "支持中央公园改造，希望公园再往东扩一点，",
            "建议把公园东侧的空地一并划进中央公园，",
            "公园能不能向东多留一条绿带？",
        ),
        (
            "现在周末人太多，草坪不够用。",
            "东边的几个小区走过来没有像样的绿地。",
            "孩子放学后就有地方玩了。",
            "老人早上锻炼总是挤在一起。",
            "空地荒着也是荒着，种上树大家都受益。",
        ),
        64,
        "adopted",
        "公园东侧空地不涉及建设用地，扩展后绿地与步行道相连，规划已作相应修改，见公园图层的新版本。",
        "惠山经济开发区规划建设部门",
        grouped=True,
        changes_plan=True,
    ),
    Theme(
        "保留公园现有大树",
        "P01",
        ("green", "environment"),
        "neutral",
        (
            "改造的时候请不要砍掉公园里的大树，",
            "公园里那几排大香樟请保留下来，",
        ),
        (
            "夏天全靠它们遮阴。",
            "长了二十年，砍了可惜。",
            "新种的小树十年也成不了荫。",
        ),
        42,
        "adopted",
        "胸径较大的乔木在施工图中逐株标注，原地保留，确需移植的另行公示。",
        "惠山经济开发区规划建设部门",
        grouped=True,
    ),
    Theme(
        "公园增加公共厕所和直饮水",
        "P01",
        ("facilities",),
        "support",
        (
            "公园里厕所太少，",
            "希望公园北门增加一座厕所，",
            "建议公园里设直饮水和母婴室，",
        ),
        (
            "带小孩的时候很不方便。",
            "老人等不及。",
            "现在最近的厕所要走十分钟。",
        ),
        27,
        "partly",
        "增加公共厕所一处并设母婴室，列入公园改造设计；直饮水待管网条件具备后再定。",
        "惠山经济开发区市政管理部门",
    ),
    Theme(
        "公园夜间照明和广场舞噪声",
        "P01",
        ("environment",),
        "oppose",
        (
            "公园晚上的音响太响了，",
            "希望晚上九点以后关掉广场的大功率灯，",
        ),
        (
            "窗户对着公园，根本睡不着。",
            "家里有要高考的孩子。",
            "灯光直接照进卧室。",
        ),
        21,
        "transferred",
        "噪声和照明的管理不由规划确定，已转公园管理单位和街道办理，由其答复。",
        "长安街道办事处",
    ),
    Theme(
        "欣惠路扩建时留出非机动车道",
        "R02",
        ("traffic",),
        "support",
        (
            "欣惠路扩建请把非机动车道和机动车道隔开，",
            "希望欣惠路的自行车道加宽，",
            "扩建欣惠路我赞成，但电动车要有自己的路，",
        ),
        (
            "现在电动车和汽车混在一起很危险。",
            "上下班高峰时最容易出事。",
            "送孩子上学天天提心吊胆。",
        ),
        38,
        "adopted",
        "横断面采用机非分隔，非机动车道单侧宽度不小于 3.5 米，在施工图中落实。",
        "惠山经济开发区规划建设部门",
        grouped=True,
    ),
    Theme(
        "不赞成欣惠路扩建",
        "R02",
        ("traffic", "environment"),
        "oppose",
        (
            "不赞成扩建欣惠路，",
            "欣惠路已经够宽了，",
        ),
        (
            "车会更多，更吵。",
            "应该先把公交做好。",
            "钱可以花在更需要的地方。",
        ),
        24,
        "rejected",
        "现状高峰小时饱和度较高，高力段是路网的瓶颈；扩建与公交专用道同步实施，噪声由绿带和路面材料控制。",
        "惠山经济开发区规划建设部门",
    ),
    Theme(
        "欣惠路绿化多种乔木、少种草花",
        "P05",
        ("green", "traffic"),
        "neutral",
        (
            "欣惠路绿化请多种遮阴的乔木，",
            "路边不要只种草花，",
        ),
        (
            "夏天走路没有树荫。",
            "草花年年换，费钱。",
            "公交站台边上最需要树荫。",
        ),
        26,
        "adopted",
        "行道树采用双排乔木，公交站台两侧优先种植，草花只用于路口。",
        "惠山经济开发区市政管理部门",
    ),
    Theme(
        "公交站和过街设施",
        None,
        ("traffic", "facilities"),
        "neutral",
        (
            "希望公园门口增加公交站，",
            "欣惠路到公园之间要有安全的过街通道，",
        ),
        (
            "老人坐车去公园要走很远。",
            "现在过马路要绕一大圈。",
        ),
        18,
        "partly",
        "公园南门增设人行过街信号；公交站由公交公司结合线路调整研究。",
        "惠山经济开发区规划建设部门",
    ),
    Theme(
        "房价、物业和学区",
        None,
        ("other",),
        "neutral",
        (
            "顺便问一下旁边学校的学区怎么划，",
            "物业费涨价的事情有没有人管，",
        ),
        (
            "打了很多电话没有结果。",
            "希望给个说法。",
        ),
        12,
        "out-of-scope",
        "学区划分和物业收费不属本规划的内容，请分别向教育部门和住房部门咨询。",
        "惠山经济开发区规划建设部门",
    ),
    Theme(
        "支持整个方案",
        None,
        ("other",),
        "support",
        (
            "方案很好，支持，",
            "公示得很清楚，支持这个规划，",
        ),
        (
            "希望早日建成。",
            "期待。",
        ),
        18,
        "adopted",
        "感谢支持，按公示方案实施。",
        "惠山经济开发区规划建设部门",
    ),
)

#: Ten that no program should stumble over, each with the verdict of the moderator: a code of
#: :data:`webapp.consultation.words.WITHHELD_FOR`, or empty when it is shown.
HOSTILE: tuple[tuple[str, str], ...] = (
    ("<script>alert('公园')</script>请多种树", ""),
    ("{{ 7*7 }} {% include 'secret' %} ${7*7} 路面要平", ""),
    ('=HYPERLINK("http://example.invalid","点我")+cmd|/c calc', ""),
    ("'; DROP TABLE opinion; -- 路灯太暗", ""),
    ("\u202e反着写的字\u202c和零\u200b宽\u2060字符，公园要大", ""),
    ("树" + "\u0301\u0316\u0360" * 120 + "要多", ""),
    ("👨‍👩‍👧‍👦 全家支持 🌳🌳 𠮷田路也要绿化", ""),
    ("代开发票，贷款秒批，加微信", "advertising"),
    ("楼下邻居天天在公园放音响，他的电话是 13800138000，你们管管", ""),
    ("你们这些人都是废物", "insult"),
)
