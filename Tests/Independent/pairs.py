"""Pairs requests with their answers, by hash or nonce, one to one."""
from block_payloads import indexes
from payloads import Reader, addresses, dsha, getheaders, headers, inventory, transaction

KINDS = ["tx", "headers", "block", "merkleblock", "cmpctblock", "blocktxn", "cfilters", "cfheaders", "cfcheckpt", "addr", "ping"]
DEADLINES = {"tx": 60, "headers": 120, "block": 600, "merkleblock": 600, "cmpctblock": 600, "blocktxn": 600, "ping": 1200}
TX_TYPES = {1, 0x40000001, 5}
INV_KIND = {1: "tx", 0x40000001: "tx", 5: "tx", 2: "block", 0x40000002: "block", 3: "merkleblock", 4: "cmpctblock"}


class Request:
    __slots__ = ("kind", "key", "message", "answer", "outcome", "done")

    def __init__(self, kind, key, message):
        self.kind, self.key, self.message = kind, key, message
        self.answer = self.outcome = None
        self.done = False

    @property
    def seconds(self):
        return self.answer.first.time - self.message.complete.time


def asked(m):
    """The requests in a message, as (kind, key)."""
    p = m.payload
    if m.command == "getdata":
        return [(INV_KIND[t], h) for t, h in inventory(p) if t in INV_KIND]
    if m.command == "getheaders":
        return [("headers", getheaders(p))]
    if m.command == "getblocktxn":
        return [("blocktxn", indexes(p)[0])]
    if m.command == "getcfilters":
        return [("cfilters", (p[0], p[5:37]))]
    if m.command == "getcfheaders":
        return [("cfheaders", (p[0], p[5:37]))]
    if m.command == "getcfcheckpt":
        return [("cfcheckpt", (p[0], p[1:33]))]
    if m.command == "getaddr":
        return [("addr", None)]
    if m.command == "ping" and len(p) == 8:
        return [("ping", p)]
    return []


def answers(m):
    """What a message may answer, as a list of (predicate over requests, outcome)."""
    p = m.payload
    one = lambda test, outcome="answered": [(test, outcome)]
    if m.command == "tx":
        ids = transaction(Reader(p))
        return one(lambda r: r.kind == "tx" and r.key in ids)
    if m.command == "block":
        h = dsha(p[:80])
        return one(lambda r: r.kind in ("block", "cmpctblock", "blocktxn") and r.key == h)
    if m.command == "merkleblock":
        h = dsha(p[:80])
        return one(lambda r: r.kind == "merkleblock" and r.key == h)
    if m.command == "cmpctblock":
        h = dsha(p[:80])
        return one(lambda r: r.kind == "cmpctblock" and r.key == h)
    if m.command == "blocktxn":
        return one(lambda r: r.kind == "blocktxn" and r.key == p[:32])
    if m.command == "headers":
        entries = headers(p)
        if not entries:
            return one(lambda r: r.kind == "headers")
        (h, prev) = entries[0]
        return one(lambda r: r.kind == "headers" and (prev in r.key[0] if r.key[0] else h == r.key[1]))
    if m.command == "cfilter":
        return one(lambda r: r.kind == "cfilters" and r.key[0] == p[0])
    if m.command == "cfheaders":
        return one(lambda r: r.kind == "cfheaders" and r.key == (p[0], p[1:33]))
    if m.command == "cfcheckpt":
        return one(lambda r: r.kind == "cfcheckpt" and r.key == (p[0], p[1:33]))
    if m.command in ("addr", "addrv2"):
        if addresses(p) > 1:
            return one(lambda r: r.kind == "addr")
        return []
    if m.command == "pong" and len(p) == 8:
        return one(lambda r: r.kind == "ping" and r.key == p)
    if m.command == "notfound":
        return [((lambda r, t=t, h=h: r.kind == INV_KIND[t] and r.key == h), "notfound")
                for t, h in inventory(p) if t in INV_KIND]
    return []


def readable(read, m):
    """What is read of a message; nothing of one that ends too early."""
    try:
        return read(m)
    except (ValueError, IndexError):
        return []


def pair(messages, later):
    """Pairs the messages of one connection, which are in order.

    `later(request, answer)`: the answer began after the request was complete. Returns the requests of each side, in order."""
    waiting = ([], [])
    everything = ([], [])
    for m in messages:
        if m.cut or m.checksum is False:
            continue
        for kind, key in readable(asked, m):
            r = Request(kind, key, m)
            waiting[m.side].append(r)
            everything[m.side].append(r)
        asker = 1 - m.side
        for test, outcome in readable(answers, m):
            for r in waiting[asker]:
                if test(r) and later(r.message, m):
                    if r.outcome is None:
                        r.outcome, r.answer = outcome, m
                    if r.kind != "cfilters" or m.payload[1:33] == r.key[1]:
                        waiting[asker].remove(r)
                    break
    return everything


def judge(requests, end_time, scale):
    """Requests without an answer: unanswered once the deadline passed, else open."""
    for r in requests:
        if r.outcome is None:
            limit = DEADLINES.get(r.kind)
            passed = limit is not None and end_time > r.message.complete.time + limit * scale
            r.outcome = "unanswered" if passed else "open"
