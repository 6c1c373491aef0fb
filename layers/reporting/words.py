"""The words of a report in both languages."""

from geo.types import Text

TITLE = Text(zh="规划统计报告", en="Planning statistics report")
NOTICE = Text(zh="规划统计，非测绘成果", en="Planning statistics, not a survey result")
DATE = Text(zh="数据发布日期", en="Data published")
SOURCE = Text(zh="资料来源", en="Source")
CRS = Text(zh="量算坐标系", en="Measured in")
SOFTWARE = Text(zh="软件", en="Software")
STATE = Text(zh="数据状态", en="State of the data")
REVIEW = Text(zh="审图号", en="Map review number")
NO_REVIEW = Text(zh="无（示意图，未送审）", en="none (a sketch, not submitted for review)")
ASKED = Text(zh="统计范围", en="What was asked")
WITHIN = Text(zh="车站 {metres} 米以内", en="within {metres} m of a station")
BOUNDARY = Text(zh="自定边界以内", en="within a given boundary")
EVERYTHING = Text(zh="全部项目", en="all projects")

CONTENTS = Text(zh="目　录", en="Contents")
SUMMARY = Text(zh="概要", en="Summary")
MAPS = Text(zh="规划图", en="Maps")
FIGURES = Text(zh="统计表", en="Statistics")
OVERLAPS = Text(zh="重叠", en="Overlaps")
STATED = Text(zh="载明与绘制", en="Stated against drawn")
ANALYSES = Text(zh="专题分析", en="Analyses")
PROJECTS = Text(zh="项目名录", en="Register of projects")
METHOD = Text(zh="方法与标记", en="Method and marks")
PROVENANCE = Text(zh="附录：数据来源与版本", en="Appendix: provenance")

