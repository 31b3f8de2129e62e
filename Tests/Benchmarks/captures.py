"""Captures to measure on: made when missing, kept with the generator's counts beside them."""

import os
import re
import subprocess
import sys

from repeat import repeated

FOLDER = os.environ["BENCH_DIR"]
BTCSHARK = os.environ["BTCSHARK"]
GENERATE = os.environ["GENERATE"]
# Of two nodes that talk about few transactions: its messages are small.
RELAY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../captures/relay.pcap")


class Capture:
    """A generated file: relay-512.pcap, and in relay-512.pcap.counts what is in it."""

    def __init__(self, kind, size=None, flows=None):
        self.kind = kind
        self.title = f"{kind}, " + (f"{size} MiB" if size else f"{flows:,} connections")
        self.path = os.path.join(FOLDER, f"{kind}-{size or flows}.pcap")
        counts = self.path + ".counts"
        if not (os.path.exists(self.path) and os.path.exists(counts)):
            self.make(counts, size, flows)
        with open(counts, encoding="ascii") as file:
            self.counts = {name: int(count) for name, count in (line.split() for line in file)}
        self.bytes = os.path.getsize(self.path)
        self.messages = self.counts["messages"]

    def make(self, counts, size, flows):
        """Under another name first, so that an interrupted run leaves no half a file."""
        print(f"making {self.path}", file=sys.stderr)
        if self.kind == "repeated":
            count = repeated(RELAY, self.path + ".new", size << 20)
            text = f"messages {count * messages_of(RELAY)}\n"
        else:
            text = self.generate(size, flows)
        with open(counts, "w", encoding="ascii") as file:
            file.write(text)
        os.rename(self.path + ".new", self.path)

    def generate(self, size, flows):
        """Answers what the generator says of the file."""
        command = [GENERATE, "--kind", self.kind, "--output", self.path + ".new"]
        if size:
            command += ["--size", str(size)]
        if flows:
            command += ["--flows", str(flows)]
        report = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        if report.returncode != 0:
            sys.exit(report.stderr)
        return report.stderr

    def check(self):
        """Reads the file once, so that it is cached, and compares the messages with those that were made."""
        found = found_in(self.path)
        expected = {"messages": self.messages, "bad checksums": 0, "gaps": 0}
        if found != expected:
            print(f"WRONG: {self.path}: expected {expected}, btcshark finds {found}", file=sys.stderr)
        return found == expected


def found_in(path):
    """What btcshark counts in a capture."""
    report = subprocess.run([BTCSHARK, "-q", "-r", path], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            text=True).stderr

    def number(what):
        found = re.search(r"([\d,]+) " + what, report)
        return int(found.group(1).replace(",", "")) if found else 0

    return {"messages": number("Bitcoin message") - number("messages? cut"),
            "bad checksums": number("bad checksum"), "gaps": number("gap")}


def messages_of(path):
    return found_in(path)["messages"]
