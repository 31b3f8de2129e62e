#!/usr/bin/env python3
"""Measures what is dropped of a live capture: btcshark and tcpdump, each in turn, under the same paced load.

Messages of a recorded capture are sent again and again over TCP connections, on the loopback of a network namespace of
its own. Needs root, ip of iproute2, and tcpdump. `make build` in the repository first.
"""

import argparse
import multiprocessing
import os
import re
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SPACE = "btcshark-bench"
PORT = 8333


def messages(path):
    """The client's bytes of the longest connection of a capture on Ethernet, in order: whole messages."""
    data = open(path, "rb").read()
    streams, at = {}, 24
    while at + 16 <= len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16 : at + 16 + length]
        at += 16 + length
        ip = frame[14:]
        if len(ip) < 40 or ip[0] >> 4 != 4 or ip[9] != 6:
            continue
        tcp = ip[(ip[0] & 15) * 4 : struct.unpack_from(">H", ip, 2)[0]]
        source, target, sequence = struct.unpack_from(">HHI", tcp)
        payload = tcp[(tcp[12] >> 4) * 4 :]
        if target == PORT and payload:
            streams.setdefault(source, {})[sequence] = payload
    longest = max(streams.values(), key=lambda stream: sum(map(len, stream.values())))
    joined = b"".join(longest[sequence] for sequence in sorted(longest))
    # All but the handshake, which is said once only.
    whole, at = [], 0
    while at + 24 <= len(joined):
        end = at + 24 + struct.unpack_from("<I", joined, at + 16)[0]
        if end > len(joined):
            break
        if joined[at + 4 : at + 16].rstrip(b"\0") in (b"inv", b"tx", b"ping", b"getdata", b"headers", b"block"):
            whole.append(joined[at:end])
        at = end
    return b"".join(whole)


def receive(listener, connections):
    buffers = []
    for _ in range(connections):
        buffers.append(listener.accept()[0])
    import selectors

    selector = selectors.DefaultSelector()
    for connection in buffers:
        selector.register(connection, selectors.EVENT_READ)
    buffer = bytearray(1 << 20)
    while selector.get_map():
        for key, _ in selector.select():
            if not key.fileobj.recv_into(buffer):
                selector.unregister(key.fileobj)


def send(load, rate, seconds, connections):
    """Sends `rate` bytes a second; answers how many bytes were sent, and in how many seconds."""
    listener = socket.create_server(("127.0.0.1", PORT), backlog=connections)
    receiver = multiprocessing.Process(target=receive, args=(listener, connections))
    receiver.start()
    listener.close()
    sockets = [socket.create_connection(("127.0.0.1", PORT)) for _ in range(connections)]
    # A millisecond's worth at a time, of whole messages.
    block = load * max(1, int(rate / 1000) // len(load))
    begun, sent, turn = time.monotonic(), 0, 0
    while (now := time.monotonic() - begun) < seconds:
        if sent > now * rate:
            time.sleep(0.0005)
            continue
        sockets[turn % connections].sendall(block)
        sent += len(block)
        turn += 1
    elapsed = time.monotonic() - begun
    for each in sockets:
        each.close()
    receiver.join()
    return sent, elapsed


def tools(arguments):
    btcshark = os.path.abspath(arguments.btcshark)
    file = arguments.file
    return {
        "btcshark -q": [btcshark, "-i", "lo", "-q"],
        "btcshark -q -w": [btcshark, "-i", "lo", "-q", "-w", file],
        "btcshark, a line a message": [btcshark, "-i", "lo"],
        "btcshark -w, a line a message": [btcshark, "-i", "lo", "-w", file],
        "tcpdump -w": ["tcpdump", "-i", "lo", "-w", file, "tcp", "port", str(PORT)],
    }


def drops(text):
    """Packets, those lost, and those of them lost behind the kernel, of either program's closing lines."""
    found = re.search(
        r"(\d+) packets? received, (\d+) dropped by the kernel, (\d+) by the interface, (\d+) by btcshark", text)
    if found:
        numbers = list(map(int, found.groups()))
        return numbers[0], sum(numbers[1:]), numbers[3]
    # tcpdump counts what its filter lets through, dropped or not, as received.
    received = re.search(r"(\d+) packets? received by filter", text)
    dropped = re.search(r"(\d+) packets? dropped by kernel", text)
    if not received or not dropped:
        sys.exit(f"live.py: no counts in: {text}")
    return int(received.group(1)), int(dropped.group(1)), 0


def measure(command, load, arguments):
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    sent, elapsed = send(load, arguments.rate * 1e6, arguments.seconds, arguments.connections)
    time.sleep(0.5)
    usage = open(f"/proc/{program.pid}/stat").read().rsplit(")", 1)[1].split()
    processor = (int(usage[11]) + int(usage[12])) / os.sysconf("SC_CLK_TCK")
    peak = re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{program.pid}/status").read())
    program.send_signal(signal.SIGINT)
    _, text = program.communicate(timeout=60)
    received, dropped, own = drops(text)
    return {
        "rate": sent / elapsed / 1e6, "packets": received, "dropped": dropped, "own": own, "processor": processor,
        "peak": int(peak.group(1)) / 1024 if peak else 0,
    }


def inside(arguments):
    load = messages(os.path.join(HERE, "../../captures/relay.pcap"))
    results = {name: [] for name in tools(arguments)}
    for run in range(arguments.runs):
        for name, command in tools(arguments).items():
            result = measure(command, load, arguments)
            results[name].append(result)
            print(f"run {run + 1}: {name}: {result}", file=sys.stderr)
            if arguments.file != "/dev/null" and os.path.exists(arguments.file):
                os.unlink(arguments.file)
    print("| | MB/s offered | packets | dropped | | in its queue | CPU s | peak MiB |\n|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, runs in results.items():
        middle = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        share = 100 * middle["dropped"] / max(1, middle["packets"])
        print(
            f"| `{name}` | {middle['rate']:.0f} | {middle['packets']:.0f} | {middle['dropped']:.0f} | {share:.2f} % "
            f"| {middle['own']:.0f} | {middle['processor']:.1f} | {middle['peak']:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100, help="MB/s offered (100)")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--segments", action="store_true", help="packets of 1,500 bytes, as on a wire, instead of 64 kB")
    parser.add_argument("--file", default="/dev/null", help="what -w writes; removed after each run (/dev/null)")
    parser.add_argument("--btcshark", default=os.path.join(HERE, "../../.build/release/btcshark"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return inside(arguments)
    if os.geteuid() != 0:
        sys.exit("live.py: needs root")
    ip = lambda *words: subprocess.run(["ip", *words], check=True)
    ip("netns", "add", SPACE)
    try:
        ip("-n", SPACE, "link", "set", "lo", "up")
        if arguments.segments:
            ip("-n", SPACE, "link", "set", "lo", "mtu", "1500", "gso_max_segs", "1")
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        words = ["ip", "netns", "exec", SPACE, sys.executable, os.path.abspath(__file__), "--inside", *sys.argv[1:]]
        sys.exit(subprocess.run(words).returncode)
    finally:
        ip("netns", "del", SPACE)


if __name__ == "__main__":
    main()
