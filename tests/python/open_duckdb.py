"""Opens datasets in DuckDB as a user would and proves what their designs promise.

usage: open_duckdb.py FOLDER...

For each folder: every table of design.json from Parquet and from CSV, the same rows in both, NOT NULL and
keys by query, and the share of columns that are text. Prints one JSON line a folder; exits 1 at a broken promise.
"""

import json
import pathlib
import sys

import duckdb

broken = []


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return "'" + str(text).replace("'", "''") + "'"


for folder in map(pathlib.Path, sys.argv[1:]):
    design = json.loads((folder / "design.json").read_text())
    db = duckdb.connect()
    counts, kinds = {}, []
    for table in design["tables"]:
        name = table["name"]
        parquet = folder / "samples" / f"{name}.parquet"
        db.sql(f"create table {quoted(name)} as from read_parquet({literal(parquet)})")
        counts[name] = db.sql(f"select count(*) from {quoted(name)}").fetchall()[0][0]
        types = {row[0]: row[1] for row in db.sql(f"describe {quoted(name)}").fetchall()}
        kinds += types.values()
        csv = folder / "samples" / f"{name}.csv"
        if csv.exists():
            columns = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in types)
            read = f"read_csv({literal(csv)}, header = true, allow_quoted_nulls = false, auto_detect = false, quote = '\"', escape = '\"', columns = {{{columns}}})"
            rows = db.sql(f"select count(*) from {read}").fetchall()[0][0]
            if rows != counts[name]:
                broken.append(f"{folder}: {name}: {counts[name]} rows in Parquet, {rows} in CSV")
            for column, kind in types.items():
                plain = kind in ("VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DATE", "BOOLEAN", "DOUBLE") or kind.startswith(("DECIMAL", "TIMESTAMP"))
                if plain:
                    differ = db.sql(
                        f"select count(*) from (select {quoted(column)} v from {quoted(name)} except all select cast({quoted(column)} as {kind}) from {read})"
                    ).fetchall()[0][0]
                    if differ:
                        broken.append(f"{folder}: {name}.{column}: {differ} values differ between Parquet and CSV")
        for column in table["columns"]:
            nulls = db.sql(f"select count(*) from {quoted(name)} where {quoted(column['name'])} is null").fetchall()[0][0]
            if nulls and not column["nullable"]:
                broken.append(f"{folder}: {name}.{column['name']}: {nulls} nulls where none may be")
        if table["primary_key"]:
            keys = ", ".join(map(quoted, table["primary_key"]))
            double = db.sql(f"select count(*) from (select {keys} from {quoted(name)} group by all having count(*) > 1)").fetchall()[0][0]
            if double:
                broken.append(f"{folder}: {name}: {double} primary keys stand twice")
    for table in design["tables"]:
        for key in table["foreign_keys"]:
            child, parent = quoted(table["name"]), quoted(key["references"]["table"])
            pairs = list(zip(key["columns"], key["references"]["columns"]))
            on = " and ".join(f"c.{quoted(a)} = p.{quoted(b)}" for a, b in pairs)
            there = " and ".join(f"c.{quoted(a)} is not null" for a, _ in pairs)
            lost = db.sql(f"select count(*) from {child} c anti join {parent} p on {on} where {there}").fetchall()[0][0]
            if lost:
                broken.append(f"{folder}: {table['name']}: {lost} orphans of {key}")
    if kinds and all(kind == "VARCHAR" for kind in kinds):
        broken.append(f"{folder}: every column is text")
    print(json.dumps({"folder": folder.name, "rows": counts}))
if broken:
    sys.exit("\n".join(broken))
