"""What the bytes on the wire were for: every byte is in one row."""
import bisect
from forms import percent


def bytes(analysis):
    rows = {}

    def add(row, command, flow, messages=0, packets=0, payload=0, wire=0):
        r = rows.setdefault((row, command, flow), [0, 0, 0, 0])
        for i, n in enumerate((messages, packets, payload, wire)):
            r[i] += n

    for f in analysis.not_tcp:
        add("not_tcp", None, "other", packets=1, wire=f.wire)
    for c in analysis.connections:
        if not c.transport:
            node = analysis.node_side(c) if analysis.nodes else None
            for s in c.packets:
                flow = "other" if node is None else "sent" if node == s.side else "received"
                add("other_tcp", None, flow, packets=1, wire=s.frame.wire)
            continue
        for side, d in enumerate(c.directions):
            flow = analysis.flow(c, side)
            spans = sorted([(m.start, m.end, "message", m.command) for m in d.messages]
                           + [(a, b, "encrypted" if d.encrypted else "no_message", None) for a, b in d.loose])
            if d.encrypted and d.data:
                spans = [(0, len(d.data), "encrypted", None)]
            assert [a for a, *_ in spans] == [0] * bool(spans) + [b for _, b, *_ in spans[:-1]]
            assert not spans or spans[-1][1] == len(d.data)
            starts = [a for a, *_ in spans]
            pieces = {}
            for piece in d.pieces:
                pieces.setdefault(piece[2], []).append(piece)
            for m in d.messages:
                add("message", m.command, flow, messages=1)
            for s in d.packets:
                n = s.length
                if n == 0:
                    add("no_payload", None, flow, packets=1, wire=s.frame.wire)
                    continue
                h = s.frame.wire - n
                bear = lambda a, b: h * b // n - h * a // n
                done = 0
                for a, b, _, position in pieces.get(s, []):
                    for x, y, row, command in spans[max(bisect.bisect_right(starts, a) - 1, 0):]:
                        if x >= b:
                            break
                        lo, hi = max(a, x), min(b, y)
                        p, q = position + lo - a, position + hi - a
                        add(row, command, flow, payload=q - p, wire=q - p + bear(p, q))
                    # Bytes of the payload before this piece are not used.
                    if position > done:
                        add("retransmitted", None, flow, payload=position - done,
                            wire=position - done + bear(done, position))
                    done = position + b - a
                if done < len(s.payload):
                    add("retransmitted", None, flow, payload=len(s.payload) - done,
                        wire=len(s.payload) - done + bear(done, len(s.payload)))
                if len(s.payload) < n:
                    add("not_captured", None, flow, payload=n - len(s.payload),
                        wire=n - len(s.payload) + bear(len(s.payload), n))
    total = sum(f.wire for f in analysis.frames)
    assert sum(r[3] for r in rows.values()) == total, "rows do not sum to the wire bytes"
    message_bytes = sum(m.end - m.start for c in analysis.bitcoin for m in c.messages)
    assert message_bytes == sum(r[2] for k, r in rows.items() if k[0] == "message")
    out = []
    for (row, command, flow), (messages, packets, payload, wire) in sorted(
            rows.items(), key=lambda i: (-i[1][3], i[0][0], i[0][1] or "", i[0][2])):
        out.append({"row": row, "command": command, "flow": flow,
                    "messages": messages if row == "message" else None,
                    "packets": packets if row in ("no_payload", "other_tcp", "not_tcp") else None,
                    "bytes": payload, "overhead_bytes": wire - payload, "wire_bytes": wire,
                    "wire_percent": percent(wire, total)})
    return analysis.answer("bytes", {"wire_bytes": total, "message_bytes": message_bytes}, out)
