"""Connections of TCP: their numbers, their bytes in order with the frame of each, and the messages in them (v1)."""
import bisect
import hashlib
import struct
from packets import ACK, FIN, RST, SYN, endpoint

MAGICS = {bytes.fromhex(m): n for m, n in {
    "f9beb4d9": "mainnet", "0b110907": "testnet3", "1c163f28": "testnet4", "0a03cf40": "signet",
    "fabfb5da": "regtest", "46495645": "testnet5", "161c1412": "simnet"}.items()}
BITCOIN_PORTS = {8333, 18333, 18444, 38333, 48333}
MAX_LENGTH = 0x02000000


def dsha(b):
    return hashlib.sha256(hashlib.sha256(b).digest()).digest()


class Message:
    __slots__ = ("stream", "side", "start", "end", "command", "payload", "checksum", "network",
                 "first", "complete", "reordered", "cut")

    def order(self):
        return (self.complete.number, self.stream, self.side, self.start)


class Direction:
    """One direction of a connection; offsets count from the byte after the SYN, else from the first captured byte."""

    def __init__(self):
        self.base = None            # sequence number of offset 0
        self.isn = None
        self.packets = []
        self.pieces = []            # (start, end, segment, position of start in its payload), sorted, first copy wins
        self.messages = []
        self.loose = []             # (start, end): stream bytes of no message
        self.encrypted = False

    def add(self, segment):
        self.packets.append(segment)
        if segment.flags & SYN and self.isn is None:
            self.isn = segment.seq
            self.base = (segment.seq + 1) & 0xFFFFFFFF
        if segment.length and self.base is None:
            self.base = segment.seq

    def offset(self, seq, near=0):
        """Serial arithmetic: the offset nearest to `near`."""
        delta = (seq - self.base - near) & 0xFFFFFFFF
        if delta >= 0x80000000:
            delta -= 1 << 32
        return near + delta

    def assemble(self):
        """Fills pieces; returns nothing. Bytes before offset 0 in a mid-stream start move the base down."""
        spans = []
        near = 0
        for s in self.packets:
            if not s.payload:
                continue
            seq = (s.seq + 1) & 0xFFFFFFFF if s.flags & SYN else s.seq
            at = self.offset(seq, near)
            near = max(near, at)
            spans.append((at, s))
        if self.isn is None and spans and min(a for a, _ in spans) < 0:
            low = min(a for a, _ in spans)
            self.base = (self.base + low) & 0xFFFFFFFF
            spans = [(a - low, s) for a, s in spans]
        covered = []        # sorted disjoint (start, end, segment, position)
        for at, s in spans:
            start, end = at, at + len(s.payload)
            if end <= 0:
                continue
            start = max(start, 0)
            free = []
            cursor = start
            index = bisect.bisect_left(covered, (start,)) if covered else 0
            index = max(0, index - 1)
            for a, b, _, _ in covered[index:]:
                if a >= end:
                    break
                if b <= cursor:
                    continue
                if a > cursor:
                    free.append((cursor, a))
                cursor = max(cursor, b)
            if cursor < end:
                free.append((cursor, end))
            for a, b in free:
                bisect.insort(covered, (a, b, s, a - at), key=lambda piece: piece[:2])
        self.pieces = covered
        self.starts = [p[0] for p in covered]
        latest = None
        self.reached = []           # frame by which all bytes up to the piece's end had come
        for p in covered:
            f = p[2].frame
            latest = f if latest is None or f.number > latest.number else latest
            self.reached.append(latest)
        self.data = b""
        self.holes = []
        parts, at = [], 0
        for a, b, s, position in covered:
            if a != at:
                self.holes.append((at, a))
                parts.append(bytes(a - at))
            parts.append(s.payload[position:position + b - a])
            at = b
        self.data = b"".join(parts)

    def piece(self, offset):
        return bisect.bisect_right(self.starts, offset) - 1

    def first(self, offset):
        return self.pieces[self.piece(offset)][2].frame

    def complete(self, end):
        return self.reached[self.piece(end - 1)]

    def is_reordered(self, start, end):
        return any(self.pieces[i][2].frame.number < self.reached[i].number
                   for i in range(self.piece(start), self.piece(end - 1) + 1))


def command_of(raw):
    name = raw.rstrip(b"\0")
    if not name or b"\0" in name or any(c < 0x20 or c > 0x7E for c in name):
        return None
    return name.decode()


def frame_v1(direction, stream, side):
    """Splits a direction's bytes into messages (v1 with checksum), skipping what is none."""
    assert not direction.holes, "holes are not implemented"
    data, at, loose = direction.data, 0, None
    while at < len(data):
        header = data[at:at + 24]
        good = len(header) == 24 and header[:4] in MAGICS and struct.unpack_from("<I", header, 16)[0] <= MAX_LENGTH
        command = command_of(header[4:16]) if good else None
        if good and command:
            length = struct.unpack_from("<I", header, 16)[0]
            end = at + 24 + length
            if end <= len(data):
                payload = data[at + 24:end]
                checksum = dsha(payload)[:4] == header[20:24]
                if loose is None or checksum:
                    if loose is not None:
                        direction.loose.append((loose, at))
                        loose = None
                    m = Message()
                    m.stream, m.side, m.start, m.end, m.command, m.payload = stream, side, at, end, command, payload
                    m.checksum, m.network, m.cut = checksum, MAGICS[header[:4]], False
                    m.first, m.complete = direction.first(at), direction.complete(end)
                    m.reordered = direction.is_reordered(at, end)
                    direction.messages.append(m)
                    at = end
                    continue
            else:
                raise SystemExit("cut message: not implemented")
        if loose is None:
            loose = at
        at += 1
    if loose is not None:
        direction.loose.append((loose, len(data)))


class Connection:
    def __init__(self, number, segment):
        self.number = number
        # The first packet's sender is the initiator, unless it is a SYN,ACK.
        if segment.flags & SYN and segment.flags & ACK:
            self.ends = (segment.dst, segment.src)
            self.initiator_known = True
        else:
            self.ends = (segment.src, segment.dst)
            self.initiator_known = bool(segment.flags & SYN)
        self.directions = (Direction(), Direction())
        self.packets = []
        self.end = None
        self.transport = None
        self.closed = [False, False]

    def add(self, segment):
        segment.side = 0 if segment.src == self.ends[0] else 1
        segment.stream = self.number
        self.packets.append(segment)
        self.directions[segment.side].add(segment)
        if self.end is None and segment.flags & (FIN | RST):
            self.end = ("rst_" if segment.flags & RST else "fin_", segment.side, segment.frame)
        if segment.flags & (FIN | RST):
            self.closed[segment.side] = True

    def text(self, side):
        return endpoint(*self.ends[side])

    @property
    def messages(self):
        return self.directions[0].messages + self.directions[1].messages

    @property
    def from_syn(self):
        return any(s.side == 0 and s.flags & SYN and not s.flags & ACK for s in self.packets)

    @property
    def network(self):
        names = [m.network for m in self.messages]
        return names[0] if names else None


def connections_of(segments):
    table, result = {}, []
    for s in segments:
        key = tuple(sorted((s.src, s.dst)))
        c = table.get(key)
        fresh = c is not None and s.flags & SYN and not s.flags & ACK and any(c.closed)
        if c is None or fresh:
            c = Connection(len(result), s)
            result.append(c)
            table[key] = c
        c.add(s)
    return result
