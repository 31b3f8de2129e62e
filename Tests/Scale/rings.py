"""Captures made of others: rings, later ones, the same under fresh addresses. Classic pcap of Ethernet alone."""

import hashlib
import os
import struct


class Capture:
    """A classic pcap file: its header, and packets as (nanoseconds, original length, bytes)."""

    def __init__(self, header, packets, order, unit):
        self.header, self.packets, self.order, self.unit = header, packets, order, unit

    @classmethod
    def read(cls, path):
        with open(path, "rb") as file:
            data = file.read()
        magics = {
            b"\xd4\xc3\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1000), b"\x4d\x3c\xb2\xa1": ("<", 1),
            b"\xa1\xb2\x3c\x4d": (">", 1),
        }
        order, unit = magics[data[:4]]
        packets, at = [], 24
        while at < len(data):
            seconds, fraction, length, original = struct.unpack_from(order + "4I", data, at)
            packets.append((seconds * 10**9 + fraction * unit, original, data[at + 16:at + 16 + length]))
            at += 16 + length
        return cls(data[:24], packets, order, unit)

    def with_packets(self, packets):
        return Capture(self.header, packets, self.order, self.unit)

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.header)
            for time, original, data in self.packets:
                file.write(struct.pack(
                    self.order + "4I", time // 10**9, time % 10**9 // self.unit, len(data), original) + data)

    def shifted(self, seconds):
        return self.with_packets([(time + round(seconds * 10**9), *rest) for time, *rest in self.packets])

    def snapped(self, length):
        """With the first bytes of each packet alone, as with `-s`."""
        return self.with_packets([(time, original, data[:length]) for time, original, data in self.packets])

    def parts(self, count):
        """As many pieces of about as many packets, as the files of a ring."""
        size = -(-len(self.packets) // count)
        return [self.with_packets(self.packets[at:at + size]) for at in range(0, len(self.packets), size)]

    def write_ring(self, folder, count, name="ring"):
        """Answers the paths of the files."""
        os.makedirs(folder, exist_ok=True)
        paths = []
        for number, part in enumerate(self.parts(count), 1):
            paths.append(os.path.join(folder, f"{name}_{number:05}.pcap"))
            part.write(paths[-1])
        return paths

    def segmented(self, size):
        """With at most so many bytes of a stream in each packet, as where messages are longer than packets."""
        packets = []
        for time, original, data in self.packets:
            packets += [(time, len(frame), frame) for frame in segments(data, size)] or [(time, original, data)]
        return self.with_packets(packets)

    def repeated(self, copies, apart, node=None):
        """As many captures at once, each under addresses of its own and so many seconds after the one before; the IPv4
        address of the node stays, so that the connections are those of one node to several peers."""
        packets = []
        for copy in range(copies):
            for time, original, data in self.packets:
                packets.append((time + round(copy * apart * 10**9), original, readdressed(data, copy, node)))
        packets.sort(key=lambda packet: packet[0])
        return self.with_packets(packets)


def segments(data, size):
    """The frame as several, with right lengths, numbers and checksums; none where it is not longer, or no TCP."""
    if data[12:14] != b"\x08\x00" or data[23] != 6:
        return []
    tcp = 14 + (data[14] & 15) * 4
    start = tcp + (data[tcp + 12] >> 4) * 4
    payload = data[start:14 + struct.unpack_from(">H", data, 16)[0]]
    if len(payload) <= size:
        return []
    frames = []
    for at in range(0, len(payload), size):
        frame = bytearray(data[:start] + payload[at:at + size])
        struct.pack_into(">H", frame, 16, len(frame) - 14)
        struct.pack_into(">I", frame, tcp + 4, (struct.unpack_from(">I", data, tcp + 4)[0] + at) % 2**32)
        struct.pack_into(">H", frame, 24, 0)
        struct.pack_into(">H", frame, 24, internet_checksum(frame[14:tcp]))
        struct.pack_into(">H", frame, tcp + 16, 0)
        pseudo = bytes(frame[26:34]) + struct.pack(">HH", 6, len(frame) - tcp)
        struct.pack_into(">H", frame, tcp + 16, internet_checksum(pseudo + frame[tcp:]))
        frames.append(bytes(frame))
    return frames


def internet_checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", bytes(data) + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def readdressed(data, copy, kept=None):
    """The frame with the copy's number in the middle of its IPv4 addresses but the one that is kept, with right checksums;
    others as they are."""
    if data[12:14] != b"\x08\x00" or data[23] != 6:
        return data
    frame = bytearray(data)
    tcp = 14 + (frame[14] & 15) * 4
    old = bytes(frame[26:34])
    for at in (26, 30):
        if kept is not None and data[at:at + 4] == bytes(map(int, kept.split("."))):
            continue
        frame[at + 1:at + 3] = struct.pack(">H", copy)
    for at in (24, tcp + 16):
        if at + 2 <= len(frame):
            frame[at:at + 2] = adjusted(frame[at:at + 2], old, bytes(frame[26:34]))
    return bytes(frame)


def adjusted(checksum, old, new):
    """RFC 1624."""
    total = ~struct.unpack(">H", checksum)[0] & 0xFFFF
    for was, now in zip(struct.unpack(">4H", old), struct.unpack(">4H", new)):
        total += (~was & 0xFFFF) + now
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)


def long_messages(connections, messages, size):
    """Connections that all send messages of so many bytes at once, packet by packet in turn, as nodes that sync do."""
    payload = bytes(80) + b"\x00" + bytes(size - 81)
    checksum = hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    message = b"\xf9\xbe\xb4\xd9" + b"block".ljust(12, b"\x00") + struct.pack("<I", size) + checksum + payload
    stream = message * messages
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    packets = []
    for at in range(0, len(stream), 1448):
        for connection in range(connections):
            frame = bytearray(12) + b"\x08\x00" + struct.pack(
                ">BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 6, 0, b"\x0a\x14\x00\x01", b"\x0a\x14\x00\x02")
            frame += struct.pack(">HHIIBBHHH", 8333, 20000 + connection, 1 + at, 1, 0x50, 0x10, 65535, 0, 0)
            piece = stream[at:at + 1448]
            struct.pack_into(">H", frame, 16, len(frame) - 14 + len(piece))
            struct.pack_into(">H", frame, 24, internet_checksum(frame[14:34]))
            pseudo = bytes(frame[26:34]) + struct.pack(">HH", 6, len(frame) - 34 + len(piece))
            struct.pack_into(">H", frame, 50, internet_checksum(pseudo + frame[34:] + piece))
            packets.append((1795410000 * 10**9 + len(packets) * 10**5, len(frame) + len(piece), bytes(frame) + piece))
    return Capture(header, packets, "<", 1000)
