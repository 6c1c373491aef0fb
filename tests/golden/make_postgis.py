"""Write ``postgis.json``: the figures of the sample, worked out by PostGIS and not by us.

Run it where PostgreSQL with PostGIS is installed; it starts a database of its own and drops it::

    pg_virtualenv python3 tests/golden/make_postgis.py

It knows nothing of Huitu: it reads the sample's GeoJSON with the standard library, brings it to
EPSG:4549 and measures it with PostGIS, and writes the versions it used beside the figures.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent.parent / "data"
PROJECTS = ("roads", "parks", "metro", "renovation", "studies", "industry", "environment")
OTHERS = ("districts", "stations")
#: Draws as 示意: these do not enter a total unless somebody asks.
BELOW_APPROXIMATE = ("schematic", "illustrative")

TABLES = """
create extension postgis;
create table features (layer text, id text, class text, schematic boolean, first int, last int,
                       deg geometry(geometry, 4326), g geometry(geometry, 4549), n serial);
"""
AFTER = """
update features set g = st_transform(deg, 4549);
create view projects as select * from features where layer not in ('districts', 'stations');
create view districts as select * from features where layer = 'districts';
create view reach as select st_union(st_buffer(g, 800, 'quad_segs=64')) g
  from features where layer = 'stations';
-- A line along the border of two districts is on both; as the rule is, the first one has it.
create view taken as
  select d.id, st_union(e.g) g from districts d join districts e on e.n < d.n group by d.id;
create view pieces as
  select p.layer, p.id, p.class, p.schematic, p.first, p.last, d.id district,
         case when st_dimension(p.g) = 2 then st_collectionextract(st_intersection(p.g, d.g), 3)
              when st_dimension(p.g) = 1 then st_collectionextract(st_intersection(
                case when t.g is null then p.g else st_difference(p.g, t.g) end, d.g), 2)
              else st_intersection(p.g, d.g) end g
  from projects p join districts d on st_intersects(p.g, d.g) left join taken t on t.id = d.id;