SUMMARY_TEXT = Text(
    zh="本报告统计 {count} 个项目，其中未定位 {unlocated} 个（计数，不计面积和长度），"
    "图形为示意 {schematic} 个（{rule}）。",
    en="This report counts {count} projects; {unlocated} of them have no position (counted, not "
    "measured) and {schematic} are schematic ({rule}).",
)
LEFT_OUT = Text(zh="计数，不计入面积和长度", en="counted, not measured")
TAKEN_IN = Text(zh="已按要求计入面积和长度", en="measured too, as was asked")
TOTAL_LENGTH = Text(zh="线状项目长度 {value}。", en="Length of line projects: {value}.")
TOTAL_AREA = Text(
    zh="面状项目毛面积 {gross}，净面积 {net}，重叠 {overlap}（毛面积 − 净面积）。",
    en="Gross area {gross}, net area {net}, overlap {overlap} (gross − net).",
)
STATED_LINE = Text(
    zh="规划文本载明：用地 {land}；建筑面积 {floor}；数量 {count}。三者口径不同，互不相加。",
    en="Stated by the plan: land {land}; floor {floor}; number {count}. Three kinds that are never "
    "added.",
)
OVERVIEW = Text(zh="规划总图，1:{scale}", en="Overview, 1:{scale}")
LAYER_MAP = Text(zh="{layer}，1:{scale}", en="{layer}, 1:{scale}")
MAP_NOTE = Text(
    zh="图按真实比例尺绘制，坐标系 {crs}，格网数字单位 km。按原尺寸（100%）打印时比例尺成立。",
    en="Maps are true to scale in {crs}, grid in km. The scale holds when printed at 100 %.",
)
UNMAPPED = Text(zh="未定位、不在图上：{ids}", en="Without a position, not on the map: {ids}")
BY = Text(zh="按{groups}", en="By {groups}")
COUNT = Text(zh="项目", en="No.")
UNLOCATED = Text(zh="未定位", en="No\nplace")
SCHEMATIC = Text(zh="示意", en="Sche-\nmatic")
SCHEMATIC_MARK = Text(zh="示意", en="示意 schematic")
LENGTH = Text(zh="长度\nkm", en="Length\nkm")
GROSS = Text(zh="毛面积\n公顷", en="Gross\nha")
NET = Text(zh="净面积\n公顷", en="Net\nha")
NET_MU = Text(zh="净面积\n亩", en="Net\nmu")
OVERLAP = Text(zh="重叠\n公顷", en="Overlap\nha")
GEODESIC = Text(zh="椭球净面积\n公顷", en="Net, ellipsoid\nha")
MARKS = Text(zh="标记", en="Marks")
TOTAL = Text(zh="合计", en="Total")
TOTAL_NOTE = Text(
    zh="合计由整体计算，不由各行相加。未知写作“—”。",
    en="The total is computed from the whole, not by adding rows. What is unknown is “—”.",
)
CHART = Text(zh="{what}（{groups}）", en="{what} ({groups})")
CHART_NET = Text(zh="净面积，公顷", en="Net area, ha")
CHART_LENGTH = Text(zh="长度，km", en="Length, km")
CHART_COUNT = Text(zh="项目数", en="Projects")
NO_OVERLAPS = Text(zh="没有共用范围的项目。", en="No two projects share ground.")
PAIRS = Text(zh="共用范围的项目", en="Projects that share ground")
UNITS = {
    "count": Text(zh="", en=""),
    "text": Text(zh="", en=""),
    "flag": Text(zh="", en=""),
    "m": Text(zh="m", en="m"),
    "m2": Text(zh="公顷", en="ha"),
    "floor_m2": Text(zh="万㎡", en="10,000 m²"),
    "ratio": Text(zh="%", en="%"),
    "m_per_km2": Text(zh="m/km²", en="m/km²"),
}
YES = Text(zh="是", en="yes")
PROJECT = Text(zh="项目", en="Project")
SHARED_AREA = Text(zh="共用面积\n公顷", en="Shared area\nha")
SHARED_LENGTH = Text(zh="共用长度\nm", en="Shared length\nm")
KIND = Text(zh="口径", en="Kind")
STATED_VALUE = Text(zh="载明", en="Stated")
DRAWN = Text(zh="绘制", en="Drawn")
DIFFERENCE = Text(zh="差", en="Difference")
REMARK = Text(zh="说明", en="Remark")
STATED_NOTE = Text(
    zh="差超过 5% 的标“▲”。建筑面积与用地、数量与图形口径不同，不比较。",
    en="▲ marks a difference beyond 5 %. Floor and land, numbers and shapes are not compared.",
)
NO_STATED = Text(zh="规划文本没有载明数值。", en="The plan states no figures.")
KINDS = {
    "land": Text(zh="用地", en="land"),
    "floor": Text(zh="建筑面积", en="floor"),
    "count": Text(zh="数量", en="number"),
}
ID = Text(zh="编号", en="Id")
NAME = Text(zh="名称", en="Name")
LAYER = Text(zh="图层", en="Layer")
STAGE = Text(zh="阶段", en="Stage")
YEARS = Text(zh="年份", en="Years")
QUALITY = Text(zh="图形质量", en="Shape")
FIGURE = Text(zh="绘制数值", en="Drawn")
UNDATED = Text(zh="未定", en="undated")
VERSION = Text(zh="版本", en="Version")
FILE = Text(zh="源文件与 SHA-256", en="Source file and SHA-256")
FEATURES = Text(zh="要素\n（已定位）", en="Features\n(located)")
PUBLISHED = Text(zh="发布（UTC）", en="Published (UTC)")
STEPS = Text(zh="清理记录", en="Mends")
LICENCE = Text(zh="许可与来源", en="Licence and source")
LOST = Text(
    zh="下列字符不在所嵌字体中，正文以方框“□”代替：{letters}",
    en="These characters are not in the embedded font and are shown as □: {letters}",
)
TABLE = Text(zh="表 {n}　{text}", en="Table {n}. {text}")
PICTURE = Text(zh="图 {n}　{text}", en="Figure {n}. {text}")
PAGE = Text(zh="第 {n} 页", en="page {n}")
CONTINUED = Text(zh="{name}\n续", en="{name}\ncont.")
