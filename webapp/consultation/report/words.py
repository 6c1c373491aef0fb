"""The words of a report in both languages."""

from geo.types import Text

TITLE = Text(zh="公众意见采纳情况报告", en="Report on the adoption of public opinions")
FOOT = Text(zh="公示 {id}　输入 {inputs}　{state}", en="Notice {id} · inputs {inputs} · {state}")
FINAL = Text(zh="已定稿", en="final")
DRAFT = Text(zh="未定稿", en="not final")
CHANGED = Text(zh="定稿后有变化", en="changed since it was final")
UNDER = Text(zh="《{title}》", en="“{title}”")

NOTICE_ID = Text(zh="公示编号", en="Notice")
PROCEDURE = Text(zh="公示程序", en="Procedure")
BASIS = Text(zh="法定依据", en="Legal basis")
ORGANISER = Text(zh="组织公示的单位", en="Announced by")
DECIDER = Text(zh="审批机关", en="Decided by")
PERIOD = Text(zh="公示期", en="Period")
STATE = Text(zh="报告状态", en="State")
INPUTS = Text(zh="输入哈希 SHA-256", en="SHA-256 of the inputs")
DATA_AT = Text(zh="数据截至", en="Data until")
SOFTWARE = Text(zh="软件", en="Software")
STAND = Text(zh="公示状态", en="State of the notice")
PLAN = Text(zh="规划", en="Plan")
REVIEW = Text(zh="审图号", en="Map review number")
NO_REVIEW = Text(zh="无（示意图，未送审）", en="none (a sketch, not submitted for review)")
OVERRIDE = Text(zh="无审图号展示的理由：{reason}", en="shown without one because: {reason}")
PROJECTS = Text(zh="涉及项目", en="Projects")
ADDRESS = Text(zh="书面意见地址", en="Address for paper")
DOCUMENTS = Text(zh="公示文件", en="Documents")
HEARINGS = Text(zh="听证会、座谈会", en="Hearings")
CANCELLED = Text(zh="（已取消）", en=" (cancelled)")
ITEM = Text(zh="事项", en="Item")
CONTENT = Text(zh="内容", en="Content")
NONE = Text(zh="无", en="none")

PART_NOTICE = Text(zh="一、公示情况", en="1. The notice")
PART_NUMBERS = Text(zh="二、意见统计", en="2. Numbers")
PART_OPINIONS = Text(zh="三、意见及采纳情况", en="3. Opinions and decisions")
PART_CHANGES = Text(zh="四、规划修改情况", en="4. Changes of the plan")
PART_PROOF = Text(zh="五、核验与签署", en="5. Proof and signature")
FACTS = Text(zh="公示的基本情况", en="Facts of the notice")
DAYS = Text(zh="公示期限", en="The period")
DAYS_TABLE = Text(zh="公示期限的证明", en="Proof of the period")
OPINIONS = Text(zh="意见及采纳情况", en="Opinions and decisions")
EVERY = Text(zh="逐条意见", en="Every opinion")
GROUPS = Text(zh="归组答复", en="Opinions answered together")
CHANGES = Text(zh="规划修改情况", en="Changes of the plan")
WITHHELD = Text(zh="不公开的意见", en="Opinions that are withheld")
PROOF = Text(zh="留痕与核验", en="Proof")
SIGNATURE = Text(zh="签署", en="Signature")
NAME = Text(zh="公示名称", en="Title")

