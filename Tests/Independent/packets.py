"""Reads captures (pcap, pcapng) and packets (Ethernet, LINUX_SLL, LINUX_SLL2, IPv4, IPv6, TCP)."""
import ipaddress
import struct

LINK_NAMES = {0: "NULL", 1: "EN10MB", 101: "RAW", 113: "LINUX_SLL", 276: "LINUX_SLL2"}


class Frame:
    __slots__ = ("number", "time", "data", "wire", "link", "sender")


class Segment:
    """A TCP segment. `payload` holds the captured bytes, `length` what the IP header says."""
    __slots__ = ("frame", "src", "dst", "seq", "ack", "flags", "payload", "length", "window", "side", "stream")


FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def read_capture(path):
    """Returns (decimals, set of link type numbers, frames). Times are integers of 10**-decimals seconds."""
    raw = open(path, "rb").read()
    magic = raw[:4]
    if magic == b"\x0a\x0d\x0d\x0a":
        return read_pcapng(raw)
    for order in "<>":
        value = struct.unpack(order + "I", magic)[0]
        if value in (0xA1B2C3D4, 0xA1B23C4D):
            break
    else:
        raise SystemExit("not a capture: " + path)
    decimals = 9 if value == 0xA1B23C4D else 6
    link = struct.unpack_from(order + "I", raw, 20)[0] & 0x0FFFFFFF
    frames = []
    at = 24
    while at + 16 <= len(raw):
        seconds, fraction, captured, wire = struct.unpack_from(order + "IIII", raw, at)
        at += 16
        if at + captured > len(raw):
            break
        frame = Frame()
        frame.number = len(frames) + 1
        frame.time = seconds * 10 ** decimals + fraction
        frame.data = raw[at:at + captured]
        frame.wire = wire
        frame.link = link
        frames.append(frame)
        at += captured
    return decimals, {link}, frames


def read_pcapng(raw):
    order = "<"
    interfaces = []
    items = []
    at = 0
    while at + 12 <= len(raw):
        if raw[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if raw[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            interfaces = []
        kind, total = struct.unpack_from(order + "II", raw, at)
        body = raw[at + 8:at + total - 4]
        if kind == 1:
            link = struct.unpack_from(order + "H", body, 0)[0]
            resolution, offset = 6, 0
            p = 8
            while p + 4 <= len(body):
                code, n = struct.unpack_from(order + "HH", body, p)
                value = body[p + 4:p + 4 + n]
                p += 4 + (n + 3) // 4 * 4
                if code == 0:
                    break
                if code == 9:
                    if value[0] & 0x80:
                        raise SystemExit("binary time resolution")
                    resolution = value[0]
                if code == 14:
                    offset = struct.unpack(order + "q", value)[0]
            interfaces.append((link, resolution, offset))
        elif kind == 6:
            which, high, low, captured, wire = struct.unpack_from(order + "IIIII", body, 0)
            items.append((interfaces[which], high << 32 | low, body[20:20 + captured], wire))
        elif kind in (2, 3):
            raise SystemExit("old pcapng block")
        at += total
    decimals = 9 if any(i[0][1] > 6 for i in items) else 6
    frames = []
    for (link, resolution, offset), stamp, data, wire in items:
        frame = Frame()
        frame.number = len(frames) + 1
        if decimals >= resolution:
            frame.time = stamp * 10 ** (decimals - resolution)
        else:
            frame.time = stamp // 10 ** (resolution - decimals)
        frame.time += offset * 10 ** decimals
        frame.data, frame.wire, frame.link = data, wire, link
        frames.append(frame)
    return decimals, {i[0][0] for i in items}, frames


def endpoint(address, port):
    return "[%s]:%d" % (address, port) if ":" in address else "%s:%d" % (address, port)


def parse(frame):
    """The TCP segment of a frame, or None."""
    d = frame.data
    frame.sender = None
    if frame.link == 1:
        if len(d) < 14:
            return None
        kind, at = struct.unpack_from(">H", d, 12)[0], 14
        while kind in (0x8100, 0x88A8) and len(d) >= at + 4:
            kind = struct.unpack_from(">H", d, at + 2)[0]
            at += 4
    elif frame.link == 113:
        frame.sender = struct.unpack_from(">H", d, 0)[0]
        kind, at = struct.unpack_from(">H", d, 14)[0], 16
    elif frame.link == 276:
        kind, at = struct.unpack_from(">H", d, 0)[0], 20
        frame.sender = d[10]
    elif frame.link == 101:
        at = 0
        kind = 0x0800 if d[0] >> 4 == 4 else 0x86DD
    else:
        raise SystemExit("link type %d" % frame.link)
    if kind == 0x0800:
        if len(d) < at + 20 or d[at] >> 4 != 4 or d[at + 9] != 6:
            return None
        size = (d[at] & 15) * 4
        total = struct.unpack_from(">H", d, at + 2)[0]
        if struct.unpack_from(">H", d, at + 6)[0] & 0x3FFF:
            raise SystemExit("fragments are not implemented")
        src, dst = (str(ipaddress.IPv4Address(d[at + n:at + n + 4])) for n in (12, 16))
        start, end = at + size, at + total
    elif kind == 0x86DD:
        if len(d) < at + 40 or d[at + 6] != 6:
            return None
        total = struct.unpack_from(">H", d, at + 4)[0]
        src, dst = (str(ipaddress.IPv6Address(d[at + n:at + n + 16])) for n in (8, 24))
        start, end = at + 40, at + 40 + total
    else:
        return None
    if len(d) < start + 20:
        return None
    sport, dport, seq, ack, offset, flags, window = struct.unpack_from(">HHIIBBH", d, start)
    data = start + (offset >> 4) * 4
    s = Segment()
    s.frame = frame
    s.src, s.dst = (src, sport), (dst, dport)
    s.seq, s.ack, s.flags, s.window = seq, ack, flags, window
    s.length = end - data
    s.payload = d[data:end]
    return s
