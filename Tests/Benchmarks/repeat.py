"""A capture of real traffic, made large: repeated under other addresses, each time later."""

import struct

# Of the repetitions' clients; the servers stay what they are.
FIRST_ADDRESS = 0x0B00_0001
PORT = 8333


def repeated(source, target, size):
    """Repeats the Ethernet, IPv4 and TCP packets of `source` until there are `size` bytes. Returns how often."""
    with open(source, "rb") as file:
        data = file.read()
    assert data[:4] == b"\xd4\xc3\xb2\xa1" and data[20:24] == b"\x01\0\0\0", "microseconds, little-endian, Ethernet"
    packets = list(packets_of(data))
    clients = sorted({address for packet in packets for address in packet[1]})
    seconds = [struct.unpack_from("<I", data, packet[0])[0] for packet in packets]
    duration = seconds[-1] - seconds[0] + 1
    count = 0
    with open(target, "wb") as file:
        file.write(data[:24])
        while count == 0 or file.tell() < size:
            copy = bytearray(data[24:])
            fresh = {client: FIRST_ADDRESS + count * len(clients) + index for index, client in enumerate(clients)}
            for (start, addresses), time in zip(packets, seconds):
                struct.pack_into("<I", copy, start - 24, time + count * duration)
                for address, place in addresses.items():
                    replace(copy, start - 24 + 16, place, address, fresh[address])
            file.write(copy)
            count += 1
    return count


def packets_of(data):
    """Where each packet's record begins, and the addresses in it that are no server's, with their places in the frame."""
    at = 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16 : at + 16 + length]
        addresses = {}
        if frame[12:14] == b"\x08\0" and frame[23] == 6:
            tcp = 14 + (frame[14] & 15) * 4
            for place, port in ((26, tcp), (30, tcp + 2)):
                if struct.unpack_from(">H", frame, port)[0] != PORT:
                    addresses[struct.unpack_from(">I", frame, place)[0]] = place
        yield at, addresses
        at += 16 + length


def replace(copy, frame, place, old, new):
    """Puts an address into a frame, and what that changes into both checksums (RFC 1624), which are right before."""
    struct.pack_into(">I", copy, frame + place, new)
    change = (old >> 16 ^ 0xFFFF) + (old & 0xFFFF ^ 0xFFFF) + (new >> 16) + (new & 0xFFFF)
    for at in (frame + 24, frame + 14 + (copy[frame + 14] & 15) * 4 + 16):
        total = (struct.unpack_from(">H", copy, at)[0] ^ 0xFFFF) + change
        while total > 0xFFFF:
            total = (total >> 16) + (total & 0xFFFF)
        struct.pack_into(">H", copy, at, total ^ 0xFFFF)
