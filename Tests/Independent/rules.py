"""The rules that the bytes of a message prove broken, in the words of Bitcoin Core's debug log."""
import struct
from announcements import is_whole
from block_payloads import has_proof_of_work, indexes
from formats import is_malformed
from identity_question import wants_transactions
from pairs import INV_KIND
from payloads import Reader, getheaders
from streams import dsha

MISBEHAVING, DISCONNECT, IGNORED = "misbehaving", "disconnect", "ignored"
NODE_BLOOM, NODE_COMPACT_FILTERS = 1 << 2, 1 << 6
MAX_HEADERS = 2000
# Command: how many entries at most. The rule is named for the command.
SIZES = {"inv": 50_000, "getdata": 50_000, "addr": 1_000, "addrv2": 1_000}
BLOOM_COMMANDS = ("filterload", "filteradd", "filterclear")
FILTER_COMMANDS = ("getcfilters", "getcfheaders", "getcfcheckpt")
NEGOTIATIONS = ("wtxidrelay", "sendaddrv2", "sendtxrcncl")


class History:
    """What was captured before a message, as far as rules depend on it."""

    def __init__(self, traffic, versions):
        self.traffic, self.versions = traffic, versions
        self.is_whole = {c.number: is_whole(c) for c in traffic.connections.values()}
        self.greeted, self.said_verack = set(), set()       # sides
        self.heard = {}                                     # side: its messages
        self.counts = {}                                    # block hash, or with a side: how many transactions

    def add(self, m):
        side = (m.stream, m.side)
        if m.command == "version" and not is_malformed(m):
            self.greeted.add(side)
        if m.command == "verack":
            self.said_verack.add(side)
        self.heard.setdefault(side, []).append(m)
        block, short = self.traffic.blocks.get(m), self.traffic.compact_blocks.get(m)
        if block and not block.is_mutated:
            self.counts[block.hash] = len(block.ids)
        if short:
            key = (short.hash, side)
            self.counts[key] = max(short.count, self.counts.get(key, 0))

    def version_of(self, side, m):
        """What a side had said of itself before a message."""
        told = self.versions.get(side)
        return told[1] if told and told[0].order() < m.order() else None


def headers_of(payload):
    r = Reader(payload)
    out = []
    for _ in range(r.compact()):
        out.append(r.take(80))
        r.compact()
    return out


def broken(m, h):
    """The rules that a message breaks, as (rule, reaction)."""
    yield from of_the_handshake(m, h)
    if m.command == "headers" and counted(m.payload) > MAX_HEADERS:
        yield "headers message size", MISBEHAVING           # Core reads no further than the number
        return
    if is_malformed(m):
        yield "malformed " + m.command, IGNORED             # nothing else is known of it
        return
    if m.command in SIZES and counted(m.payload) > SIZES[m.command]:
        yield m.command + " message size", MISBEHAVING
    if m.command in ("getheaders", "getblocks") and len(getheaders(m.payload)[0]) > 101:
        yield m.command + " locator size", DISCONNECT
    yield from of_blocks(m, h)
    yield from of_filters(m, h)
    yield from of_transactions(m, h)


def counted(payload):
    """The number of entries said, also where they are not there."""
    try:
        return Reader(payload).compact()
    except ValueError:
        return 0


def of_the_handshake(m, h):
    side, whole = (m.stream, m.side), h.is_whole[m.stream]
    if m.command == "version":
        if len(m.payload) >= 4 and not is_malformed(m) and struct.unpack_from("<i", m.payload)[0] < 31800:
            yield "obsolete version", DISCONNECT
        if side in h.greeted and whole:
            yield "redundant version message", IGNORED
    elif side not in h.greeted and whole:
        yield "non-version message before version handshake", IGNORED
    if m.command == "sendtxrcncl" and not is_malformed(m) and struct.unpack_from("<I", m.payload)[0] < 1:
        yield "txreconciliation protocol violation", DISCONNECT
    if m.command in NEGOTIATIONS and side in h.said_verack and whole:
        yield m.command + " received after verack", DISCONNECT


def of_blocks(m, h):
    if m.command == "headers":
        entries = headers_of(m.payload)
        if not all(map(has_proof_of_work, entries)):
            yield "header with invalid proof of work", MISBEHAVING
        if any(later[4:36] != dsha(earlier) for earlier, later in zip(entries, entries[1:])):
            yield "non-continuous headers sequence", MISBEHAVING
    if m.command in ("block", "cmpctblock") and not has_proof_of_work(m.payload[:80]):
        yield m.command + " with invalid proof of work", MISBEHAVING
    if m.command == "block" and h.traffic.blocks[m].is_mutated:
        yield "mutated block", MISBEHAVING
    if m.command == "getblocktxn":
        block, positions = indexes(m.payload)
        # A compact block proves the number of transactions only to whom it was sent, by whom it is asked about.
        known = [h.counts[k] for k in (block, (block, (m.stream, 1 - m.side))) if k in h.counts]
        if known and positions and positions[-1] >= max(known):
            yield "getblocktxn with out-of-bounds tx indices", MISBEHAVING


def of_filters(m, h):
    receiver = h.version_of((m.stream, 1 - m.side), m)
    if m.command in BLOOM_COMMANDS and receiver and not receiver.services & NODE_BLOOM:
        yield m.command + " received despite not offering bloom services", DISCONNECT
    if m.command == "mempool" and receiver and not receiver.services & NODE_BLOOM:
        yield "mempool request with bloom filters disabled", DISCONNECT
    if m.command in FILTER_COMMANDS and receiver and (m.payload[0] or not receiver.services & NODE_COMPACT_FILTERS):
        yield "unsupported block filter type", DISCONNECT
    if m.command == "filterload":
        r = Reader(m.payload)
        if len(r.blob()) > 36_000 or r.number("I") > 50:
            yield "too-large bloom filter", MISBEHAVING
    if m.command == "filteradd" and len(Reader(m.payload).blob()) > 520:
        yield "bad filteradd message", MISBEHAVING


def of_transactions(m, h):
    """Transactions to a peer that had said relay 0 and has loaded no filter; what it asked for itself is its own wish."""
    other = (m.stream, 1 - m.side)
    receiver = h.version_of(other, m)
    if not h.is_whole[m.stream] or not receiver or receiver.relay != 0:
        return
    if wants_transactions(m, h.heard.get(other, [])):
        return
    if m.command == "inv" and h.traffic.announced_transactions(m):
        yield "inv sent in violation of protocol", DISCONNECT
    if m.command == "tx" and not any(r.kind == "tx" for r in h.traffic.answered.get(m, [])):
        yield "transaction sent in violation of protocol", DISCONNECT
