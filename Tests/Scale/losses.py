#!/usr/bin/env python3
"""What is lost where a capture is not read as one: losses.py [CAPTURE] prints the table of Documentation/scale.md.

Without CAPTURE, 20 connections at once, each the traffic of captures/relay.pcap under addresses of its own. Each part is
read by a process of its own, as a job does that has been given the parts of a ring one by one.
"""

import json
import os
import sys
import tempfile

import common
from rings import Capture


def count(paths):
    """What is known of files that are read as one."""
    lines = common.run("--files-from", "-", "-T", "ndjson", "-Q", input="".join(path + "\n" for path in paths)).splitlines()
    known = dict.fromkeys(("messages", "bytes", "of a known sender", "gaps"), 0)
    for line in lines:
        record = json.loads(line)
        if "bitcoin.gap" in record["bitcoin"]:
            known["gaps"] += 1
        message = record.get("bitcoin.message", {})
        if "bitcoin.message.number" in message:
            known["messages"] += 1
            known["bytes"] += message["bitcoin.message.length"]
            known["of a known sender"] += "bitcoin.peer" in record
    answers = [
        json.loads(line) for line in common.run(
            "--files-from", "-", "-q", "-Q", "-z", "latency", "-z", "connections", "-T", "ndjson",
            input="".join(path + "\n" for path in paths)).splitlines()
    ]
    known["pings answered"] = sum(row["answered"] for row in answers if row["statistic"] == "latency" and row["row"] == "peer")
    known["connections"] = sum(row["statistic"] == "connections" and row["row"] == "connection" for row in answers)
    return known


def by_time(capture, seconds):
    """Pieces of as many seconds."""
    start, pieces = capture.packets[0][0], {}
    for packet in capture.packets:
        pieces.setdefault((packet[0] - start) // round(seconds * 10**9), []).append(packet)
    return [capture.with_packets(packets) for _, packets in sorted(pieces.items())]


def main():
    capture = Capture.read(sys.argv[1]) if len(sys.argv) > 1 else Capture.read(common.RELAY).repeated(20, 0.2)
    length = (capture.packets[-1][0] - capture.packets[0][0]) / 10**9
    ways = [("a ring of 8 files, as one", capture.parts(8), True)]
    ways += [(f"{parts} pieces of equal packets", capture.parts(parts), False) for parts in (2, 8, 32)]
    ways += [(f"pieces of {length / parts:.1f} s", by_time(capture, length / parts), False) for parts in (8, 32)]
    print(f"{len(capture.packets)} packets, {length:.1f} s")
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
                print("| Read | " + " | ".join(sums) + " |\n|---" * 1 + "|---" * len(sums) + "|")
            print(f"| {name} | " + " | ".join(f"{value:,}" for value in sums.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
