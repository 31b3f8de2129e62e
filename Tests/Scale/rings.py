"""Captures made of others: rings, later ones, more of the same under fresh addresses. Classic pcap of Ethernet alone."""

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

    def repeated(self, copies, apart):
        """As many captures at once, each under addresses of its own and so many seconds after the one before."""
        packets = []
        for copy in range(copies):
            for time, original, data in self.packets:
                packets.append((time + round(copy * apart * 10**9), original, readdressed(data, copy)))
        packets.sort(key=lambda packet: packet[0])
        return self.with_packets(packets)


def readdressed(data, copy):
    """The frame with copy * 2 in the middle of its IPv4 addresses, with right checksums; others as they are."""
    if data[12:14] != b"\x08\x00" or data[23] != 6:
        return data
    frame = bytearray(data)
    tcp = 14 + (frame[14] & 15) * 4
    old = bytes(frame[26:34])
    for at in (26, 30):
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