MOMENT = Text(zh="时间（北京时间）", en="Time (Beijing)")
REMARK = Text(zh="说明", en="Remark")
PUBLISHED = Text(zh="发布公示", en="Published")
OPENED = Text(zh="公示开始", en="Opened")
CLOSED = Text(zh="公示截止", en="Closed")
LENGTHENED = Text(zh="延长", en="Lengthened")
DOWNTIME = Text(zh="服务中断，顺延", en="Lengthened for downtime")
WITHDRAWN = Text(zh="撤回", en="Withdrawn")
LATER_CLOSE = Text(
    zh="原定 {before} 截止，改为 {after}。{reason}",
    en="Closes {after} instead of {before}. {reason}",
)
BREAK = Text(zh="中断 {since} 至 {until}。", en="Down from {since} to {until}. ")
COUNTED = Text(
    zh="自 {first} 起至 {last} 止，计 {days} 日；法定最短 {least} 日，{verdict}。",
    en="From {first} to {last}: {days} counted days; the minimum is {least}: {verdict}.",
)
ENOUGH = Text(zh="符合规定", en="enough")
TOO_FEW = Text(zh="不足", en="too few")
NOT_OPENED = Text(zh="尚未公示。", en="Not announced yet.")
COUNTING = Text(zh="计算方法：{how}。", en="How days are counted: {how}.")
ARTICLE = Text(zh="{basis}：{article}。", en="{basis}: {article}.")
LOST_TIME = Text(
    zh="服务中断 {count} 次，合计 {hours} 小时，截止时间已相应顺延。",
    en="The service was down {count} times, {hours} hours in all; the period was lengthened.",
)
NO_DOWNTIME = Text(
    zh="公示期间没有记录到服务中断。", en="No downtime of the service was recorded in the period."
)

SUMMARY_TEXT = Text(
    zh="公示期间共收到意见 {receipts} 条（每条一个回执），内容不同的 {texts} 件，归并为 "
    "{subjects} 个答复事项；公开 {shown} 条，不公开 {withheld} 条{pending}。",
    en="{receipts} opinions were received, one receipt each; {texts} different texts, answered "
    "as {subjects} subjects; {shown} are shown and {withheld} withheld{pending}.",
)
PENDING = Text(zh="，待审核 {n} 条", en=", {n} await moderation")
ANSWERED_TEXT = Text(zh="采纳情况：{verdicts}。", en="Decisions: {verdicts}.")
UNANSWERED = Text(zh="未答复", en="Unanswered")
FILES_TEXT = Text(zh="另收到附件 {n} 个。", en="{n} files came with them.")
NUMBER_OF = Text(zh="意见", en="Opinions")
TOTAL = Text(zh="合计", en="Total")
BY = Text(zh="按{what}", en="By {what}")
CHANNEL = Text(zh="渠道", en="channel")
STANCE = Text(zh="态度", en="stance")
NO_STANCE = Text(zh="未表态", en="Not told")
PROJECT = Text(zh="项目", en="project")
WHOLE_PLAN = Text(zh="整个规划", en="The whole plan")
TOPIC = Text(zh="议题", en="topic")
NO_TOPIC = Text(zh="未选议题", en="None chosen")
STANDING = Text(zh="公开情况", en="standing")
CODE = Text(zh="不公开原因", en="reason for withholding")
PROJECT_TITLE = Text(zh="项目", en="Project")
TOPIC_TITLE = Text(zh="议题", en="Topics")
STANCE_TITLE = Text(zh="态度", en="Stance")
STANDING_TITLE = Text(zh="公开情况", en="Standing")
CODE_TITLE = Text(zh="不公开原因", en="Withheld for")
TOPIC_NOTE = Text(
    zh="一条意见可以有多个议题，各行之和可能大于合计；合计按意见条数。",
    en="An opinion may have several topics: rows may add up to more than the total, which counts"
    " opinions.",
)

