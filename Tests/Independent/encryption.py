"""Opens the packets of an encrypted connection (BIP 324) whose secret is known."""
import hashlib
import hmac
import struct
from streams import MAGICS, Message, command_of

SHORT = {1: "addr", 2: "block", 3: "blocktxn", 4: "cmpctblock", 5: "feefilter", 6: "filteradd", 7: "filterclear",
         8: "filterload", 9: "getblocks", 10: "getblocktxn", 11: "getdata", 12: "getheaders", 13: "headers", 14: "inv",
         15: "mempool", 16: "merkleblock", 17: "notfound", 18: "ping", 19: "pong", 20: "sendcmpct", 21: "tx",
         22: "getcfilters", 23: "cfilter", 24: "getcfheaders", 25: "cfheaders", 26: "getcfcheckpt", 27: "cfcheckpt",
         28: "addrv2"}
M = 0xFFFFFFFF


def block(key, counter, nonce):
    init = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key)) + [counter] + \
        list(struct.unpack("<3I", nonce))
    x = init[:]

    def quarter(a, b, c, d):
        x[a] = x[a] + x[b] & M
        t = x[d] ^ x[a]
        x[d] = (t << 16 | t >> 16) & M
        x[c] = x[c] + x[d] & M
        t = x[b] ^ x[c]
        x[b] = (t << 12 | t >> 20) & M
        x[a] = x[a] + x[b] & M
        t = x[d] ^ x[a]
        x[d] = (t << 8 | t >> 24) & M
        x[c] = x[c] + x[d] & M
        t = x[b] ^ x[c]
        x[b] = (t << 7 | t >> 25) & M

    for _ in range(10):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        quarter(0, 5, 10, 15)
        quarter(1, 6, 11, 12)
        quarter(2, 7, 8, 13)
        quarter(3, 4, 9, 14)
    return struct.pack("<16I", *((a + b) & M for a, b in zip(x, init)))


def keystream(key, nonce, counter, n):
    return b"".join(block(key, counter + i, nonce) for i in range((n + 63) // 64))[:n]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def tag(key, nonce, aad, text):
    one = block(key, 0, nonce)
    r = int.from_bytes(one[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(one[16:32], "little")
    pad = lambda b: b + bytes(-len(b) % 16)
    data = pad(aad) + pad(text) + struct.pack("<QQ", len(aad), len(text))
    a = 0
    for i in range(0, len(data), 16):
        a = (a + int.from_bytes(data[i:i + 16] + b"\1", "little")) * r % ((1 << 130) - 5)
    return ((a + s) & ((1 << 128) - 1)).to_bytes(16, "little")


def expand(prk, info):
    return hmac.new(prk, info + b"\1", hashlib.sha256).digest()


class Lengths:
    def __init__(self, key):
        self.key, self.count, self.packets = key, 0, 0
        self.fill()

    def fill(self):
        self.stream = keystream(self.key, bytes(4) + struct.pack("<Q", self.count), 0, 704)

    def open(self, data):
        at = self.packets % 224 * 3
        plain = xor(data, self.stream[at:at + 3])
        self.packets += 1
        if self.packets % 224 == 0:
            self.key = self.stream[672:704]
            self.count += 1
            self.fill()
        return int.from_bytes(plain, "little")


class Packets:
    def __init__(self, key):
        self.key, self.packets = key, 0

    def open(self, aad, data):
        nonce = struct.pack("<IQ", self.packets % 224, self.packets // 224)
        text, mac = data[:-16], data[-16:]
        if tag(self.key, nonce, aad, text) != mac:
            raise ValueError("tag")
        plain = xor(text, keystream(self.key, nonce, 1, len(text)))
        self.packets += 1
        if self.packets % 224 == 0:
            self.key = keystream(self.key, b"\xff" * 4 + struct.pack("<Q", self.packets // 224 - 1), 1, 32)
        return plain


def dissect(c, secret):
    i, r = c.directions[0].data[:64], c.directions[1].data[:64]
    t = hashlib.sha256(b"bip324_ellswift_xonly_ecdh").digest()
    for ecdh in (hashlib.sha256(t + t + i + r + secret).digest(), secret):
        for magic, network in MAGICS.items():
            prk = hmac.new(b"bitcoin_v2_shared_secret" + magic, ecdh, hashlib.sha256).digest()
            terminators = expand(prk, b"garbage_terminators")
            if c.directions[0].data.find(terminators[:16]) >= 64:
                for side, name in enumerate((b"initiator", b"responder")):
                    open_direction(c, side, network, expand(prk, name + b"_L"), expand(prk, name + b"_P"),
                                   terminators[16 * side:16 * side + 16])
                return
    raise SystemExit("the secret does not open the connection")


def open_direction(c, side, network, length_key, packet_key, terminator):
    d = c.directions[side]
    data = d.data
    assert not d.holes
    at = data.index(terminator, 64)
    aad = data[64:at]
    at += 16
    lengths, packets = Lengths(length_key), Packets(packet_key)
    loose = 0                   # where bytes of no message began
    version_seen = False
    while at < len(data):
        n = lengths.open(data[at:at + 3])
        end = at + 3 + 1 + n + 16
        plain = packets.open(aad, data[at + 3:end])
        aad = b""
        ignore, contents = plain[0] & 0x80, plain[1:]
        if ignore or not version_seen:
            version_seen = version_seen or not ignore
            if loose is None:
                loose = at
        else:
            if loose is not None:
                d.loose.append((loose, at))
                loose = None
            m = Message()
            if contents[0] == 0:
                m.command, m.payload = command_of(contents[1:13]), contents[13:]
            else:
                m.command, m.payload = SHORT[contents[0]], contents[1:]
            m.stream, m.side, m.start, m.end = c.number, side, at, end
            m.checksum, m.network, m.cut = None, network, False
            m.first, m.complete = d.first(at), d.complete(end)
            m.reordered = d.is_reordered(at, end)
            d.messages.append(m)
        at = end
    if loose is not None:
        d.loose.append((loose, len(data)))
