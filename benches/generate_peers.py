#!/usr/bin/env python3
"""Times a whole `peyote gen` beside its peers: the same table in the same minutes.

    cargo build --release -p peyote
    python3 -m venv peers && peers/bin/pip install duckdb polars numpy
    peers/bin/python benches/generate_peers.py target/release/peyote [ROWS] [THREADS] [TIMES]

Every pair of runs follows one upon the other, and who goes first changes; the ratio is the median
of the pairs' own. peyote's time is that of its whole process, a peer's only that of making and
writing. Peak memory is each process's, as the system tells it. Files go to TMPDIR: let it be in
memory (`TMPDIR=/dev/shm`) where the disk is not what is to be measured. A peer that is not
installed is left out.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

DESIGN = pathlib.Path(__file__).parent / "designs" / "fact.json"
FORMS = ["zstd", "snappy", "plain", "csv"]

# Numbers of rows lie in a table, and order is not kept, so that DuckDB uses all its threads.
DUCKDB = """
import sys, time, duckdb
rows, threads, form, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
listed = lambda words: str(words.split())
def pick(words):
    many = len(words.split())
    return f"{listed(words)}[1 + floor(random() * {many})::INT]"
adjective = "azure bleak crisp dense eerie fleet grave hollow ideal jaunty keyed light moist north ochre plain quaint rough stark terse"
noun = "acorn bridge canoe dagger easel fiddle goblet harbor icicle jigsaw kernel lantern magnet nectar oyster paddle quiver rudder satchel thimble"
select = f'''SELECT n AS id, 1 + floor(random() * 100000)::BIGINT AS customer_id,
    1 + floor(random() * 10000)::BIGINT AS product_id,
    {pick("pending shipped delivered returned cancelled")} AS status, {pick("web store phone partner")} AS channel,
    1 + floor(random() * 100)::INT AS quantity, (random() * 100000)::DECIMAL(12,2) AS amount,
    TIMESTAMP '2023-01-01' + to_seconds(floor(random() * 94608000)::BIGINT) AS created_at,
    DATE '2023-01-01' + floor(random() * 1095)::INT AS ship_date,
    {pick(adjective)} || ' ' || {pick(noun)} || ' #' || (1 + floor(random() * 10000)::INT)::VARCHAR AS note
  FROM numbers'''
con = duckdb.connect()
con.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
con.execute(f"CREATE TABLE numbers AS SELECT n FROM range(1, {rows} + 1) made(n)")
codec = "uncompressed" if form == "plain" else form
how = "(FORMAT CSV, HEADER)" if form == "csv" else f"(FORMAT PARQUET, COMPRESSION {codec})"
start = time.perf_counter()
con.execute(f"COPY ({select}) TO '{out}' {how}")
print(time.perf_counter() - start)
"""

POLARS = """
import os, sys, time
os.environ["POLARS_MAX_THREADS"] = sys.argv[2]
import numpy, polars
rows, form, out = int(sys.argv[1]), sys.argv[3], sys.argv[4]
start = time.perf_counter()
rng = numpy.random.default_rng(1)
def pick(words):
    words = words.split()
    kind = polars.Series(words, dtype=polars.Enum(words))
    return kind.gather(rng.integers(0, len(words), rows, dtype=numpy.uint32))
adjective = "azure bleak crisp dense eerie fleet grave hollow ideal jaunty keyed light moist north ochre plain quaint rough stark terse"
noun = "acorn bridge canoe dagger easel fiddle goblet harbor icicle jigsaw kernel lantern magnet nectar oyster paddle quiver rudder satchel thimble"
days = numpy.datetime64("2023-01-01", "D")
frame = polars.DataFrame({
    "id": numpy.arange(1, rows + 1), "customer_id": rng.integers(1, 100001, rows),
    "product_id": rng.integers(1, 10001, rows),
    "status": pick("pending shipped delivered returned cancelled"), "channel": pick("web store phone partner"),
    "quantity": rng.integers(1, 101, rows, dtype=numpy.int32),
    "amount": polars.Series(rng.integers(0, 10000001, rows) / 100),
    "created_at": days.astype("datetime64[us]") + rng.integers(0, 94608000, rows).astype("timedelta64[s]"),
    "ship_date": days + rng.integers(0, 1095, rows).astype("timedelta64[D]"),
    "a": pick(adjective), "n": pick(noun), "k": rng.integers(1, 10001, rows),
}).with_columns(note=polars.format("{} {} #{}", polars.col("a").cast(polars.String), polars.col("n").cast(polars.String), "k")).drop("a", "n", "k")
if form == "csv":
    frame.write_csv(out)
