"""The words of a sheet in both languages."""

from geo.types import Text

#: The mark of geometry below *approximate*; it is the same in every language.
SCHEMATIC_MARK = "示意"
LEGEND = Text(zh="图　例", en="Legend")
SCALE = Text(zh="比例尺", en="Scale")
GRID_NORTH = Text(zh="坐标北", en="Grid north")
SCHEMATIC = Text(zh="示意（虚线，非实测）", en="Schematic (示意), not surveyed")
QUALITY = Text(zh="图形质量", en="Quality of the shape")
UNCLASSIFIED = Text(zh="未分类", en="Unclassified")
NOT_SURVEY = Text(zh="规划统计，非测绘成果", en="Planning statistics, not a survey result")
NO_REVIEW = Text(
    zh="示意图，未送审，无审图号", en="A sketch: not submitted for review, no map review number"
)
REVIEW = Text(zh="审图号：{number}", en="Map review number: {number}")
GRID = Text(
    zh="坐标系：{name}（{code}），格网数字单位 km；图幅中心子午线收敛角 {angle}",
    en="Coordinates: {name} ({code}), grid in km; meridian convergence at the centre {angle}",
)
SOURCE = Text(zh="资料来源：{source}", en="Source: {source}")
VERSIONS = Text(zh="图层版本：{versions}", en="Layer versions: {versions}")
UNLOCATED = Text(
    zh="未定位、不在图上的项目 {n} 项：{ids}",
    en="{n} projects without a position, not drawn: {ids}",
)
OUTSIDE = Text(zh="在图幅以外 {n} 项：{ids}", en="{n} features beyond the edge of the map: {ids}")
UNNAMED = Text(
    zh="图面拥挤、未注名 {n} 项：{ids}", en="{n} features not named for want of room: {ids}"
)
LOST = Text(
    zh="字体缺字，以方框代替：{letters}", en="Characters not in the font, shown as boxes: {letters}"
)
MADE = Text(
    zh="数据发布日期 {date} · {software} · 状态 {state}",
    en="Data published {date} · {software} · state {state}",
)
FILTERED = Text(
    zh="只绘符合所选条件的项目", en="Only the projects that pass the chosen filter are drawn"
)
