#!/usr/bin/env python3
"""What is lost where a capture is not read as one: losses.py [CAPTURE] prints the table of Documentation/scale.md.

Without CAPTURE, 20 connections at once: each the traffic of captures/relay.pcap under addresses of its own, and then each
with messages of 20 kB. Each part is read by a process of its own, as by a job that was given a ring's files one by one.
"""

import json
import os
import sys
import tempfile

import common
from rings import Capture, long_messages


def count(paths):
    """What is known of files that are read as one."""
    listed = "".join(path + "\n" for path in paths)
    lines = common.run("--files-from", "-", "-T", "ndjson", "-Q", input=listed).splitlines()
    known = dict.fromkeys(("messages", "of these cut", "of a known sender"), 0)
    for line in lines:
        record = json.loads(line)
        message = record.get("bitcoin.message", {})
        if "bitcoin.message.number" in message:
            known["messages"] += 1
            # What there is of its payload, where that is not all.
            known["of these cut"] += "bitcoin.captured" in record["bitcoin"]
            known["of a known sender"] += "bitcoin.peer" in record
    answers = [
        json.loads(line) for line in common.run(
            "--files-from", "-", "-q", "-Q", "-z", "latency", "-z", "connections", "-T", "ndjson",
            input=listed).splitlines()
    ]
    peers = [row for row in answers if row["statistic"] == "latency" and row["row"] == "peer"]
    known["pings answered"] = sum(row["answered"] for row in peers)
    known["connections"] = sum(row["statistic"] == "connections" and row["row"] == "connection" for row in answers)
    return known


def by_time(capture, seconds):
    """Pieces of as many seconds."""
    start, pieces = capture.packets[0][0], {}
    for packet in capture.packets:
        pieces.setdefault((packet[0] - start) // round(seconds * 10**9), []).append(packet)
    return [capture.with_packets(packets) for _, packets in sorted(pieces.items())]


def measure(capture):
    length = (capture.packets[-1][0] - capture.packets[0][0]) / 10**9
    ways = [("a ring of 8 files, as one", capture.parts(8), True)]
    ways += [(f"{parts} pieces of equal packets", capture.parts(parts), False) for parts in (2, 8, 32)]
    by_length = by_time(capture, length / 8)
    ways += [(f"pieces of {length / 8:.2g} s, of which {len(by_length)} have packets", by_length, False)]
    ways += [("8 pieces, no packet with more than 100 bytes", capture.segmented(100).parts(8), False)]
    print(f"\n{len(capture.packets):,} packets, {length:.1f} s\n")
    with tempfile.TemporaryDirectory() as folder:
        for way, (name, parts, together) in enumerate(ways):
            paths = []
            for number, part in enumerate(parts):
                paths.append(os.path.join(folder, f"{way}-{number:03}.pcap"))
                part.write(paths[-1])
            sums = {}
            for group in [paths] if together else [[path] for path in paths]:
                for key, value in count(group).items():
                    sums[key] = sums.get(key, 0) + value
            if way == 0:
                print("| Read | " + " | ".join(sums) + " |\n|---" + "|---" * len(sums) + "|")
            print(f"| {name} | " + " | ".join(f"{value:,}" for value in sums.values()) + " |", flush=True)


def main():
    if len(sys.argv) > 1:
        measure(Capture.read(sys.argv[1]))
    else:
        measure(Capture.read(common.RELAY).repeated(20, 0.2))
        measure(long_messages(20, 10, 20_000))


if __name__ == "__main__":
    main()