else:
    frame.write_parquet(out, compression="uncompressed" if form == "plain" else form, compression_level=1 if form == "zstd" else None)
print(time.perf_counter() - start)
"""
PEERS = {"duckdb": DUCKDB, "polars": POLARS}


def run(command):
    """What a process says, its seconds, and its peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]}: exit {process.returncode}")
    return said, seconds, usage.ru_maxrss / 1024


def peyote(binary, rows, threads, form, place):
    out = place / "peyote"
    command = [binary, "gen", "--design", str(DESIGN), "--rows", str(rows), "--threads", str(threads)]
    command += ["--out", str(out), "--silent"]
    command += ["--format", "csv"] if form == "csv" else ["--format", "parquet", "--compression", form]
    _, seconds, memory = run(command)
    samples = out / "samples"
    size = sum(file.stat().st_size for file in samples.rglob("*") if file.is_file())
    shutil.rmtree(out)
    return seconds, memory, size


def peer(program, rows, threads, form, place):
    out = place / "peer"
    said, _, memory = run([sys.executable, "-c", program, str(rows), str(threads), form, str(out)])
    size = out.stat().st_size
    out.unlink()
    return float(said.split()[-1]), memory, size


def pairs(binary, name, rows, threads, form, times, place):
    ours, theirs = [], []
    turns = [lambda: ours.append(peyote(binary, rows, threads, form, place)),
             lambda: theirs.append(peer(PEERS[name], rows, threads, form, place))]
    for at in range(times):
        for turn in turns if at % 2 == 0 else reversed(turns):
            turn()
    median = lambda runs, at: statistics.median(one[at] for one in runs)
    ratio = statistics.median(other[0] / own[0] for own, other in zip(ours, theirs))
    print(f"| {form} | {threads} | {name} | {median(ours, 0):.2f} s | {median(theirs, 0):.2f} s | {ratio:.2f} "
          f"| {max(one[1] for one in ours):.0f} MiB | {max(one[1] for one in theirs):.0f} MiB "
          f"| {median(ours, 2) / median(theirs, 2):.2f} |", flush=True)


def scaling(binary, rows, form, times, place):
    """How much faster two threads are than one."""
    runs = [[peyote(binary, rows, threads, form, place)[0] for threads in (1, 2)] for _ in range(times)]
    one, two = (statistics.median(run[at] for run in runs) for at in (0, 1))
    gain = statistics.median(run[0] / run[1] for run in runs)
    print(f"{form}: {one:.2f} s by one thread, {two:.2f} s by two: {gain:.2f} times as fast", flush=True)


def main():
    binary = sys.argv[1]
    rows, threads, times = (int(sys.argv[at]) if len(sys.argv) > at else other
                            for at, other in ((2, 10_000_000), (3, 2), (4, 3)))
    forms = os.environ.get("FORMS", " ".join(FORMS)).split()
    installed = [name for name in os.environ.get("PEERS", " ".join(PEERS)).split()
                 if not subprocess.run([sys.executable, "-c", f"import {name}"], stderr=subprocess.DEVNULL).returncode]
    print(f"{rows} rows, {times} pairs each\n")
    with tempfile.TemporaryDirectory() as home:
        place = pathlib.Path(home)
        if threads > 1:
            for form in forms:
                scaling(binary, rows, form, times, place)
        print("\n| form | threads | peer | peyote | peer | ratio | peyote's memory | peer's | size of peyote's |")
        print("|---|---|---|---|---|---|---|---|---|", flush=True)
        for form in forms:
            for name in installed:
                # A text file is written by one thread in each.
                pairs(binary, name, rows, 1 if form == "csv" else threads, form, times, place)


if __name__ == "__main__":
    main()
