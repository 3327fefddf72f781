"""Opens datasets in a Spark with default settings and counts what it reads.

usage: open_spark.py FOLDER...

Every Parquet and CSV table of each folder must load; the rows must be as many as the manifest says. Prints one line a folder.
"""

import json
import pathlib
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "1g").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
broken = []
for folder in map(pathlib.Path, sys.argv[1:]):
    manifest = json.loads((folder / "manifest.json").read_text())
    tables = 0
    for entry in manifest["files"]:
        path = str(folder / entry["path"])
        if path.endswith(".parquet"):
            frame = spark.read.parquet(path)
        elif path.endswith(".csv"):
            frame = spark.read.csv(path, header=True, escape='"', multiLine=True, nullValue="\\N", emptyValue="")
        else:
            continue
        rows = frame.collect()
        if len(rows) != entry["rows"]:
            broken.append(f"{path}: {len(rows)} rows, the manifest says {entry['rows']}")
        tables += 1
    print(folder.name, tables, "files")
spark.stop()
if broken:
    sys.exit("\n".join(broken))
