"""Runs the comparisons of run.sh: commands in turn, medians, Markdown."""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess

from aims import OUTPUT, aims, command, memory, scaling
from captures import BTCSHARK, Capture
from series import Series, heading, interleaved, ratio, row

KINDS = ("relay", "blocks", "repeated")


def machine():
    """The machine, as far as it matters."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    with open("/proc/meminfo", encoding="ascii") as file:
        memory = int(file.read().split()[1]) / (1 << 20)
    openssl = subprocess.run(["openssl", "version"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return (f"{model.group(1) if model else platform.machine()}, {os.cpu_count()} processors, {memory:.1f} GiB, "
            f"Linux {platform.release()}, load {os.getloadavg()[0]:.1f}; openssl {openssl[1]}")


def compare_speeds(what, capture, runs, options, aim):
    """With tshark: the aim is a multiple of its speed."""
    tshark = ["tshark", "-n", "-r", capture.path, "-Y", "bitcoin", *options]
    mine, theirs = interleaved(runs, Series(command(capture, options), OUTPUT), Series(tshark, OUTPUT))
    seconds = statistics.median(mine.wall)
    row(what, capture.title, mine.text(), theirs.text(), f"{ratio(theirs.wall, mine.wall):.1f} × as fast",
        f"{ratio(theirs.cpu, mine.cpu):.1f}", aim, f"{capture.bytes / 1e6 / seconds:,.0f}",
        f"{capture.messages / seconds:,.0f}", f"{max(mine.peak):.0f}")


def compare_with_tshark(captures, runs):
    heading("Run", "Capture", "btcshark, s", "tshark, s", "Ratio", "Ratio of CPU", "Aim", "MB/s", "messages/s",
            "peak MiB")
    for kind, aim in (("relay", "≥ 20"), ("blocks", "report")):
        compare_speeds("summary", captures[kind], runs, [], aim)
        compare_speeds("`-T fields`", captures[kind], runs, ["-T", "fields", "-e", "bitcoin.command"], aim)


def main():
    parser = argparse.ArgumentParser(prog="run.sh", description="Measure btcshark on generated captures.")
    parser.add_argument("size", nargs="?", type=int, default=512, help="MiB of the large captures (default 512)")
    parser.add_argument("--small", type=int, default=64, metavar="MIB", help="of those whose text is written (default 64)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each command, in turn (default 5)")
    parser.add_argument("--no-tshark", action="store_true", help="leave tshark out")
    parser.add_argument("--large-tshark", action="store_true", help="tshark on the large captures: takes long")
    parser.add_argument("--memory-sizes", type=int, nargs="*", default=[], metavar="MIB", help="further sizes, as 2048")
    parser.add_argument("--worst", action="store_true", help="100,000 handshakes; 1,000 messages that never end")
    parser.add_argument("--stalled", type=int, default=1024, metavar="MIB", help="of the latter (default 1024)")
    options = parser.parse_args()
    small_size = min(options.small, options.size)
    large = {kind: Capture(kind, options.size) for kind in KINDS}
    small = {kind: Capture(kind, small_size) for kind in KINDS}
    print(f"{machine()}. Medians of {options.runs} runs in turn (fastest–slowest).\n")
    files = {capture.path: capture for capture in [*large.values(), *small.values()]}
    wrong = [capture.title for capture in files.values() if not capture.check()]
    print("Messages, checksums and gaps of every file as generated: " + ("yes" if not wrong else f"NO, not {wrong}"))
    missed = aims(large, small, options.runs)
    scaling(small, options.runs)
    memory(sorted({small_size, options.size, *options.memory_sizes}), options)
    if options.no_tshark or not shutil.which("tshark"):
        print("\n(tshark left out)")
    else:
        compare_with_tshark(large if options.large_tshark else small, options.runs)
    print("\nAims missed: " + ("; ".join(missed) + ". `./profile` says what is left." if missed else "none"))


main()
