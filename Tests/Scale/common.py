"""What the tests of this folder share: the program, its records, and values that can be compared."""

import decimal
import json
import os
import subprocess
import tempfile

from rings import Capture

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("BTCSHARK", os.path.join(ROOT, ".build/release/btcshark")))
CAPTURES = [
    os.path.join(ROOT, "captures", name) for name in sorted(os.listdir(os.path.join(ROOT, "captures")))
    if name.endswith((".pcap", ".pcapng"))
]
RELAY = os.path.join(ROOT, "captures", "relay.pcap")


def run(*arguments, input=None):
    """What the program writes; an error where it fails."""
    done = subprocess.run([PROGRAM, *arguments], input=input, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.returncode}: {done.stderr}")
    return done.stdout


def answers(capture, question):
    """What -z answers, row by row."""
    lines = run("-r", capture, "-q", "-z", question, "-T", "ndjson").splitlines()
    return [json.loads(line, parse_float=decimal.Decimal) for line in lines]


def all_lines():
    """Records of all captures, of those that need more than -r, and of messages that are cut: values of these are null, and
    have keys that tables have no column for.
    """
    keys = os.path.join(ROOT, "captures", "relay-v2-encrypted.keys")
    lines = []
    for capture in CAPTURES:
        lines += run("-r", capture, "-T", "ndjson").splitlines()
        lines += run("-r", capture, "-2", "--relations", "-T", "ndjson").splitlines()
        if "v2" in capture:
            lines += run("-r", capture, "--keylog", keys, "--encrypted", "-T", "ndjson").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        for length in (96, 150, 400):
            path = os.path.join(folder, f"cut-{length}.pcap")
            Capture.read(RELAY).snapped(length).write(path)
            lines += run("-r", path, "-T", "ndjson").splitlines()
    return lines


def value(line):
    """A record as it can be compared: numbers exact, without what tables have no column for, and without nothing."""
    return pruned(json.loads(line, parse_float=decimal.Decimal, parse_int=decimal.Decimal))


def pruned(value):
    if isinstance(value, dict):
        kept = {
            key: pruned(member) for key, member in value.items()
            if key != "truncated" and not key.endswith(".truncated")
        }
        return {key: member for key, member in kept.items() if member not in (None, {}, [])}
    if isinstance(value, list):
        return [pruned(element) for element in value]
    return value
