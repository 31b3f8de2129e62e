"""Who tells of transactions first, who delivers them, and whose bytes were wasted."""
from announcements import lacks_nothing, read, size, traffic
from forms import percent, spread
from pairs import INV_KIND
from payloads import inventory


class Side:
    """What one side of a connection announced and delivered."""

    def __init__(self):
        self.announced = {}         # transaction: the first message that announced it
        self.chosen = set()         # announced transactions that were asked for since
        self.delivered = self.notfound = self.unrequested = self.tx_bytes = 0
        self.duplicates = self.wasted_bytes = 0
        self.choice, self.service, self.held = [], [], []
        self.contested = self.first = 0
        self.lags = []


def transactions_in(m):
    return [h for t, h in read(inventory, m) or [] if INV_KIND.get(t) == "tx"]


def sides_of(t):
    """All sides, by (stream, side)."""
    sides, had = {}, set()

    def side(stream, number):
        return sides.setdefault((stream, number), Side())

    for m in t.messages:
        own, other = (m.stream, m.side), (m.stream, 1 - m.side)
        if m.command == "inv":
            for tx in t.announced_transactions(m):
                side(*own).announced.setdefault(tx, m)      # the first counts, a repetition does not
                had.add((t.party(*own), tx))                # who announces a transaction has it
        elif m.command == "getdata":
            announcer = side(*other)
            for tx in map(t.identity, transactions_in(m)):
                told = announcer.announced.get(tx)
                # A choice needs a getdata in a later frame; only the first one is a choice.
                if told and tx not in announcer.chosen and m.first.number > told.complete.number:
                    announcer.chosen.add(tx)
                    announcer.choice.append(m.first.time - told.complete.time)
        elif m.command == "notfound":
            side(*own).notfound += len(transactions_in(m))
        elif m in t.transactions:
            deliver(t, m, side(*own), had)
    return sides


def deliver(t, m, s, had):
    tx = t.identity(t.transactions[m][0])
    receiver = t.party(m.stream, 1 - m.side)
    s.delivered += 1
    s.tx_bytes += size(m)
    s.unrequested += not any(r.kind == "tx" for r in t.answered.get(m, []))
    if (receiver, tx) in had:
        s.duplicates += 1
        s.wasted_bytes += size(m)
    elif tx in s.announced:
        s.held.append(m.complete.time - s.announced[tx].complete.time)
    had.add((receiver, tx))
    had.add((t.party(m.stream, m.side), tx))


def contest(t, sides):
    """Of transactions that two sides or more announced, the node's aside: who was first, and how late were the others."""
    announcers = {}
    for key, s in sides.items():
        if not t.is_node(*key):
            for tx, m in s.announced.items():
                announcers.setdefault(tx, []).append((t.place[m], m, s))
    for told in announcers.values():
        if len(told) < 2:
            continue
        told.sort(key=lambda one: one[0])
        first = told[0][1]
        told[0][2].first += 1
        for _, m, s in told:
            s.contested += 1
            if m is not first:
                s.lags.append(m.complete.time - first.complete.time)


def relay(analysis):
    t = traffic(analysis)
    sides = sides_of(t)
    contest(t, sides)
    seen = {t.identity(txid) for txid, _ in t.transactions.values()}
    announced = {tx for s in sides.values() for tx in s.announced}
    rows, tx_bytes, wasted = [], 0, 0
    for c in analysis.bitcoin:
        for number in (0, 1):
            s = sides.get((c.number, number), Side())
            requests = [r for r in c.requests[1 - number] if r.kind == "tx"]
            if not (s.announced or s.delivered or requests):
                continue
            s.service = [r.seconds for r in requests if r.outcome == "answered"]
            is_node = t.is_node(c.number, number)
            if not is_node:
                tx_bytes += s.tx_bytes
                wasted += s.wasted_bytes
            rows.append(row_of(analysis, c, number, s, is_node, len(requests)))
    # The node's own rows have no `first`: they come last.
    rows.sort(key=lambda r: (1 if r["first"] is None else -r["first"], -r["announced"], r["stream"], r["from"]))
    return analysis.answer("relay", {
        "tx_bytes": tx_bytes, "wasted_bytes": wasted, "wasted_percent": percent(wasted, tx_bytes),
        "transactions_announced": len(announced), "transactions_seen": len(announced & seen),
        "unmerged": len(announced - seen)}, rows)


def row_of(analysis, c, number, s, is_node, asked):
    seconds = analysis.seconds
    among = {"contested": s.contested, "first": s.first, "first_percent": percent(s.first, s.contested)}
    among.update(spread("lag", s.lags, seconds))
    # All that was asked must be known to say that something was not.
    knows_asked = c.from_syn and lacks_nothing(c, 1 - number)
    row = {"row": "peer", "stream": c.number, "from": c.text(number), "to": c.text(1 - number),
           "measures": analysis.measures(c, 1 - number), "announced": len(s.announced)}
    row.update({key: None if is_node else value for key, value in among.items()})
    row.update({"asked": asked, "delivered": s.delivered, "notfound": s.notfound,
                "unrequested": s.unrequested if knows_asked else None, "tx_bytes": s.tx_bytes,
                "duplicates": s.duplicates, "wasted_bytes": s.wasted_bytes})
    for name, samples in (("choice", s.choice), ("service", s.service), ("held", s.held)):
        row[name + "_samples"] = len(samples)
        row.update(spread(name, samples, seconds))
    return row
