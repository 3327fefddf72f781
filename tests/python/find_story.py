"""Runs the queries of a story's page with DuckDB: what was planted stands in their first rows."""

import os
import re
import sys

import duckdb

os.chdir(sys.argv[1])
page = open("story.md", encoding="utf-8").read()
queries = 0
for part in page.split("\n## ")[1:]:
    title = part.split("\n")[0]
    who = re.search(r"- whose: `[^`]*` is `([^`]*)`", part)
    for query in re.findall(r"```sql\n(.*?)```", part, re.S):
        queries += 1
        rows = duckdb.sql(query).fetchall()
        assert rows, title
        first = [str(value) for value in rows[0]]
        if who:
            assert who.group(1) in first, (title, who.group(1), rows)
        elif "Outage" in title:
            assert first[:2] == ["2025-05-06 10:00:00", "0"], (title, rows)
        elif "Ring" in title:
            assert "6" in first and (len(rows) < 2 or "6" not in map(str, rows[1])), (title, rows)
print(f"{queries} queries")
