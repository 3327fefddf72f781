"""DuckDB's command line as far as documents use it: duckdb [DATABASE] -c QUERY... prints each result as a table."""

import sys

import duckdb

args = sys.argv[1:]
queries = [text for flag, text in zip(args, args[1:]) if flag == "-c"]
db = duckdb.connect(args[0] if args and not args[0].startswith("-") else ":memory:")
for query in queries:
    result = db.sql(query)
    if result is not None:
        print(str(result).rstrip("\n"))