NUMBER = Text(zh="编号", en="No.")
SOURCE = Text(zh="来源", en="Source")
RECEIVED = Text(zh="收到时间", en="Received")
ABOUT = Text(zh="项目、议题", en="Project, topics")
OPINION = Text(zh="意见内容", en="Opinion")
VERDICT = Text(zh="采纳情况", en="Decision")
REASON = Text(zh="理由", en="Reason")
REASON_AND_BODY = Text(zh="理由、责任单位", en="Reason, responsible body")
BODY = Text(zh="责任单位", en="Responsible body")
BODY_LINE = Text(zh="责任单位：{body}", en="Responsible: {body}")
DECIDED = Text(zh="答复时间", en="Decided")
GROUP = Text(zh="组号", en="Group")
GROUP_LINE = Text(zh="（第 {n} 组）", en="(group {n})")
CHANGE_LINE = Text(zh="规划修改：第 {n} 项", en="Change {n} of the plan")
CHANGE = Text(zh="规划修改", en="Change of the plan")
FILES = Text(zh="附件", en="Files")
FILES_LINE = Text(zh="［附件 {n} 个］", en="[{n} files]")
WITHHELD_LINE = Text(zh="［不公开：{why}］", en="[withheld: {why}]")
PENDING_LINE = Text(zh="［待审核］", en="[awaiting moderation]")
OPINIONS_NOTE = Text(
    zh="意见按收到顺序编号，照录原文；为保护他人个人信息遮盖的字以“■”表示。不公开的意见"
    "不印原文，仍予答复。提出人的联系方式不在本报告中。",
    en="Opinions stand in the order of their receipt, in the words of their authors; “■” hides "
    "personal data of others. Of withheld ones the words are not printed, and they are "
    "answered all the same. No contact data stands in this report.",
)
OPINIONS_TABLE = Text(zh="意见及采纳情况（共 {n} 条）", en="Opinions and decisions ({n})")
EARLIER = Text(
    zh="有 {n} 条答复后来由新的答复取代；被取代的答复留存在登记簿中。",
    en="{n} decisions were replaced by later ones and stay in the register.",
)

GROUP_TITLE = Text(zh="共同意见", en="What they have in common")
MEMBERS = Text(zh="条数", en="Opinions")
MEMBER_NUMBERS = Text(zh="意见编号", en="Their numbers")
NO_GROUPS = Text(
    zh="没有归组的意见，逐条答复。", en="No opinions were grouped; each was answered by itself."
)
GROUPS_TABLE = Text(zh="归组的意见", en="Grouped opinions")

NO_CHANGES = Text(
    zh="没有因公众意见修改规划图形。", en="No shape of the plan was changed because of opinions."
)
CHANGE_HEAD = Text(zh="第 {n} 项：{layer}", en="Change {n}: {layer}")
CHANGE_TEXT = Text(
    zh="{layer}于 {at} 发布版本 {after}，修改前的版本为 {before}。依据第 {numbers} 号意见。",
    en="{layer}: version {after} was published on {at}; the version before it is {before}. It "
    "answers the opinions {numbers}.",
)
FIRST_VERSION = Text(zh="（首次发布）", en="(none: it was the first)")
GONE = Text(
    zh="版本 {version} 已不在版本库中，无法量算。",
    en="Version {version} is no longer in the store and cannot be measured.",
)
CHANGE_TABLE = Text(zh="{layer}：修改前后", en="{layer}: before and after")
FEATURE = Text(zh="要素", en="Feature")
KIND = Text(zh="变化", en="Change")
WAS = Text(zh="修改前", en="Before")
IS = Text(zh="修改后", en="After")
DIFFERS = Text(zh="增减", en="Difference")
SCHEMATIC = Text(zh="示意", en="schematic")
MARK = Text(zh="标记", en="Mark")
ALL_OF_LAYER = Text(zh="全图层合计", en="The whole layer")
CHANGE_NOTE = Text(
    zh="在 {crs} 中量算，规划统计，非测绘成果。带“示意”的图形只表示大概位置，其面积只供"
    "比较。合计由整体计算，不由各行相加。",
    en="Measured in {crs}; planning statistics, not a survey result. Shapes with the mark "
    "“schematic” show roughly where; their figures serve to compare. Totals are computed from"
    " the whole.",
)
NOTHING_DIFFERS = Text(
    zh="两个版本没有不同的要素。", en="No feature differs between the two versions."
)
BEFORE_MAP = Text(zh="修改前（版本 {version}）", en="Before (version {version})")
AFTER_MAP = Text(zh="修改后（版本 {version}）", en="After (version {version})")
MAP = Text(zh="{layer}修改前后对照，1:{scale}", en="{layer}, before and after, 1:{scale}")

NO_WITHHELD = Text(zh="没有不公开的意见。", en="No opinion is withheld.")
WITHHELD_TEXT = Text(
    zh="不公开 {n} 条，逐条列出采纳情况及理由，见“意见及采纳情况”；原文留存在登记簿中，"
    "提出人凭回执可见。",
    en="{n} are withheld; the decision on each and its reason stand in the list of opinions. "
    "Their words are kept in the register, and their authors see them by receipt.",
)
WITHHELD_TABLE = Text(zh="不公开的意见，按原因", en="Withheld opinions by reason")

