"""Proves that what Parquet files say of their values is so, and that readers who trust it find every row.

usage: check_statistics.py FOLDER...

For every column of every row group of each table in the design: the null count, the least and the greatest value by
pyarrow, their exactness left open where a text is cut; then rows found by DuckDB with a filter on a value that is there.
Exits 1 with a line for each broken promise.
"""

import json
import pathlib
import sys

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

broken = []


def plain(values):
    """The values of a column without a dictionary."""
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def check(path, table):
    file = pq.ParquetFile(path)
    rows = file.read()
    for group in range(file.metadata.num_row_groups):
        values = file.read_row_group(group)
        for at, column in enumerate(table["columns"]):
            name, where = column["name"], f"{path}: row group {group}: {column['name']}"
            chunk = file.metadata.row_group(group).column(at)
            said, there = chunk.statistics, plain(values.column(at))
            if said is None or not said.has_null_count or said.null_count != there.null_count:
                broken.append(f"{where}: {said} beside {there.null_count} nulls")
                continue
            if not (chunk.has_offset_index and chunk.has_column_index):
                broken.append(f"{where}: no page index")
            if there.null_count == len(there):
                continue
            if column["kind"] == "float64" and not said.has_min_max:
                continue  # Their total order (IEEE 754) is newer than some readers, who leave them alone.
            if not said.has_min_max:
                broken.append(f"{where}: no least and greatest value")
                continue
            bounds = pc.min_max(there).as_py()
            if column["kind"] in ("text", "enum", "uuid", "json", "time"):
                # As bytes: a text that was cut bounds what it was cut from.
                least, most = bounds["min"].encode(), bounds["max"].encode()
                low, high = said.min_raw, said.max_raw
                low, high = (text.encode() if isinstance(text, str) else text for text in (low, high))
                if not (low <= least and (low == least or len(low) <= 64)):
                    broken.append(f"{where}: {low!r} is not the beginning of {least!r}")
                if not (high >= most and (high == most or len(high) <= 64)):
                    broken.append(f"{where}: {high!r} is not above {most!r}")
            elif column["kind"].startswith("decimal"):
                if str(said.min) != str(bounds["min"]) or str(said.max) != str(bounds["max"]):
                    broken.append(f"{where}: {said.min}, {said.max}, not {bounds}")
            elif (said.min, said.max) != (bounds["min"], bounds["max"]):
                broken.append(f"{where}: {said.min}, {said.max}, not {bounds}")
    for column in table["columns"]:
        name, values = column["name"], plain(rows.column(column["name"]))
        for at in (0, len(values) // 2, len(values) - 1):
            value = values[at].as_py()
            found = duckdb.execute(f'select count(*) from read_parquet(\'{path}\') where "{name}" = ?', [value])
            found, there = found.fetchall()[0][0], pc.sum(pc.equal(values, values[at])).as_py() or 0
            if value is not None and found != there:
                broken.append(f"{path}: {name} = {value!r}: {found} rows by DuckDB, {there} there")


duckdb.sql("set timezone = 'UTC'")
for folder in map(pathlib.Path, sys.argv[1:]):
    for table in json.loads((folder / "design.json").read_text())["tables"]:
        check(folder / "samples" / f"{table['name']}.parquet", table)
if broken:
    sys.exit("\n".join(broken[:60]))