"""
QUERIES = {
    "versions": "select postgis_full_version() postgis, version() postgresql",
    "layers": """
        select layer, count(*) count, count(*) filter (where g is null) unlocated,
               count(*) filter (where schematic) schematic,
               sum(st_length(g)) filter (where st_dimension(g) = 1) length_m,
               sum(st_area(g)) filter (where st_dimension(g) = 2) gross_m2,
               st_area(st_union(g) filter (where st_dimension(g) = 2)) net_m2,
               sum(st_length(deg::geography)) filter (where st_dimension(g) = 1) geodesic_length_m
        from projects group by layer order by layer""",
    "approximate_or_better": """
        select layer, sum(st_length(g)) filter (where st_dimension(g) = 1) length_m,
               sum(st_area(g)) filter (where st_dimension(g) = 2) gross_m2,
               st_area(st_union(g) filter (where st_dimension(g) = 2)) net_m2
        from projects where not schematic group by layer order by layer""",
    "total": """
        select sum(st_length(g)) filter (where st_dimension(g) = 1) length_m,
               sum(st_area(g)) filter (where st_dimension(g) = 2) gross_m2,
               st_area(st_union(g) filter (where st_dimension(g) = 2)) net_m2
        from projects""",
    "features": """
        select id, case st_dimension(g) when 1 then st_length(g) end length_m,
               case st_dimension(g) when 2 then st_area(g) end area_m2,
               case st_dimension(g) when 1 then st_length(deg::geography) end geodesic_length_m,
               case st_dimension(g) when 2 then st_area(deg::geography) end geodesic_m2
        from projects where g is not null order by id""",
    "districts": "select id, st_area(g) area_m2 from districts order by id",
    "layer_district": """
        select layer, district, count(distinct id) count,
               sum(st_length(g)) filter (where st_dimension(g) = 1) length_m,
               sum(st_area(g)) filter (where st_dimension(g) = 2) gross_m2,
               st_area(st_union(g) filter (where st_dimension(g) = 2)) net_m2
        from pieces where st_length(g) > 0.01 or st_area(g) > 0.01 or st_dimension(g) = 0
        group by layer, district order by layer, district""",
    "road_class_district": """
        select class, district, sum(st_length(g)) length_m from pieces
        where layer = 'roads' and st_length(g) > 0.01
        group by class, district order by class, district""",
    "east_parks_near_stations": """
        select first, last, sum(st_area(st_intersection(p.g, reach.g))) gross_m2,
               st_area(st_union(st_intersection(p.g, reach.g))) net_m2
        from pieces p, reach where p.layer = 'parks' and p.district = 'D_EAST'
          and st_area(st_intersection(p.g, reach.g)) > 0.01
        group by first, last order by first, last""",
    "pairs": """
        select a.id "left", b.id "right",
               case when st_dimension(a.g) + st_dimension(b.g) = 4
                    then st_area(st_intersection(a.g, b.g)) end area_m2,
               case when st_dimension(a.g) + st_dimension(b.g) < 4
                    then st_length(st_collectionextract(st_intersection(a.g, b.g), 2)) end length_m
        from projects a join projects b on a.id < b.id and st_intersects(a.g, b.g)
        where st_dimension(a.g) > 0 and st_dimension(b.g) > 0
        order by a.id, b.id""",
    "nearest_station": """
        select distinct on (p.id) p.id, s.id station, st_distance(p.g, s.g) distance_m
        from projects p, features s where s.layer = 'stations' and p.g is not null
        order by p.id, st_distance(p.g, s.g), s.id""",
}


def main() -> None:
    """Load, measure, write."""
    _psql(TABLES + "".join(_inserts()) + AFTER)
    found = {name: _rows(query) for name, query in QUERIES.items()}
    versions = found.pop("versions")[0]
    told = {"made_by": "pg_virtualenv python3 tests/golden/make_postgis.py", **versions}
    sources = {layer: digest(DATA, layer) for layer in (*PROJECTS, *OTHERS)}
    text = json.dumps({"versions": told, "sources": sources, **found}, ensure_ascii=False, indent=1)
    (HERE / "postgis.json").write_text(text + "\n", "utf-8")


def digest(data: Path, layer: str) -> str:
    """Hash all that the figures of a layer depend on."""
    read = [[*_words(feature), feature["geometry"]] for feature in _features(data, layer)]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()


def _features(data: Path, layer: str) -> list[dict]:
    return json.loads((data / f"{layer}.geojson").read_text("utf-8"))["features"]


def _words(feature: dict) -> tuple:
    """Id, class, whether it is schematic, first and last year."""
    get = feature["properties"].get
    schematic = get("geometry_quality") in BELOW_APPROXIMATE
    return get("id"), get("class"), schematic, get("year_from"), get("year_to")


def _inserts() -> list[str]:
    return [
        _insert(layer, feature)
        for layer in (*PROJECTS, *OTHERS)
        for feature in _features(DATA, layer)
    ]


def _insert(layer: str, feature: dict) -> str:
    (id_, class_, schematic, first, last), shape = _words(feature), feature["geometry"]
    values = (
        _text(layer),
        _text(id_),
        _text(class_),
        str(schematic).lower(),
        "null" if first is None else str(int(first)),
        "null" if last is None else str(int(last)),
        "null" if shape is None else f"st_geomfromgeojson({_text(json.dumps(shape))})",
        "null",
    )
    return f"insert into features values ({', '.join(values)});\n"  # noqa: S608 - our own file


def _text(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def _rows(query: str) -> list[dict]:
    wrapped = f"select coalesce(json_agg(t), '[]') from ({query}) t"  # noqa: S608 - our own words
    return json.loads(_psql(wrapped))


def _psql(text: str) -> str:
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
