"""Who announced which transaction and which block, and when: what `relay`, `blocks` and `cmpctblock` go by."""
from block_payloads import Block, CompactBlock
from capture_question import missing_at_end
from pairs import INV_KIND
from payloads import Reader, headers, inventory, transaction
from streams import Message

MAX_BLOCKS_TO_ANNOUNCE = 8


def is_good(m):
    """Cut messages and those with a wrong checksum take part in nothing."""
    return not m.cut and m.checksum is not False


def read(parse, m):
    """What a message says, or None where it ends too early."""
    try:
        return parse(m.payload)
    except (ValueError, IndexError):
        return None


def size(m):
    """The bytes of a message with its header."""
    return m.end - m.start


def lacks_nothing(c, side):
    """Whether a direction was captured from its SYN, without a hole and to the end."""
    d = c.directions[side]
    return d.isn is not None and not d.holes and not missing_at_end(c, side)


def is_whole(c):
    return c.from_syn and all(lacks_nothing(c, side) for side in (0, 1))


class Traffic:
    """The good messages of a capture in order, and what they say of transactions and blocks."""

    def __init__(self, analysis):
        self.analysis = analysis
        self.connections = {c.number: c for c in analysis.bitcoin}
        self.messages = sorted((m for c in analysis.bitcoin for m in c.messages if is_good(m)), key=Message.order)
        self.place = {m: index for index, m in enumerate(self.messages)}
        self.answered = {}          # message: the requests it answers
        for c in analysis.bitcoin:
            for r in c.requests[0] + c.requests[1]:
                if r.answer:
                    self.answered.setdefault(r.answer, []).append(r)
        self.transactions, self.txids = {}, {}      # message: (txid, wtxid); wtxid: txid
        self.blocks, self.compact_blocks = {}, {}   # message: what it says
        for m in self.messages:
            if m.command == "tx":
                ids = read(lambda p: transaction(Reader(p)), m)
                if ids:
                    self.transactions[m] = ids
                    self.txids[ids[1]] = ids[0]
            elif m.command == "block":
                self.keep(self.blocks, m, read(Block, m))
            elif m.command == "cmpctblock":
                self.keep(self.compact_blocks, m, read(CompactBlock, m))

    def keep(self, table, m, value):
        if value is not None:
            table[m] = value

    # Who

    def is_node(self, stream, side):
        return bool(self.analysis.nodes) and self.analysis.node_side(self.connections[stream]) == side

    def party(self, stream, side):
        """Who has what: an end of a connection, but all the node's connections are one."""
        return "node" if self.is_node(stream, side) else (stream, side)

    # Transactions

    def identity(self, h):
        """One name of a transaction, whether by txid or by wtxid; they are one once it is seen in a tx message."""
        return self.txids.get(h, h)

    def announced_transactions(self, m):
        entries = read(inventory, m) if m.command == "inv" else None
        return [self.identity(h) for t, h in entries or [] if INV_KIND.get(t) == "tx"]

    # Blocks

    def block_announcements(self, m):
        """The blocks that a message announces, as (hash, how): few at once, and not because they were asked for."""
        found, how = [], m.command
        if m.command == "inv":
            found = [h for t, h in read(inventory, m) or [] if INV_KIND.get(t) == "block"]
        elif m in self.answered:
            return []
        elif m.command == "headers":
            found = [h for h, _ in read(headers, m) or []]
        elif m in self.compact_blocks:
            found = [self.compact_blocks[m].hash]
        elif m in self.blocks:
            found = [self.blocks[m].hash]
        return [(h, how) for h in found] if len(found) <= MAX_BLOCKS_TO_ANNOUNCE else []


def traffic(analysis):
    """Read once for all questions."""
    if not hasattr(analysis, "traffic"):
        analysis.traffic = Traffic(analysis)
    return analysis.traffic
