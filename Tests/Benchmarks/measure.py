"""Runs the comparisons of run.sh: two commands in turn, medians, Markdown."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

from captures import BTCSHARK, FOLDER, Capture

MIB = 1 << 20


class Series:
    """The runs of one command: wall-clock seconds, processor seconds, peak memory in MiB."""

    def __init__(self, command):
        self.command = command
        self.wall, self.cpu, self.peak = [], [], []

    def run(self):
        begin = time.perf_counter()
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        self.wall.append(time.perf_counter() - begin)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(self.command)}: status {process.returncode}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        # Linux counts in KiB, and not less than this script's own memory.
        self.peak.append(usage.ru_maxrss / 1024)

    def text(self):
        return f"{statistics.median(self.wall):.2f} ({min(self.wall):.2f}–{max(self.wall):.2f})"


def interleaved(runs, *commands):
    """The commands in turn, so that whatever else the machine does falls on all of them."""
    series = [Series(command) for command in commands]
    for _ in range(runs):
        for one in series:
            one.run()
    return series


def ratio(above, below):
    return statistics.median(above) / max(statistics.median(below), 1e-9)


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def heading(*cells):
    print()
    row(*cells)
    print("|" + "---|" * len(cells))


def compare_times(what, capture, runs, command, other, aim, size=None):
    """`other` is openssl: the aim is a multiple of its time. `size`: the bytes that openssl reads."""
    mine, theirs = interleaved(runs, command, other)
    seconds = statistics.median(mine.wall)
    row(what, capture.title, mine.text(), theirs.text(), f"{ratio(mine.wall, theirs.wall):.2f} × its time",
        f"{ratio(mine.cpu, theirs.cpu):.2f}", aim, f"{(size or capture.bytes) / 1e6 / seconds:,.0f}",
        f"{capture.messages / seconds:,.0f}", f"{max(mine.peak):.0f}")


def compare_speeds(what, capture, runs, command, other, aim):
    """`other` is tshark: the aim is a multiple of its speed."""
    mine, theirs = interleaved(runs, command, other)
    seconds = statistics.median(mine.wall)
    row(what, capture.title, mine.text(), theirs.text(), f"{ratio(theirs.wall, mine.wall):.1f} × as fast",
        f"{ratio(theirs.cpu, mine.cpu):.1f}", aim, f"{capture.bytes / 1e6 / seconds:,.0f}",
        f"{capture.messages / seconds:,.0f}", f"{max(mine.peak):.0f}")


def summary(capture):
    return [BTCSHARK, "-r", capture.path]


def digest(path):
    return ["openssl", "dgst", "-sha256", path]


def compare_trees(capture, runs):
    """-V against the hash of the text it wrote, which is kept only meanwhile."""
    text = os.path.join(FOLDER, "tree.txt")
    command = summary(capture) + ["-V"]
    try:
        with open(text, "wb") as file:
            subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True)
        size = os.path.getsize(text)
        compare_times(f"`-V`, {size / MIB:,.0f} MiB of text, openssl on the text", capture, runs, command,
                      digest(text), "≤ 6", size)
    finally:
        if os.path.exists(text):
            os.remove(text)


def speed(options):
    large = {kind: Capture(kind, options.size) for kind in ("relay", "blocks")}
    small = {kind: Capture(kind, min(options.small, options.size)) for kind in ("relay", "blocks")}
    files = {capture.path: capture for capture in [*large.values(), *small.values()]}
    wrong = [capture.title for capture in files.values() if not capture.check()]
    print("Messages, checksums and gaps of every file as generated: " + ("yes" if not wrong else f"NO, not {wrong}"))
    heading("Run", "Capture", "btcshark, s", "other, s", "Ratio", "CPU ratio", "Aim", "MB/s", "messages/s", "peak MiB")
    for kind, aim in (("relay", "≤ 2.5"), ("blocks", "≤ 1.5")):
        compare_times("summary, openssl", large[kind], options.runs, summary(large[kind]), digest(large[kind].path), aim)
    for kind in ("relay", "blocks"):
        compare_trees(small[kind], options.runs)
    if options.no_tshark or not shutil.which("tshark"):
        print("\n(tshark left out)")
        return
    for kind, aim in (("relay", "≥ 20"), ("blocks", "report")):
        capture = (large if options.large_tshark else small)[kind]
        tshark = ["tshark", "-n", "-r", capture.path, "-Y", "bitcoin"]
        fields = ["-T", "fields", "-e", "bitcoin.command"]
        compare_speeds("summary, tshark", capture, options.runs, summary(capture), tshark, aim)
        compare_speeds("`-T fields`, tshark", capture, options.runs, summary(capture) + fields, tshark + fields, aim)


def memory(options):
    """Each command once: the peak hardly varies."""
    heading("Peak memory of", "Capture", "MiB", "Aim", "s")
    for kind in ("relay", "blocks"):
        for size in sorted({min(options.small, options.size), options.size, *options.memory_sizes}):
            capture = Capture(kind, size)
            (one,) = interleaved(1, summary(capture))
            row("summary", capture.title, f"{one.peak[0]:.0f}", "≤ 64", f"{one.wall[0]:.2f}")
    if not options.worst:
        return
    cases = [(Capture("handshakes", flows=flows), "≤ 256") for flows in (50_000, 100_000)]
    cases.append((Capture("stalled", options.stalled), "≤ 512 and a little"))
    for capture, aim in cases:
        (one,) = interleaved(1, summary(capture))
        row("summary", capture.title, f"{one.peak[0]:.0f}", aim, f"{one.wall[0]:.2f}")


def main():
    parser = argparse.ArgumentParser(prog="run.sh", description="Measure btcshark on generated captures.")
    parser.add_argument("size", nargs="?", type=int, default=512, help="MiB of the large captures (default 512)")
    parser.add_argument("--small", type=int, default=64, metavar="MIB", help="of those for -V and tshark (default 64)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each command, in turn (default 5)")
    parser.add_argument("--no-tshark", action="store_true", help="leave tshark out")
    parser.add_argument("--large-tshark", action="store_true", help="tshark on the large captures: takes long")
    parser.add_argument("--memory-sizes", type=int, nargs="*", default=[], metavar="MIB", help="further sizes, as 2048")
    parser.add_argument("--worst", action="store_true", help="100,000 handshakes; 1,000 messages that never end")
    parser.add_argument("--stalled", type=int, default=1024, metavar="MIB", help="of the latter (default 1024)")
    options = parser.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, medians of {options.runs} (fastest–slowest)\n")
    speed(options)
    memory(options)


main()
