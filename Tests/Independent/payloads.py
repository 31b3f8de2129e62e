"""The parts of payloads that the questions need."""
import struct
from streams import dsha


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, n):
        if self.at + n > len(self.data):
            raise ValueError("short")
        self.at += n
        return self.data[self.at - n:self.at]

    def number(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def compact(self):
        n = self.number("B")
        return n if n < 253 else self.number({253: "H", 254: "I", 255: "Q"}[n])

    def blob(self):
        return self.take(self.compact())

    @property
    def left(self):
        return len(self.data) - self.at


def version(p):
    r = Reader(p)
    v = {"version": r.number("i"), "services": r.number("Q"), "time": r.number("q"),
         "user_agent": None, "start_height": None, "relay": None}
    r.take(26)
    if r.left:
        r.take(26)
        r.take(8)
    if r.left:
        v["user_agent"] = r.blob().decode("utf-8", "replace")
    if r.left:
        v["start_height"] = r.number("i")
    if r.left:
        v["relay"] = 1 if r.number("B") else 0
    return v


def inventory(p):
    r = Reader(p)
    return [(r.number("I"), r.take(32)) for _ in range(r.compact())]


def transaction(r):
    """Returns (txid, wtxid) in wire order and moves the reader behind the transaction."""
    begin = r.at
    r.take(4)
    body = r.at
    count = r.compact()
    flag = 0
    if count == 0:
        flag = r.number("B")
        if flag == 0:            # no inputs, no outputs
            r.take(4)
            whole = r.data[begin:r.at]
            return dsha(whole), dsha(whole)
        body = r.at
        count = r.compact()
    for _ in range(count):
        r.take(36)
        r.blob()
        r.take(4)
    for _ in range(r.compact()):
        r.take(8)
        r.blob()
    end = r.at
    if flag & 1:
        for _ in range(count):
            for _ in range(r.compact()):
                r.blob()
    lock = r.take(4)
    whole = r.data[begin:r.at]
    return dsha(whole[:4] + r.data[body:end] + lock), dsha(whole)


def headers(p):
    r = Reader(p)
    out = []
    for _ in range(r.compact()):
        h = r.take(80)
        r.compact()
        out.append((dsha(h), h[4:36]))
    return out


def getheaders(p):
    r = Reader(p)
    r.take(4)
    locator = [r.take(32) for _ in range(r.compact())]
    return locator, r.take(32)


def addresses(p):
    return Reader(p).compact()
