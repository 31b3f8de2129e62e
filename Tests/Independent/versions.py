"""All that a version message says, and the text of the addresses in it."""
import base64
import ipaddress
from announcements import read
from payloads import Reader

ZERO_ADDRESSES = ("::", "0.0.0.0")


def address_text(a):
    """The text of the 16 bytes of an address."""
    if a[:12] == bytes(10) + b"\xff\xff":
        return str(ipaddress.IPv4Address(a[12:]))
    for prefix, suffix in (("fd87d87eeb43", ".onion"), ("fd6b88c08724", ".internal")):
        if a[:6].hex() == prefix:
            return base64.b32encode(a[6:]).decode().lower() + suffix
    return str(ipaddress.IPv6Address(a))


class Version:
    """A version message. What a short one lacks is None."""

    def __init__(self, payload):
        r = Reader(payload)
        self.version, self.services, self.time = r.number("i"), r.number("Q"), r.number("q")
        _, self.addr_recv, self.addr_recv_port = self.address(r)
        self.from_services = self.from_bytes = self.addr_from = None
        self.user_agent = self.start_height = self.relay = None
        if r.left:
            at = r.at + 8
            self.from_services, self.addr_from, _ = self.address(r)
            self.from_bytes = payload[at:at + 18]
            r.take(8)
        if r.left:
            self.user_agent = r.blob().decode("utf-8", "replace")
        if r.left:
            self.start_height = r.number("i")
        if r.left:
            self.relay = 1 if r.number("B") else 0

    @staticmethod
    def address(r):
        services, a = r.number("Q"), r.take(16)
        return services, address_text(a), int.from_bytes(r.take(2), "big")


def first_versions(t):
    """The first version message of each side that ends where it should, as {(stream, side): (message, version)}.

    One that ends too early tells nothing, and a node does not take it for one."""
    found = {}
    for m in t.messages:
        if m.command == "version" and (m.stream, m.side) not in found:
            v = read(Version, m)
            if v is not None:
                found[m.stream, m.side] = (m, v)
    return found


def side_name(c, side):
    return ("initiator", "responder")[side] if c.initiator_known else "unknown"
