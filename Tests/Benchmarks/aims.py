"""The table of aims: what btcshark takes, as a multiple of what `openssl dgst -sha256` takes."""

import os
import statistics
import subprocess

from captures import BTCSHARK, FOLDER, Capture
from series import MIB, Series, heading, interleaved, ratio, row

OUTPUT = os.path.join(FOLDER, "output")
TXID = ["-T", "fields", "-e", "bitcoin.tx.txid"]
# A filter on a transaction's field, which most transactions have.
VALUE = ["-Y", "bitcoin.tx.out.value > 0"]
# What is measured against the time for the capture: name, kind of capture, options, aim.
BY_CAPTURE = [
    ("summary", "relay", [], 1.6),
    ("summary", "blocks", [], 1.2),
    ("summary", "repeated", [], 3.0),
    ("`-T fields -e bitcoin.tx.txid`", "relay", TXID, 4.0),
    ("`-T fields -e bitcoin.tx.txid`", "blocks", TXID, 5.0),
    ("`-Y 'bitcoin.tx.out.value > 0'`", "relay", VALUE, 4.0),
    ("`-Y 'bitcoin.tx.out.value > 0'`", "blocks", VALUE, 5.0),
]
# What is measured against the time for the text that it writes: name, options, aim.
BY_TEXT = [("`-T ndjson`", ["-T", "ndjson"], 2.0), ("`-V`", ["-V"], 2.0)]
MEMORY = 64
CORES = 16


def command(capture, options=(), cores=None):
    line = ["taskset", "-c", ",".join(map(str, range(cores)))] if cores else []
    return line + [BTCSHARK, "-r", capture.path, *options, *(["--threads", str(cores)] if cores and has_threads() else [])]


def has_threads():
    text = subprocess.run([BTCSHARK, "--help"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    return "--threads" in text


def digest(path):
    return ["openssl", "dgst", "-sha256", path]


def print_aim(name, capture, runs, mine, theirs, aim, size):
    """Returns what to say where the aim is missed."""
    mine, theirs = interleaved(runs, mine, theirs)
    times = ratio(mine.wall, theirs.wall)
    seconds = statistics.median(mine.wall)
    row(name, capture.title, mine.text(), theirs.text(), f"{times:.2f} ×", f"{ratio(mine.cpu, theirs.cpu):.2f} ×",
        f"≤ {aim} ×", "yes" if times <= aim else "no", f"{size / 1e6 / seconds:,.0f}", f"{max(mine.peak):.0f}")
    return [] if times <= aim else [f"{name} of {capture.title}"]


def aims(large, small, runs):
    """Prints the table; `large` and `small` are captures by kind. Returns what was missed."""
    heading("Run", "Capture", "btcshark, s", "openssl, s", "Ratio", "Ratio of CPU", "Aim", "Met", "MB/s", "peak MiB")
    missed = []
    for name, kind, options, aim in BY_CAPTURE:
        capture = large[kind]
        missed += print_aim(name, capture, runs, Series(command(capture, options), OUTPUT),
                            Series(digest(capture.path)), aim, capture.bytes)
    for name, options, aim in BY_TEXT:
        for kind in ("relay", "blocks"):
            missed += by_text(name, small[kind], runs, options, aim)
    return missed


def by_text(name, capture, runs, options, aim):
    """Against the hash of the text, which is kept only meanwhile."""
    text = os.path.join(FOLDER, "text")
    try:
        with open(text, "wb") as file:
            subprocess.run(command(capture, options), stdout=file, stderr=subprocess.DEVNULL, check=True)
        size = os.path.getsize(text)
        return print_aim(f"{name}, {size / MIB:,.0f} MiB of text", capture, runs,
                         Series(command(capture, options), OUTPUT), Series(digest(text)), aim, size)
    finally:
        if os.path.exists(text):
            os.remove(text)


def scaling(small, runs):
    """On one core and on two; on 16 as if nothing of what the first thread does were divided, though it makes records, too,
    while it waits: 16 bring more."""
    heading("Scaling", "Capture", "1 core, s", "2 cores, s", "Speed-up", "CPU s, of the first thread",
            f"at least on {CORES} cores", "peak MiB")
    for name, options in [("summary", []), *[(name, options) for name, options, _ in BY_TEXT]]:
        for kind in ("relay", "blocks"):
            capture = small[kind]
            one, two = interleaved(
                runs, *(Series(command(capture, options, cores), OUTPUT) for cores in (1, 2)))
            cpu, first = statistics.median(two.cpu), statistics.median(two.main)
            least = max(first, (cpu - first) / (CORES - 1), 1e-9)
            row(name, capture.title, one.text(), two.text(), f"{ratio(one.wall, two.wall):.2f}",
                f"{cpu:.2f}, {first:.2f}", f"{statistics.median(one.wall) / least:.1f} ×", f"{max(two.peak):.0f}")


def memory(sizes, options):
    """Each command once: the peak hardly varies."""
    heading("Peak memory of", "Capture", "MiB", "Aim", "s")
    cases = [(Capture(kind, size), f"≤ {MEMORY} a worker") for kind in ("relay", "blocks") for size in sizes]
    if options.worst:
        cases += [(Capture("handshakes", flows=flows), "≤ 256") for flows in (50_000, 100_000)]
        cases.append((Capture("stalled", options.stalled), "≤ 512 and a little"))
    for capture, aim in cases:
        (one,) = interleaved(1, Series(command(capture)))
        row("summary", capture.title, f"{one.peak[0]:.0f}", aim, f"{one.wall[0]:.2f}")
