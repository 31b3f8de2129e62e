"""Runs of commands, what they cost, and tables of that in Markdown."""

import os
import statistics
import subprocess
import sys
import time

MIB = 1 << 20


class Series:
    """The runs of one command: wall-clock seconds, processor seconds, peak memory in MiB.

    `keeps`: the standard output goes into a file that is thrown away, as it does where somebody wants it; else nowhere.
    """

    def __init__(self, command, output=None):
        self.command, self.output = command, output
        self.wall, self.cpu, self.peak = [], [], []
        # Of the thread that began the program.
        self.main = []

    def run(self):
        with open(self.output or os.devnull, "wb") as output:
            begin = time.perf_counter()
            process = subprocess.Popen(self.command, stdout=output, stderr=subprocess.DEVNULL)
            main = self.watch(process.pid) if self.output else 0
            _, status, usage = os.wait4(process.pid, 0)
            self.wall.append(time.perf_counter() - begin)
        if self.output:
            os.remove(self.output)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(self.command)}: status {process.returncode}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.main.append(main)
        # Linux counts in KiB, and not less than this script's own memory.
        self.peak.append(usage.ru_maxrss / 1024)

    @staticmethod
    def watch(process):
        """Processor seconds of a program's first thread, looked at a hundred times a second until it has ended."""
        seconds = 0
        while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            try:
                with open(f"/proc/{process}/task/{process}/schedstat", encoding="ascii") as file:
                    seconds = int(file.read().split()[0]) / 1e9
            except (OSError, IndexError):
                pass
            time.sleep(0.01)
        return seconds

    def text(self):
        return f"{statistics.median(self.wall):.2f} ({min(self.wall):.2f}–{max(self.wall):.2f})"


def interleaved(runs, *series):
    """The commands in turn, so that whatever else the machine does falls on all of them."""
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
