"""What the messages with blocks say: headers, transactions, short ids, indexes, and proofs of both."""
import struct
from payloads import Reader, transaction
from streams import dsha


def show(h):
    """A hash as it is shown, the other way round than on the wire."""
    return h[::-1].hex()


def header_time(header):
    return struct.unpack_from("<I", header, 68)[0]


def target(bits):
    """The target of nBits; None where no hash can meet it (negative, zero or too large)."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    if bits & 0x800000 and mantissa:
        return None
    value = mantissa >> 8 * (3 - exponent) if exponent <= 3 else mantissa << 8 * (exponent - 3)
    return value if 0 < value < 1 << 256 else None


def has_proof_of_work(header):
    """Whether the hash is at most what the header itself demands."""
    limit = target(struct.unpack_from("<I", header, 72)[0])
    return limit is not None and int.from_bytes(dsha(header), "little") <= limit


def merkle_root(leaves):
    row = list(leaves) or [bytes(32)]
    while len(row) > 1:
        if len(row) % 2:
            row.append(row[-1])
        row = [dsha(row[i] + row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]


def transactions(r):
    """The (txid, wtxid) of a vector of transactions."""
    return [transaction(r) for _ in range(r.compact())]


class Block:
    """A `block`."""
    def __init__(self, payload):
        r = Reader(payload)
        self.header = r.take(80)
        self.hash = dsha(self.header)
        self.ids = transactions(r)

    @property
    def is_mutated(self):
        """The header's root is that of other transactions, or one of them is there twice."""
        txids = [txid for txid, _ in self.ids]
        return len(set(txids)) < len(txids) or merkle_root(txids) != self.header[36:68]


class CompactBlock:
    """A `cmpctblock`; of the prefilled transactions only their number is of interest."""
    def __init__(self, payload):
        r = Reader(payload)
        self.header = r.take(80)
        self.hash = dsha(self.header)
        self.nonce = r.take(8)
        self.short_ids = [int.from_bytes(r.take(6), "little") for _ in range(r.compact())]
        self.prefilled = r.compact()
        for _ in range(self.prefilled):
            r.compact()
            transaction(r)

    @property
    def count(self):
        return len(self.short_ids) + self.prefilled


def indexes(payload):
    """The block and the positions that a `getblocktxn` asks for."""
    r = Reader(payload)
    h, at, positions = r.take(32), -1, []
    for _ in range(r.compact()):
        at += 1 + r.compact()
        positions.append(at)
    return h, positions


def blocktxn(payload):
    """The block of a `blocktxn`, and the ids of the transactions in it."""
    r = Reader(payload)
    return r.take(32), transactions(r)
