"""What peers call themselves, and what they say that we are: their version messages, counted."""
from announcements import traffic
from forms import percent
from versions import ZERO_ADDRESSES, first_versions

KINDS = ["user_agent", "version", "services", "start_height", "relay", "transport",
         "addr_recv", "addr_recv_port", "addr_from"]
MAX_VALUES = 1000


class Tally:
    """The sides that named a value."""

    def __init__(self):
        self.addresses, self.connections, self.times = set(), 0, []

    def add(self, address, time):
        self.addresses.add(address)
        self.connections += 1
        self.times.append(time)

    def join(self, other):
        self.addresses |= other.addresses
        self.connections += other.connections
        self.times += other.times


def values_of(v, transport):
    """The texts of what a version says; None where it lacks a field."""
    texts = {key: getattr(v, key, None) for key in KINDS}
    texts["services"], texts["transport"] = "%016x" % v.services, transport
    return {key: None if value is None else str(value) for key, value in texts.items()}


def census(analysis):
    t = traffic(analysis)
    versions = first_versions(t)
    tallies = {kind: {} for kind in KINDS}
    everyone, without = Tally(), 0
    for c in analysis.bitcoin:
        for side in (0, 1):
            if t.is_node(c.number, side):
                continue
            if (c.number, side) not in versions:
                without += 1
                continue
            m, v = versions[c.number, side]
            address, time = c.ends[side][0], m.complete.time - analysis.zero
            everyone.add(address, time)
            for kind, value in values_of(v, c.transport).items():
                if value is not None:
                    tallies[kind].setdefault(value, Tally()).add(address, time)
    rows = []
    for kind in KINDS:
        ordered = sorted(tallies[kind].items(), key=lambda i: (-i[1].connections, i[0]))
        rows += [row_of(analysis, "value", kind, value, tally, everyone) for value, tally in ordered[:MAX_VALUES]]
        if len(ordered) > MAX_VALUES:
            rest = Tally()
            for _, tally in ordered[MAX_VALUES:]:
                rest.join(tally)
            rows.append(row_of(analysis, "other", kind, None, rest, everyone))
    # No address is no opinion: it neither agrees nor disagrees with another.
    seen = {value: tally.connections for value, tally in tallies["addr_recv"].items()}
    zero = sum(n for value, n in seen.items() if value in ZERO_ADDRESSES)
    agree = max((n for value, n in seen.items() if value not in ZERO_ADDRESSES), default=0)
    return analysis.answer("census", {
        "peers": len(everyone.addresses), "connections": everyone.connections, "without_version": without,
        "addr_recv_agree": agree, "addr_recv_disagree": sum(seen.values()) - zero - agree,
        "addr_recv_zero": zero}, rows)


def row_of(analysis, row, kind, value, tally, everyone):
    return {"row": row, "kind": kind, "value": value, "peers": len(tally.addresses),
            "connections": tally.connections,
            "connections_percent": percent(tally.connections, everyone.connections),
            "first_seen_seconds": analysis.seconds(min(tally.times)),
            "last_seen_seconds": analysis.seconds(max(tally.times))}
