"""Who brings blocks first, and in which way they come."""
from announcements import traffic
from block_payloads import show
from bodies import block_announcements, bodies, compacts
from forms import spread


def blocks(analysis):
    t = traffic(analysis)
    # The question is who brings blocks to the node: what it announces and sends itself is left out.
    told = {}                               # hash: {side: (message, how)}, in order
    for m, h, how in block_announcements(t):
        if not t.is_node(m.stream, m.side):
            told.setdefault(h, {}).setdefault((m.stream, m.side), (m, how))
    came = [b for b in bodies(t, compacts(t)) if not t.is_node(*b.sender)]
    first_body = {}
    historic = {}                           # side: the bodies that came before anybody announced the block
    for b in came:
        first_body.setdefault(b.hash, b)
        if b.hash not in told or t.place[b.last] < t.place[first_of(told[b.hash])[0]]:
            historic.setdefault(b.sender, []).append(b)
    before = {b.hash for side in historic.values() for b in side}
    rows = [row_of(analysis, t, h, sides, first_body.get(h)) for h, sides in told.items() if h not in before]
    rows.sort(key=lambda r: (r["first_frame"], r["first_stream"], r["hash"]))
    return analysis.answer("blocks", {}, rows + [sync_row(analysis, t, side, found)
                                                 for side, found in sorted(historic.items())])


def first_of(sides):
    return next(iter(sides.values()))


def row_of(analysis, t, h, sides, body):
    first, how = first_of(sides)
    lags = [m.complete.time - first.complete.time for m, _ in list(sides.values())[1:]]
    seconds, by = analysis.seconds, lambda m: t.connections[m.stream].text(m.side)
    row = {"row": "block", "hash": show(h), "first_seen_seconds": seconds(first.complete.time - analysis.zero),
           "first_stream": first.stream, "first_by": by(first), "first_how": how,
           "first_frame": first.complete.number, "announcers": len(sides)}
    row.update(spread("lag", lags, seconds))
    last = body and body.last.complete
    row.update({
        "body_stream": body and body.sender[0], "body_by": body and by(body.first), "path": body and body.path,
        "body_bytes": body and body.bytes, "transactions": body and body.transactions,
        "body_frame": last and last.number, "complete_seconds": last and seconds(last.time - analysis.zero),
        "wait_seconds": last and seconds(last.time - first.complete.time),
        "header_epoch_seconds": body and body.header_time,
        "age_seconds": body and seconds(last.time - body.header_time * analysis.scale)})
    return row


def sync_row(analysis, t, side, found):
    """Blocks that a side delivered and nobody had announced, from the first byte to the last."""
    c = t.connections[side[0]]
    start = min(b.first.first.time for b in found)
    end = max(b.last.complete.time for b in found)
    return {"row": "sync", "stream": c.number, "from": c.text(side[1]), "to": c.text(1 - side[1]),
            "measures": analysis.measures(c, 1 - side[1]), "blocks": len(found),
            "bytes": sum(b.bytes for b in found), "start_seconds": analysis.seconds(start - analysis.zero),
            "duration_seconds": analysis.seconds(end - start)}