PROOF_TEXT = Text(
    zh="公示和每条意见的收到、审核、归组、答复都写入只增不改的链式留痕，每条记录带有前一条"
    "的哈希；每日链头公布在“留痕登记”页。",
    en="The notice, and the receipt, moderation, grouping and decision of every opinion stand in"
    " a log that is only appended to; each entry carries the hash of the one before. The head"
    " of each day is published on the page of the register.",
)
LOG_SIZE = Text(zh="与本公示有关的记录", en="Entries on this notice")
LOG_SIZE_OF = Text(zh="{n} 条", en="{n}")
LOG_HEAD = Text(zh="其中最后一条", en="The last of them")
LOG_HEAD_OF = Text(zh="第 {number} 条，{at}\n哈希 {hash}", en="No. {number}, {at}\nhash {hash}")
FINALISED = Text(zh="定稿", en="Finalised")
FINALISED_OF = Text(
    zh="第 {n} 次，{at}\n定稿时的输入哈希 {hash}",
    en="No. {n}, {at}\nhash of the inputs then {hash}",
)
NOT_FINALISED = Text(zh="尚未定稿", en="not yet")
REPEAT = Text(
    zh="输入哈希由公示、延长、文件、全部意见、审核、归组、答复和规划版本算出；同样的数据得"
    "到同样的表和同样的哈希。",
    en="The hash of the inputs is made of the notice, its lengthening and documents, every "
    "opinion, its moderation, group and decision, and the versions of the plan: the same data"
    " give the same tables and the same hash.",
)
VERIFY = Text(zh="核验命令：huitu log verify", en="To verify: huitu log verify")
PROOF_TABLE = Text(zh="哈希与链头", en="Hashes and the head of the log")
LOG_TABLE = Text(zh="公示本身的记录", en="Entries on the notice itself")
ENTRY = Text(zh="序号", en="No.")
ACTION = Text(zh="操作", en="Action")
HASH = Text(zh="哈希", en="Hash")

SIGN_TEXT = Text(
    zh="以上意见采纳情况及理由属实，随规划成果一并报送审批。",
    en="The decisions on the opinions and their reasons are told truly, and go with the plan to "
    "approval.",
)
SIGN_UNIT = Text(zh="编制单位（盖章）", en="Prepared by (seal)")
SIGN_PERSON = Text(zh="负责人（签字）", en="In charge (signature)")
SIGN_DATE = Text(zh="日期", en="Date")
SIGN_DATE_BLANK = Text(zh="＿＿＿＿ 年 ＿＿ 月 ＿＿ 日", en="")
SIGN_TABLE = Text(zh="签署", en="Signature")
LOST = Text(
    zh="下列字符不在所嵌字体中，PDF 正文以方框“□”代替，原文见 DOCX、XLSX、CSV 和网页：{letters}",
    en="These characters are not in the embedded font; the PDF shows them as □, and the DOCX, "
    "XLSX, CSV and the page have them: {letters}",
)
HA = Text(zh="公顷", en="ha")
KM = Text(zh="km", en="km")
M2 = Text(zh="㎡", en="m²")
LAYER = Text(zh="图层", en="Layer")
VERSION_BEFORE = Text(zh="修改前版本", en="Version before")
VERSION_AFTER = Text(zh="修改后版本", en="Version after")
AREA_WAS = Text(zh="修改前面积", en="Area before")
AREA_IS = Text(zh="修改后面积", en="Area after")
AREA_DIFFERS = Text(zh="面积增减", en="Difference of area")
LENGTH_WAS = Text(zh="修改前长度", en="Length before")
LENGTH_IS = Text(zh="修改后长度", en="Length after")
LENGTH_DIFFERS = Text(zh="长度增减", en="Difference of length")
NUMBERS_OF = Text(zh="意见编号", en="Opinions")
AND = Text(zh="、", en=", ")
COLON = Text(zh="：", en=": ")
