"""Writes a capture of one node and six peers that announce, ask for and send the same few transactions: made_relay.py SEED FILE.

What each says is chosen at random, but what is said is of the protocol. The same seed gives the same bytes.
"""
import random
import struct
import sys

from streams import dsha

NODE = "10.0.0.9"
PORT = 8333
SYN, ACK, SYN_ACK, PUSH_ACK = 2, 0x10, 0x12, 0x18


def address(text):
    return bytes(map(int, text.split(".")))


class Capture:
    """A pcap file of raw IP packets."""

    def __init__(self, path, rng):
        self.file, self.rng, self.time = open(path, "wb"), rng, 1_700_000_000_000_000
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))

    def write(self, ends, sequence, acknowledged, flags, payload):
        self.time += 1 + int(self.rng.choice([1, 130, 20_000, 500_000]) * self.rng.random())
        (source, from_port), (target, to_port) = ends
        # A checksum of zero is one that the sending machine has not filled in.
        tcp = struct.pack(">HHIIBBHHH", from_port, to_port, sequence, acknowledged, 5 << 4, flags, 65535, 0, 0)
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0) + address(source) + address(target)
        packet = ip + tcp + payload
        self.file.write(struct.pack("<IIII", *divmod(self.time, 1_000_000), len(packet), len(packet)) + packet)


class Connection:
    """Between the node and a peer; side 0 is the one that opened it."""

    def __init__(self, capture, number):
        self.capture, rng = capture, capture.rng
        peer = "10.0.1.%d" % (number + 1)
        inbound = rng.random() < 0.5
        self.ends = [(peer, 30_000 + number), (NODE, PORT)] if inbound else [(NODE, 40_000 + number), (peer, PORT)]
        self.next = [rng.getrandbits(32), rng.getrandbits(32)]
        self.by_wtxid = rng.random() < 0.7
        for side, flags, length in ((0, SYN, 1), (1, SYN_ACK, 1), (0, ACK, 0)):
            self.send(side, flags, b"")
            self.next[side] += length

    def send(self, side, flags, payload):
        acknowledged = self.next[1 - side] & 0xFFFFFFFF if flags & ACK else 0
        self.capture.write(
            (self.ends[side], self.ends[1 - side]), self.next[side] & 0xFFFFFFFF, acknowledged, flags, payload)

    def say(self, side, *messages):
        data = b"".join(
            bytes.fromhex("f9beb4d9") + command.encode().ljust(12, b"\0") + struct.pack("<I", len(payload))
            + dsha(payload)[:4] + payload for command, payload in messages)
        for start in range(0, len(data), 1400):
            self.send(side, PUSH_ACK, data[start:start + 1400])
            self.next[side] += len(data[start:start + 1400])
        if self.capture.rng.random() < 0.5:
            self.send(1 - side, ACK, b"")

    def entry(self, transaction, asks=False):
        """An inventory vector, by the hash that the two agreed on."""
        _, txid, wtxid = transaction
        if self.by_wtxid:
            return struct.pack("<I", 5) + wtxid
        return struct.pack("<I", self.capture.rng.choice([1, 0x40000001]) if asks else 1) + txid


def transaction(number, with_witness):
    """The bytes of a transaction, its txid and its wtxid."""
    body = b"\1" + struct.pack("<I", number) * 8 + struct.pack("<I", 0) + b"\0" + b"\xff" * 4
    body += b"\1" + struct.pack("<q", 5) + b"\1\x51"
    version, lock = struct.pack("<I", 2), struct.pack("<I", number)
    plain = version + body + lock
    whole = version + b"\0\1" + body + b"\1\1" + bytes([number % 7]) + lock if with_witness else plain
    return whole, dsha(plain), dsha(whole)


def version(rng, seconds):
    return (struct.pack("<iQq", 70016, 1033, seconds) + bytes(52) + struct.pack("<Q", rng.getrandbits(64))
            + b"\x10/Satoshi:28.1.0/" + struct.pack("<i?", 1, True))


def listed(entries):
    return bytes([len(entries)]) + b"".join(entries)


def talk(rng, connections, transactions, steps):
    told = {}
    for _ in range(steps):
        c, side, chance = rng.choice(connections), rng.randrange(2), rng.random()
        if chance < 0.45:
            chosen = rng.sample(transactions, rng.randrange(1, 6))
            told.setdefault((c, side), []).extend(chosen)
            c.say(side, ("inv", listed([c.entry(tx) for tx in chosen])))
        elif chance < 0.7:
            known = told.get((c, 1 - side)) or transactions
            chosen = rng.sample(known, min(len(known), rng.randrange(1, 4)))
            c.say(side, ("getdata", listed([c.entry(tx, asks=True) for tx in chosen])))
            for tx in chosen:
                answer = rng.random()
                if answer < 0.6:
                    c.say(1 - side, ("tx", tx[0]))
                elif answer < 0.8:
                    c.say(1 - side, ("notfound", listed([c.entry(tx)])))
        elif chance < 0.75:
            c.say(side, ("tx", rng.choice(transactions)[0]))
        elif chance < 0.8:
            c.say(side, ("inv", listed([struct.pack("<I", 2) + bytes(32), c.entry(rng.choice(transactions))])))
        else:
            c.say(side, ("ping", struct.pack("<Q", rng.getrandbits(64))))


def main(seed, path):
    rng = random.Random(seed)
    capture = Capture(path, rng)
    connections = [Connection(capture, number) for number in range(6)]
    for c in connections:
        c.say(0, ("version", version(rng, capture.time // 1_000_000)))
        c.say(1, ("version", version(rng, capture.time // 1_000_000)), ("verack", b""))
        c.say(0, ("verack", b""))
    talk(rng, connections, [transaction(number, rng.random() < 0.7) for number in range(60)], 800)


main(int(sys.argv[1]), sys.argv[2])
