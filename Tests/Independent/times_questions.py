"""How long answers took: of pings beside the network's own round trips, and of all requests."""
from forms import rank
from packets import ACK, FIN, RST, SYN
from pairs import KINDS


def round_trips(c, side):
    """Samples of TCP round trips of segments of a side (ticks), and its SYN's round trip."""
    ours, d = side, c.directions[side]
    syns = [s for s in c.packets if s.side == ours and s.flags & SYN]
    syn = None
    if len(syns) == 1:
        for s in c.packets:
            if (s.side != ours and s.flags & ACK and s.frame.number > syns[0].frame.number
                    and s.ack == (syns[0].seq + 1) & 0xFFFFFFFF):
                syn = s.frame.time - syns[0].frame.time
                break
    samples = []
    bare = any(s.side != ours and s.length == 0 and s.flags & ACK and not s.flags & (SYN | FIN | RST)
               for s in c.packets)
    if not bare or d.base is None:
        return samples, syn
    highest, acked, outstanding = 0, 0, {}
    for s in c.packets:
        if s.side == ours:
            if not s.length:
                continue
            start = d.offset(s.seq, highest)
            end = start + s.length
            if start >= highest:
                outstanding[end] = s.frame.time
            else:       # Karn: what is sent again gives no sample
                for e in [e for e in outstanding if e > start]:
                    del outstanding[e]
            highest = max(highest, end)
        elif s.flags & ACK:
            a = d.offset(s.ack, acked)
            if a in outstanding:
                samples.append(s.frame.time - outstanding[a])
            for e in [e for e in outstanding if e <= a]:
                del outstanding[e]
            acked = max(acked, a)
    return samples, syn


def slowest_of(answered):
    best = None
    for r in answered:
        key = (-r.seconds, r.answer.complete.number)
        if best is None or key < best[0]:
            best = (key, r)
    return best and best[1]


def latency(analysis):
    rows = []
    for c in analysis.bitcoin:
        for side in (0, 1):
            pings = [r for r in c.requests[side] if r.kind == "ping"]
            samples, syn = round_trips(c, side)
            if not pings and not samples and syn is None:
                continue
            count = lambda o: sum(r.outcome == o for r in pings)
            answered = [r for r in pings if r.outcome == "answered"]
            times = [r.seconds for r in answered]
            least = [t for t in [syn, min(samples, default=None)] if t is not None]
            p50 = rank(times, 50)
            busy = max(0, p50 - min(least)) if p50 is not None and least else None
            slowest = slowest_of(answered)
            s = analysis.seconds
            rows.append({
                "row": "peer", "stream": c.number, "from": c.text(side), "to": c.text(1 - side),
                "measures": analysis.measures(c, side), "pings": len(pings), "answered": len(answered),
                "unanswered": count("unanswered"), "unclear": count("unclear"), "open": count("open"),
                "ping_min_seconds": s(min(times, default=None)), "ping_p50_seconds": s(p50),
                "ping_p95_seconds": s(rank(times, 95)), "ping_max_seconds": s(max(times, default=None)),
                "tcp_samples": len(samples), "syn_seconds": s(syn),
                "tcp_min_seconds": s(min(samples, default=None)), "tcp_p50_seconds": s(rank(samples, 50)),
                "busy_p50_seconds": s(busy), "slowest_frame": slowest and slowest.answer.complete.number,
                "reordered": sum(r.answer.reordered for r in answered)})
    return analysis.answer("latency", {}, rows)


def requests(analysis):
    groups = {}
    for c in analysis.bitcoin:
        for side in (0, 1):
            for r in c.requests[side]:
                groups.setdefault((KINDS.index(r.kind), analysis.flow(c, side)), []).append((c, side, r))
    rows = []
    for (kind, flow), items in sorted(groups.items()):
        count = lambda o: sum(r.outcome == o for _, _, r in items)
        answered = [r for _, _, r in items if r.outcome == "answered"]
        times = [r.seconds for r in answered]
        slowest = slowest_of(answered)
        where = next(((c, side) for c, side, r in items if r is slowest), None)
        s = analysis.seconds
        rows.append({
            "row": "kind", "kind": KINDS[kind], "flow": flow, "requests": len(items), "answered": len(answered),
            "notfound": count("notfound"), "unanswered": count("unanswered"), "unclear": count("unclear"),
            "open": count("open"), "min_seconds": s(min(times, default=None)), "p50_seconds": s(rank(times, 50)),
            "p95_seconds": s(rank(times, 95)), "max_seconds": s(max(times, default=None)),
            "slowest_peer": where and where[0].text(1 - where[1]),
            "slowest_stream": where and where[0].number,
            "slowest_frame": slowest and slowest.answer.complete.number,
            "reordered": sum(r.answer.reordered for r in answered)})
    return analysis.answer("requests", {}, rows)
