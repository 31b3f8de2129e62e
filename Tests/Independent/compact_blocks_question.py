"""Whether compact blocks work: what of them was known before, and what had to be asked for."""
import struct
from announcements import size, traffic
from block_payloads import indexes, show
from bodies import block_announcements, bodies, compacts
from capture_question import missing_at_end
from short_ids import key, short_id


def cmpctblock(analysis):
    t = traffic(analysis)
    found = compacts(t)
    had = who_had(t, found)
    whole = {}                      # hash: the size of the first block message with it, wherever it was
    for m in t.messages:
        if m in t.blocks:
            whole.setdefault(t.blocks[m].hash, size(m))
    rows = []
    for k in found:
        m, c = k.message, t.connections[k.message.stream]
        seen, ambiguous = known(t, k)
        answer = k.blocktxn
        rows.append({
            "row": "block", "hash": show(k.hash), "stream": m.stream, "from": c.text(m.side), "to": c.text(1 - m.side),
            "measures": analysis.measures(c, 1 - m.side), "frame": m.complete.number,
            "time_seconds": analysis.seconds(m.complete.time - analysis.zero), "mode": k.mode,
            "short_ids": len(k.content.short_ids), "prefilled": k.content.prefilled,
            "seen": seen, "ambiguous": ambiguous,
            "requested": len(indexes(k.request.message.payload)[1]) if k.request else 0,
            "round_trip_seconds": analysis.seconds(k.request.seconds) if answer else None,
            "bytes": size(m), "blocktxn_bytes": size(answer) if answer else 0,
            "block_bytes": whole.get(k.hash), "result": result(analysis, t, k, had)})
    return analysis.answer("cmpctblock", {}, rows)


def who_had(t, found):
    """For each party and block, the place of the message since which it had all of the block.

    It has it who sends it, in whichever form, or announces it; and who got it whole. Who asks another peer for what a
    compact block lacks did not get it whole, although `blocks`, which looks at one connection, takes it for whole."""
    had = {}
    elsewhere = {k.message for k in found if is_asked_elsewhere(t, k)}

    def note(party, h, m):
        had[party, h] = min(t.place[m], had.get((party, h), t.place[m]))

    for m, h, _ in block_announcements(t):
        note(t.party(m.stream, m.side), h, m)
    for m, content in list(t.blocks.items()) + list(t.compact_blocks.items()):
        note(t.party(m.stream, m.side), content.hash, m)
    for b in bodies(t, found):
        if b.last in elsewhere:
            continue
        note(t.party(b.sender[0], 1 - b.sender[1]), b.hash, b.last)
    return had


def known(t, k):
    """How many short ids stand for exactly one, and for several of the transactions seen before in tx messages."""
    m = k.message
    versions = {struct.unpack_from("<Q", s.payload, 1)[0] for s in t.messages[:t.place[m]]
                if s.command == "sendcmpct" and (s.stream, s.side) == (m.stream, 1 - m.side) and len(s.payload) >= 9}
    by = 0 if versions == {1} else 1
    ids = {t.transactions[s][by] for s in t.messages[:t.place[m]] if s in t.transactions}
    own = key(k.content.header, k.content.nonce)
    counts = {}
    for one in ids:
        s = short_id(own, one)
        counts[s] = counts.get(s, 0) + 1
    fits = [counts.get(s, 0) for s in k.content.short_ids]
    return sum(n == 1 for n in fits), sum(n > 1 for n in fits)


def result(analysis, t, k, had):
    m, c, receiver = k.message, t.connections[k.message.stream], 1 - k.message.side
    since = had.get((t.party(m.stream, receiver), k.hash))
    if since is not None and since < t.place[m]:
        return "redundant"
    if k.block_asked:
        return "block requested"
    if k.request:
        # A whole block is an answer, too.
        answered = k.request.outcome == "answered"
        return "transactions requested" if answered else "transactions requested, not answered"
    if is_asked_elsewhere(t, k):
        return "requested elsewhere"
    if not any(s.first.number > m.complete.number for s in c.directions[receiver].messages):
        return "open"
    if c.directions[receiver].holes or missing_at_end(c, receiver):
        return "unclear"
    return "reconstructed"


def is_asked_elsewhere(t, k):
    """Whether the node, its receiver, asked another peer for the block or its transactions, at any time."""
    if not t.is_node(k.message.stream, 1 - k.message.side):
        return False
    return any(r.kind in ("block", "cmpctblock", "blocktxn") and r.key == k.hash
               for c in t.connections.values() if c.number != k.message.stream
               for side in (0, 1) if t.is_node(c.number, side) for r in c.requests[side])
