#!/usr/bin/env python3
"""Times typed reading beside its peers: the same files in the same minutes.

    cargo build --profile bench -p peyote-schemas --example flow
    python3 -m venv peers && peers/bin/pip install pyarrow duckdb polars json_repair
    peers/bin/python benches/peers.py target/release/examples/flow [MEGABYTES [FILE...]]

Each reader runs in a process of its own, which reads the file three times over and says the best
time; the process's peak memory is taken from the system. The seconds of a processor hold up on a
machine that has other work, too: the least of a peer's, and the mean of peyote's. Peers read on one
thread unless said. A peer that is not installed is left out. FILE is one of fact.csv, ragged.csv, fact.jsonl and reply.txt; all, if none.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

TIMES = 3
HEADER = "id customer_id product_id status channel quantity amount created_at ship_date note".split()
STATUS = "pending shipped delivered returned cancelled".split()
CHANNEL = "web store phone partner".split()
ADJECTIVE = "ample bold clear deep early firm grand humble idle just".split()
NOUN = "arch bell cart door easel fence gate hinge inlet joint".split()

CLOCK = """
import time, sys
path = sys.argv[1]
best, busy = 1e9, 1e9
for _ in range({times}):
    start, begun = time.perf_counter(), time.process_time()
    {body}
    best = min(best, time.perf_counter() - start)
    busy = min(busy, time.process_time() - begun)
print(best, busy)
"""
DUCK = "import duckdb; c = duckdb.connect(config={'threads': 1}); t = c.sql(\"from %s('\" + path + \"'%s)\").to_arrow_table()"

CSV = {
    "pyarrow.csv (first block)": "import pyarrow.csv as p; t = p.read_csv(path, read_options=p.ReadOptions(use_threads=False))",
    "duckdb, every row": DUCK % ("read_csv", ", sample_size=-1"),
    "duckdb, sample": DUCK % ("read_csv", ""),
    "polars, every row": "import polars as p; t = p.read_csv(path, infer_schema_length=None, try_parse_dates=True)",
    "polars, sample": "import polars as p; t = p.read_csv(path, try_parse_dates=True)",
}
JSONL = {
    "pyarrow.json (first block)": "import pyarrow.json as p; t = p.read_json(path, read_options=p.ReadOptions(use_threads=False))",
    "duckdb, every row": DUCK % ("read_json", ", format='newline_delimited', sample_size=-1"),
    "duckdb, sample": DUCK % ("read_json", ", format='newline_delimited'"),
    "polars, every row": "import polars as p; t = p.read_ndjson(path, infer_schema_length=None)",
    "polars, sample": "import polars as p; t = p.read_ndjson(path)",
}
BROKEN = {
    "json_repair": "import json_repair as p; t = p.loads(open(path).read())",
}


def spread(bits):
    """The finaliser of SplitMix64."""
    mask = (1 << 64) - 1
    bits = bits * 0x9E3779B97F4A7C15 & mask
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & mask
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & mask
    return bits ^ bits >> 31


def row(number):
    """The cells of a row of the fact table, all from one draw."""
    bits, more = spread(2 * number), spread(2 * number + 1)

    def draw(below):
        nonlocal bits
        bits, left = divmod(bits, below)
        return left

    status, channel, customer, product = draw(5), draw(4), draw(100_000), draw(10_000)
    quantity, bits = draw(100), more
    cents, second, day, span = draw(10_000_000), draw(86_400), draw(336), draw(3)
    shipped, adjective, noun, tag = draw(28), draw(10), draw(10), draw(10_000)
    date = f"20{23 + span}-{1 + day // 28:02}"
    clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
    return [
        number + 1, 1 + customer, 1 + product, STATUS[status], CHANNEL[channel], 1 + quantity,
        f"{cents // 100}.{cents % 100:02}", f"{date}-{1 + day % 28:02} {clock}",
        f"{date}-{1 + shipped:02}", f"{ADJECTIVE[adjective]} {NOUN[noun]} #{tag}",
    ]


def quoted(at, value):
    return value if at in (0, 1, 2, 5, 6) else f'"{value}"'


def files(folder, size):
    """The fact table as CSV, ragged CSV, JSON Lines and a malformed reply."""
    paths = [folder / name for name in ("fact.csv", "ragged.csv", "fact.jsonl", "reply.txt")]
    plain, ragged, lines, reply = (path.open("w") for path in paths)
    for file in (plain, ragged):
        file.write(",".join(HEADER) + "\n")
    reply.write("Here are your rows:\n```json\n[\n")
    number = written = 0
    while written < size:
        cells = row(number)
        line = ",".join(map(str, cells)) + "\n"
        written += plain.write(line)
        ragged.write(line.replace(" #", ", no. ") if number % 100 == 99 else line)
        pairs = list(zip(HEADER, cells))
        body = ", ".join(f'"{name}": {quoted(at, value)}' for at, (name, value) in enumerate(pairs))
        lines.write("{" + body + "}\n")
        if number < 5000:
            mark = "" if number % 3 == 0 else '"'
            body = ", ".join(
                f"{mark}{name}{mark}: {quoted(at, value)}" for at, (name, value) in enumerate(pairs)
            )
            reply.write("{" + body + "}" + {0: ",,", 1: "", 2: ", // and on"}.get(number % 7, ",") + "\n")
        number += 1
    for file in (plain, ragged, lines, reply):
        file.close()
    return paths


def run(command, environment):
    """What a command printed, its peak memory in bytes and its seconds of a processor, or None."""
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    busy = usage.ru_utime + usage.ru_stime
    return (said.split(), usage.ru_maxrss * 1024, busy) if status == 0 else None


def measure(flow, path, peers):
    size = path.stat().st_size
    ours = None
    print(f"\n{path.name}, {size / 1e6:.1f} MB\n")
    print("| reader | s | MB/s | times as long | processor, s | times as much | peak memory / file |")
    print("|---|---|---|---|---|---|---|")
    commands = [("peyote", [flow, path, TIMES, 1]), ("peyote, 2 threads", [flow, path, TIMES, 2])]
    for name, body in peers.items():
        commands.append((name, [sys.executable, "-c", CLOCK.format(times=TIMES, body=body), path]))
    for name, command in commands:
        environment = dict(os.environ, POLARS_MAX_THREADS="1", OMP_NUM_THREADS="1")
        found = run([str(word) for word in command], environment)
        if found is None:
            print(f"| {name} | failed or not installed | | | | | |")
            continue
        said, memory, busy = found
        if name.startswith("peyote"):
            seconds, busy = float(said[1]), busy / TIMES
        else:
            # DuckDB shows how far it is before that.
            seconds, busy = map(float, said[-2:])
        ours = ours or (seconds, busy)
        print(
            f"| {name} | {seconds:.3f} | {size / 1e6 / seconds:.0f} | {seconds / ours[0]:.2f} |"
            f" {busy:.3f} | {busy / ours[1]:.2f} | {memory / size:.1f} |",
            flush=True,
        )


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    size = float(sys.argv[2]) * 1e6 if len(sys.argv) > 2 else 96e6
    with tempfile.TemporaryDirectory() as folder:
        for path, peers in zip(files(pathlib.Path(folder), size), [CSV, {}, JSONL, BROKEN]):
            if len(sys.argv) < 4 or path.name in sys.argv[3:]:
                measure(sys.argv[1], path, peers)


if __name__ == "__main__":
    main()
