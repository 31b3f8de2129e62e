"""The ways in which a whole block came: by itself, or as a compact block and what was asked for to fill it."""
from announcements import read, size
from block_payloads import header_time
from pairs import INV_KIND
from payloads import inventory


class Compact:
    """A compact block, and what its receiver then asked for on that connection."""

    def __init__(self, t, m):
        self.message, self.content = m, t.compact_blocks[m]
        self.hash = self.content.hash
        self.is_asked = any(r.kind == "cmpctblock" for r in t.answered.get(m, []))
        self.mode = "low-bandwidth" if self.is_asked else "high-bandwidth"
        self.request = None             # of transactions
        self.block_asked = None         # the getdata of the whole block

    @property
    def blocktxn(self):
        """The message with the transactions asked for."""
        answer = self.request and self.request.answer
        return answer if answer is not None and answer.command == "blocktxn" else None

    @property
    def completed_by(self):
        """The message with which the block was complete; None where it was not, by this way."""
        if self.block_asked:
            return None
        return self.blocktxn if self.request else self.message


class Body:
    """A block that came whole, in `last`."""

    def __init__(self, m, h, path, length, count, header, last):
        self.first, self.hash, self.path, self.bytes, self.transactions = m, h, path, length, count
        self.header_time, self.last = header_time(header), last
        self.sender = (m.stream, m.side)


def compacts(t):
    """All compact blocks in order, with what was asked for in frames later than each.

    Of several with the same block on the same side the last before the question is the one that was asked about."""
    found = [Compact(t, m) for m in t.messages if m in t.compact_blocks]

    def asked_about(asked, h):
        fits = [k for k in found if k.hash == h and k.message.stream == asked.stream and k.message.side != asked.side
                and k.message.complete.number < asked.first.number]
        return fits[-1] if fits else None

    for c in t.connections.values():
        for r in c.requests[0] + c.requests[1]:
            if r.kind in ("blocktxn", "block"):
                k = asked_about(r.message, r.key)
                if k and r.kind == "blocktxn" and not k.request:
                    k.request = r
                elif k and r.kind == "block" and not k.block_asked:
                    k.block_asked = r.message
    return found


def bodies(t, compact_blocks):
    """The whole blocks, in the order in which they were complete."""
    found = [Body(m, b.hash, "block", size(m), len(b.ids), b.header, m) for m, b in t.blocks.items()]
    for k in compact_blocks:
        last = k.completed_by
        if last is None:
            continue
        path, length = "cmpctblock " + k.mode, size(k.message)
        if last is not k.message:
            path, length = path + ", blocktxn", length + size(last)
        found.append(Body(k.message, k.hash, path, length, k.content.count, k.content.header, last))
    return sorted(found, key=lambda b: t.place[b.last])


def block_announcements(t):
    """All announcements of blocks in order, as (message, hash, how)."""
    return [(m, h, how) for m in t.messages for h, how in t.block_announcements(m)]
