#!/usr/bin/env python3
"""What reading a capture costs, and loading its records: costs.py [CAPTURE] prints the tables of Documentation/scale.md.

Without CAPTURE, 200 connections at once: each the traffic of captures/relay.pcap under addresses of its own. Each command is
run five times, each when nothing else runs or after a minute, and the median is printed: processor seconds of the program
alone (user and system), seconds on the clock, and the most memory. What it writes goes into a pipe, and is counted.

Engines load all fields of that capture, and of one that is five times as long: the difference is what more of it costs.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

import common
from rings import Capture

FIELDS = ["frame.time_epoch", "ip.src", "bitcoin.command", "bitcoin.message.length"]
COMMANDS = {
    "counts alone (`-q`)": ["-q"],
    "four fields (`-T ndjson -e …`)": ["-T", "ndjson", *(word for field in FIELDS for word in ("-e", field))],
    "all fields (`-T ndjson`)": ["-T", "ndjson"],
}
TRIES = 5


def wait_for_others():
    """Others make the processors' caches cold, and a second of them worth less."""
    for _ in range(60):
        with open("/proc/loadavg", encoding="ascii") as file:
            if file.read().split()[3].startswith("1/"):
                return
        time.sleep(1)


def once(arguments):
    """Processor seconds, seconds, MB of memory and bytes written of one run."""
    wait_for_others()
    start = time.monotonic()
    process = subprocess.Popen([common.PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=common.ROOT)
    written = 0
    while piece := process.stdout.read1(1 << 20):
        written += len(piece)
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{arguments}: {os.waitstatus_to_exitcode(status)}: {complaint.decode()}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss * 1024 / 1e6, written


def compressed(path, arguments):
    """Bytes of what the program writes, and of that by zstd -3."""
    lines = subprocess.run([common.PROGRAM, "-r", path, "-Q", *arguments], stdout=subprocess.PIPE, check=True).stdout
    return len(lines), len(subprocess.run(["zstd", "-3", "-c"], input=lines, stdout=subprocess.PIPE, check=True).stdout)


def measure(path):
    size = os.path.getsize(path)
    print(f"{size / 1e6:.1f} MB; load of the machine {os.getloadavg()[0]:.1f}\n")
    print("| | `--threads` | processor | MB a processor second | clock | memory | written |\n|---|---|---|---|---|---|---|")
    for name, command in COMMANDS.items():
        for threads in (1, 2):
            arguments = ["-r", path, "-Q", *command, "--threads", str(threads)]
            processor, clock, memory, written = (
                statistics.median(column) for column in zip(*(once(arguments) for _ in range(TRIES))))
            print(
                f"| {name} | {threads} | {processor:.2f} s | {size / 1e6 / processor:.1f} | {clock:.2f} s | "
                f"{memory:.0f} MB | {written / 1e6:.1f} MB |", flush=True)


def folder_size(path):
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def in_child(work):
    """Processor seconds and MB of memory of a process that does this."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise SystemExit(f"status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def load_duckdb(capture, lines, made):
    import duckdb

    os.mkdir(made)
    database = duckdb.connect(os.path.join(made, "capture.db"))
    database.execute(common.run("-G", "schema,duckdb"))
    database.execute(f"COPY messages FROM '{lines}' (FORMAT json)")
    database.close()


def load_clickhouse(capture, lines, made):
    from chdb import session

    database = session.Session(made)
    database.query("CREATE DATABASE captures")
    database.query("USE captures")
    database.query(common.run("-G", "schema,clickhouse"))
    database.query(f"INSERT INTO messages SELECT * FROM file('{lines}', JSONEachRow)")
    database.close()


def load_spark(capture, lines, made):
    """With what messages.py has btcshark do."""
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    table = made + ".tsv"
    with open(table, "w", encoding="utf-8") as file:
        file.write(f"alpha\t10.20.0.1\t0\t{capture}\n")
    subprocess.run(
        ["spark-submit", "--master", "local[1]", os.path.join(common.ROOT, "contrib/spark/messages.py"), table, made,
         "--program", common.PROGRAM], check=True, capture_output=True)


def measure_engines(small, large):
    print("\n| | start | MB of ndjson a processor second | memory | made of ndjson |\n|---|---|---|---|---|")
    for name, load in ("DuckDB", load_duckdb), ("ClickHouse", load_clickhouse), ("Spark", load_spark):
        costs = []
        for capture in small, large:
            with tempfile.TemporaryDirectory() as folder:
                lines, made = os.path.join(folder, "messages.ndjson"), os.path.join(folder, "made")
                with open(lines, "wb") as file:
                    subprocess.run([common.PROGRAM, "-r", capture, "-Q", "-T", "ndjson"], stdout=file, check=True)
                used = in_child(lambda: load(capture, lines, made))
                costs.append((os.path.getsize(lines) / 1e6, *used, folder_size(made) / 1e6))
        (few, least, _, _), (many, most, memory, made) = costs
        rate = (many - few) / (most - least)
        print(
            f"| {name} | {least - few / rate:.0f} s | {rate:.1f} | {memory:.0f} MB | {made / many:.3f} |", flush=True)


def sizes(name, paths):
    """How much larger records are than captures."""
    captured = sum(os.path.getsize(path) for path in paths)
    written, packed = (sum(column) for column in zip(*(compressed(path, ["-T", "ndjson"]) for path in paths)))
    print(f"{name}: ndjson is {written / captured:.1f} times the capture, by zstd -3 {packed / captured:.2f} times")


def main():
    if len(sys.argv) > 1:
        path = os.path.abspath(sys.argv[1])
        measure(path)
        sizes("this capture", [path])
        return
    with tempfile.TemporaryDirectory() as folder:
        short, long = os.path.join(folder, "short.pcap"), os.path.join(folder, "long.pcap")
        # Not here: the memory of a child is that of its parent at least.
        for path, connections in (short, 200), (long, 1000):
            in_child(lambda: Capture.read(common.RELAY).repeated(connections, 0.2).write(path))
        measure(short)
        measure_engines(short, long)
    # Of one connection: what is there 200 times is compressed to less than anybody's.
    print()
    sizes("relay.pcap", [common.RELAY])
    sizes("all captures here", common.CAPTURES)


if __name__ == "__main__":
    main()
