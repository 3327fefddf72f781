"""Reads datasets back from Parquet by pyarrow and DuckDB and from CSV, and proves that all hold the same values.

usage: compare_formats.py portable|native FOLDER...

For every table of each folder: the physical and logical types that the kinds of design.json stand for, REQUIRED where
nothing may be missing, field ids, zstd, dictionary pages for enums, the promised metadata, and the values.
Exits 1 with a line for each broken promise.
"""

import datetime
import decimal
import json
import pathlib
import re
import sys
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

types, folders = sys.argv[1], [pathlib.Path(folder) for folder in sys.argv[2:]]
broken = []

PLAIN = {
    "bool": pa.bool_(), "int8": pa.int8(), "int16": pa.int16(), "int32": pa.int32(), "int64": pa.int64(),
    "float64": pa.float64(), "text": pa.string(), "enum": pa.string(), "date": pa.date32(), "json": pa.string(),
    "timestamp": pa.timestamp("us"), "timestamptz": pa.timestamp("us", "UTC"),
}


def wanted(kind):
    """The pyarrow type of a kind; None where the kind does not say all."""
    if kind in PLAIN:
        return PLAIN[kind]
    if kind.startswith("decimal("):
        return pa.decimal128(*map(int, kind[8:-1].split(",")))
    if kind == "time":
        return pa.time64("us") if types == "native" else pa.string()
    if kind == "uuid":
        return pa.uuid() if types == "native" else pa.string()
    return None


def plain(value):
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    return value


def typed(kind, text):
    """A cell of CSV as the value of its kind; None is NULL."""
    if text is None:
        return None
    if kind == "bool":
        return {"true": True, "false": False}[text]
    if kind.startswith("int"):
        return int(text)
    if kind == "float64":
        return float(text)
    if kind.startswith("decimal"):
        return decimal.Decimal(text)
    if kind == "date":
        return datetime.date.fromisoformat(text)
    if kind.startswith("timestamp"):
        return datetime.datetime.fromisoformat(text)
    if kind == "time" and types == "native":
        return datetime.time.fromisoformat(text)
    if kind == "uuid" and types == "native":
        return uuid.UUID(text)
    if kind in ("list", "struct"):
        return json.loads(text)
    return text


def records(path):
    """The records of RFC 4180 with None for an empty cell that has no quotes."""
    text = path.read_bytes().decode()
    cell = re.compile(r'"((?:[^"]|"")*)"|([^",\n]*)')
    rows, row, at = [], [], 0
    while at < len(text):
        found = cell.match(text, at)
        quoted, bare = found.groups()
        row.append(quoted.replace('""', '"') if quoted is not None else (bare or None))
        at = found.end()
        if text[at] == "\n":
            rows.append(row)
            row = []
        elif text[at] != ",":
            raise SystemExit(f"{path}: no comma at {at}")
        at += 1
    return rows


def check(folder, table):
    name = table["name"]
    where = f"{folder}: {name}"
    path = folder / "samples" / f"{name}.parquet"
    file = pq.ParquetFile(path)
    schema = file.schema_arrow
    columns = {column["name"]: column for column in table["columns"]}
    if schema.names != list(columns):
        broken.append(f"{where}: columns {schema.names}, not {list(columns)}")
        return
    facts = {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()}
    for fact in ("peyote.version", "peyote.seed", "peyote.design", "peyote.keys", "peyote.run_id"):
        if fact not in facts:
            broken.append(f"{where}: no `{fact}` in the file's metadata")
    keys = json.loads(facts["peyote.keys"])
    # How children are spread over parents is the design's alone.
    referring = [{part: key[part] for part in ("columns", "references")} for key in table["foreign_keys"]]
    if keys["primary_key"] != table["primary_key"] or keys["foreign_keys"] != referring:
        broken.append(f"{where}: the keys in the metadata are not the design's")
    ids = []

    def number(field):
        ids.append(int((field.metadata or {}).get(b"PARQUET:field_id", b"-1")))
        for at in range(field.type.num_fields):
            number(field.type.field(at))

    for field in schema:
        column, here = columns[field.name], f"{where}.{field.name}"
        number(field)
        want = wanted(column["kind"])
        stored = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if want is not None and stored != want:
            broken.append(f"{here}: {field.type}, but `{column['kind']}` is {want}")
        if column["kind"] == "list" and not pa.types.is_list(field.type):
            broken.append(f"{here}: {field.type} is no list")
        if column["kind"] == "struct" and not pa.types.is_struct(field.type):
            broken.append(f"{here}: {field.type} is no struct")
        if field.nullable != column["nullable"]:
            broken.append(f"{here}: nullable is {field.nullable} in Parquet, {column['nullable']} in the design")
        said = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        for fact, key in (("unit", "peyote.unit"), ("description", "description")):
            if column.get(fact) and said.get(key) != column[fact]:
                broken.append(f"{here}: the metadata has {said.get(key)!r} for the {fact} {column[fact]!r}")
        if column["kind"] == "enum" and json.loads(said.get("peyote.values", "null")) != column["values"]:
            broken.append(f"{here}: the metadata lacks the enum's members")
    if -1 in ids or len(set(ids)) != len(ids):
        broken.append(f"{where}: field ids {ids}")
    for group in range(file.metadata.num_row_groups):
        for at in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(at)
            if chunk.compression != "ZSTD":
                broken.append(f"{where}.{chunk.path_in_schema}: compressed as {chunk.compression}")
            column = columns.get(chunk.path_in_schema)
            if column and column["kind"] == "enum" and not chunk.has_dictionary_page:
                broken.append(f"{where}.{chunk.path_in_schema}: an enum without a dictionary page")
    rows = records(folder / "samples" / f"{name}.csv")
    if rows[0] != schema.names:
        broken.append(f"{where}: the header of CSV is {rows[0]}")
        return
    read = file.read()
    duck = duckdb.sql(f"from read_parquet('{path}')").fetchall()
    if not (read.num_rows == len(rows) - 1 == len(duck)):
        broken.append(f"{where}: {read.num_rows} rows in Parquet, {len(rows) - 1} in CSV, {len(duck)} by DuckDB")
        return
    for at, column in enumerate(table["columns"]):
        kind, nested = column["kind"], column["kind"] in ("list", "struct")
        for row, value in enumerate(read.column(at).to_pylist()):
            text = rows[row + 1][at]
            if text == "" and len(schema.names) == 1:
                text = None
            other = typed(kind, text)
            ours = plain(value) if nested else value
            if ours != other:
                broken.append(f"{where}.{column['name']}: row {row}: {ours!r} in Parquet, {other!r} in CSV")
            theirs = plain(duck[row][at]) if nested else duck[row][at]
            if kind == "timestamptz" and theirs is not None:
                theirs = theirs.astimezone(datetime.timezone.utc)
            if ours != theirs:
                broken.append(f"{where}.{column['name']}: row {row}: {ours!r} in Parquet, {theirs!r} by DuckDB")


duckdb.sql("set timezone = 'UTC'")
for folder in folders:
    design = json.loads((folder / "design.json").read_text())
    for table in design["tables"]:
        check(folder, table)
if broken:
    sys.exit("\n".join(broken[:60]))
