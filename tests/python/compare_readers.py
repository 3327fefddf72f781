"""Reads files that hold the same rows by pyarrow, DuckDB and Spark, and proves that all find the same.

usage: compare_readers.py spark|no-spark FILE...

Exits 1 with a line for each difference.
"""

import sys

import duckdb
import pyarrow.parquet as pq

with_spark, files = sys.argv[1] == "spark", sys.argv[2:]
broken = []
first = pq.read_table(files[0])
for file in files[1:]:
    if not pq.read_table(file).equals(first):
        broken.append(f"{file}: pyarrow reads other rows than in {files[0]}")
    for one, other in ((files[0], file), (file, files[0])):
        left = duckdb.sql(f"select count(*) from (from '{one}' except all from '{other}')").fetchall()[0][0]
        if left:
            broken.append(f"{one}: DuckDB reads {left} rows that are not in {other}")
if with_spark:
    from pyspark.sql import SparkSession, functions

    builder = SparkSession.builder.master("local[2]").config("spark.driver.memory", "1g")
    builder = builder.config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
    spark = builder.getOrCreate()
    sums = []
    for vectorized in ("true", "false"):
        spark.conf.set("spark.sql.parquet.enableVectorizedReader", vectorized)
        for file in files:
            rows = spark.read.parquet(file)
            count, total = rows.agg(functions.count("*"), functions.bit_xor(functions.xxhash64(*rows.columns))).first()
            sums.append((count, total))
            if count != first.num_rows:
                broken.append(f"{file}: Spark reads {count} rows")
    if len(set(sums)) != 1:
        broken.append(f"Spark reads different rows: {sums}")
    sample = spark.read.parquet(files[0]).orderBy("id").limit(200).collect()
    for row, ours in zip(sample, first.slice(0, 200).to_pylist()):
        for name in ("id", "flag", "wild", "ratio", "price", "huge", "note", "city", "state", "day", "hour", "token"):
            if row[name] != ours[name]:
                broken.append(f"row {row['id']}: {name}: {row[name]!r} by Spark, {ours[name]!r} by pyarrow")
    spark.stop()
if broken:
    sys.exit("\n".join(broken[:60]))
