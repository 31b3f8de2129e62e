"""What `compare` has btcshark read: captures that are there, captures that it damages, and messages as text."""

import glob
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Problem(Exception):
    """Nothing can be compared."""


def call(line, **options):
    """The standard output of a command that must succeed."""
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        raise Problem(f"{' '.join(line)} ended with {done.returncode}:\n{text[-3000:]}")
    return done.stdout.decode().strip()


def captures(folder, more):
    """Captures as (name, options to read it, key log or None), each content once."""
    places = [os.path.join(ROOT, name) for name in ["captures", "Tests/Faults"]]
    places += [os.path.join(shared_folder(), name) for name in ["captures", "faults"]]
    places += [os.path.join(folder, "damaged")] + [place for place in [inputs_of_tests()] if place] + more
    seen, found = set(), []
    for place in places:
        for path in sorted(glob.glob(os.path.join(place, "**/*.pcap*"), recursive=True)):
            if os.path.isdir(path):
                continue
            with open(path, "rb") as file:
                content = hashlib.sha256(file.read()).digest()
            keys = re.sub(r"\.pcap.*", ".keys", path)
            keys = keys if os.path.exists(keys) else None
            if (content, keys is None) in seen or (content, False) in seen:
                continue
            seen.add((content, keys is None))
            found.append((os.path.relpath(path, place), ["-r", os.path.realpath(path)], keys))
    messages = os.path.join(ROOT, "captures/message-capture")
    parts = sorted(glob.glob(messages + "/*")) + sorted(glob.glob(messages + "/**/*.dat", recursive=True))
    for path in [messages] + parts:
        found.append((os.path.relpath(path, ROOT), ["-r", path], None))
    return found


def shared_folder():
    """`../shared` of the repository, also where this is a worktree of it that lies elsewhere."""
    repository = call(["git", "-C", ROOT, "rev-parse", "--path-format=absolute", "--git-common-dir"])
    return os.path.join(os.path.dirname(os.path.dirname(repository)), "shared")


def inputs_of_tests():
    """The captures that GoldenTests make, where they have run."""
    places = [".build/*/*/golden-workspace/Inputs", ".build/tests/*/*/golden-workspace/Inputs"]
    found = [path for place in places for path in glob.glob(os.path.join(ROOT, place))]
    return found[0] if found else None


def damage(folder):
    """Captures with losses, cuts and damage made of those in the repository: the same at every run."""
    target = os.path.join(folder, "damaged")
    os.makedirs(target)

    def packets(name):
        with open(os.path.join(ROOT, "captures", name), "rb") as file:
            data = file.read()
        result, at = [], 24
        while at < len(data):
            end = at + 16 + struct.unpack_from("<I", data, at + 8)[0]
            result.append(data[at:end])
            at = end
        return data[:24], result

    def write(name, header, records):
        with open(os.path.join(target, name + ".pcap"), "wb") as file:
            file.write(header + b"".join(records))

    for name in ["handshake", "relay", "bloom-filter", "relay-v2-encrypted"]:
        header, whole = packets(name + ".pcap")
        keys = os.path.join(ROOT, "captures", name + ".keys")

        def variant(kind, records):
            write(f"{name}-{kind}", header, records)
            if os.path.exists(keys):
                shutil.copy(keys, os.path.join(target, f"{name}-{kind}.keys"))

        for seed in range(2):
            chance = random.Random(seed)
            variant(f"lossy-{seed}", [packet for packet in whole if chance.random() > 0.05])
            shuffled = [packet for _, packet in sorted((i + chance.random() * 4, p) for i, p in enumerate(whole))]
            variant(f"shuffled-{seed}", shuffled)
            changed = []
            for packet in whole:
                packet = bytearray(packet)
                if chance.random() < 0.1 and len(packet) > 90:
                    packet[chance.randrange(70, len(packet))] ^= 1 << chance.randrange(8)
                changed.append(bytes(packet))
            variant(f"changed-{seed}", changed)
        cut = []
        for packet in whole:
            length = min(len(packet) - 16, 120)
            cut.append(packet[:8] + struct.pack("<I", length) + packet[12 : 16 + length])
        variant("cut-120", cut)
        variant("from-the-middle", whole[len(whole) // 3 :])
        variant("one-side", [packet for packet in whole if packet[16 + 34 : 16 + 36] == b"\x20\x8d"])


def pasted():
    """Messages as hexadecimal text, with the options to take them: all samples of the tests, whole and cut."""
    seen = set()
    for path in sorted(glob.glob(os.path.join(ROOT, "Tests/BitcoinP2PTests/Samples/*messages.json"))):
        with open(path) as file:
            samples = json.load(file)
        for index, sample in enumerate(samples):
            command, payload = sample.get("command"), sample.get("payload")
            if not command or payload is None or (command, payload) in seen:
                continue
            seen.add((command, payload))
            name = f"{os.path.basename(path)[:-5]}[{index}] {command}"
            yield name, ["--as", command], payload, True
            yield name + " cut", ["--as", command], payload[: len(payload) // 4 * 2], False
            data = bytes.fromhex(payload)
            checksum = hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]
            message = bytes.fromhex("f9beb4d9") + command.encode().ljust(12, b"\0") + struct.pack("<I", len(data))
            yield name + " with header", [], (message + checksum + data).hex(), False
