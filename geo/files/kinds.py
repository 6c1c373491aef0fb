"""What can be wrong with a file as a whole; what is wrong with rows stands beside each reader."""

from __future__ import annotations

from geo.errors import ProblemKind
from geo.types import Text

NO_FILE = ProblemKind(
    "file-missing",
    "error",
    Text(zh="找不到文件 {name}", en="There is no file {name}"),
    Text(zh="核对文件名和所在文件夹", en="Check the name and the folder"),
)
UNREADABLE = ProblemKind(
    "file-unreadable",
    "error",
    Text(zh="无法打开文件 {name}", en="The file {name} cannot be opened"),
    Text(zh="核对读取权限，或重新复制一份", en="Check the permission to read it, or copy it anew"),
)
NOTHING_IN_IT = ProblemKind(
    "file-empty",
    "error",
    Text(zh="文件是空的（0 字节）", en="The file is empty (0 bytes)"),
    Text(zh="重新导出", en="Export it again"),
)
TOO_LARGE = ProblemKind(
    "file-too-large",
    "error",
    Text(
        zh="文件有 {size} MB，超过上限 {limit} MB",
        en="The file has {size} MB, more than {limit} MB",
    ),
    Text(zh="分成几个图层，或先简化图形", en="Split it into layers, or simplify the shapes first"),
)
NOT_READ = ProblemKind(
    "file-type",
    "error",
    Text(zh="目前不能读取{found}文件", en="{found} is not read today"),
    Text(
        zh="请转存为 GeoJSON、Shapefile（.shp 或 .zip）、GeoPackage、FlatGeobuf、KML 或 KMZ、"
        "CSV 或 XLSX、DXF",
        en="Save it as GeoJSON, Shapefile (.shp or .zip), GeoPackage, FlatGeobuf, KML or KMZ,"
        " CSV or XLSX, DXF",
    ),
)
ASK_ENCODING = ProblemKind(
    "encoding-unknown",
    "error",
    Text(
        zh="文字的编码不明：{looks}。按 GBK 读：{gbk}；按 UTF-8 读：{utf8}",
        en="The encoding of the text is not clear: {looks}. As GBK it reads {gbk}; as UTF-8 {utf8}",
    ),
    Text(
        zh="看哪一种读得通，再用 --encoding 指明，例如 --encoding gbk；或转存为 UTF-8",
        en="See which one reads well and name it, e.g. --encoding gbk; or save it as UTF-8",
    ),
)
BAD_ENCODING = ProblemKind(
    "encoding-wrong",
    "error",
    Text(zh="文字不能按 {encoding} 编码读出", en="The text does not read as {encoding}"),
    Text(
        zh="换一种编码（{choices}）",
        en="Name another encoding ({choices})",
    ),
)
DAMAGED = ProblemKind(
    "file-damaged",
    "error",
    Text(zh="文件已损坏或不完整：{what}", en="The file is damaged or cut short: {what}"),
    Text(zh="重新导出或重新复制", en="Export or copy it again"),
)
RENAMED = ProblemKind(
    "field-renamed",
    "note",
    Text(
        zh="字段“{old}”的名称与图形列或别的字段冲突，已改为“{new}”",
        en="The field “{old}” clashes with the geometry or another field and is now “{new}”",
    ),
    Text(zh="可在源文件中改名", en="You can rename it in the source file"),
)
BAD_SHAPE = ProblemKind(
    "geometry-unreadable",
    "error",
    Text(zh="图形数据已损坏或类型不支持", en="The geometry is damaged or of a type not read"),
    Text(
        zh="弧线、三维曲面等请先转为普通的点、线、面",
        en="Turn arcs and surfaces into plain points, lines and polygons first",
    ),
)
BINARY_FIELD = ProblemKind(
    "field-binary",
    "note",
    Text(zh="字段“{name}”存的是二进制内容，不读取", en="The field “{name}” is binary: not read"),
    Text(zh="无需处理", en="Nothing to do"),
)
TOO_MANY_FIELDS = ProblemKind(
    "fields-too-many",
    "error",
    Text(zh="共有 {count} 个不同的字段，超过上限 {limit}", en="{count} fields, more than {limit}"),
    Text(
        zh="多为导出时把值当成了字段名，核对后重新导出",
        en="Values may have become field names: check and export it again",
    ),
)
KINDS = (
    NO_FILE,
    UNREADABLE,
    NOTHING_IN_IT,
    TOO_LARGE,
    NOT_READ,
    ASK_ENCODING,
    BAD_ENCODING,
    DAMAGED,
    RENAMED,
    BAD_SHAPE,
    BINARY_FIELD,
    TOO_MANY_FIELDS,
)
