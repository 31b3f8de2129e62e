"""A capture, taken apart: its connections, their messages, and the requests in them."""
import encryption
from forms import Number
from packets import LINK_NAMES, endpoint, parse, read_capture
from pairs import judge, pair
from streams import BITCOIN_PORTS, Message, connections_of, frame_v1


class Analysis:
    def __init__(self, path, node=None, keylog=None):
        self.path = path
        self.decimals, links, self.frames = read_capture(path)
        self.scale = 10 ** self.decimals
        self.links = sorted(LINK_NAMES[n] for n in links)
        self.zero = self.frames[0].time
        self.last = max(f.time for f in self.frames)
        self.segments, self.not_tcp = [], []
        for f in self.frames:
            s = parse(f)
            (self.segments if s else self.not_tcp).append(s or f)
        self.connections = connections_of(self.segments)
        keys = {}
        if keylog:
            for line in open(keylog):
                words = line.split()
                if len(words) == 3:
                    keys[bytes.fromhex(words[1])] = bytes.fromhex(words[2])
        for c in self.connections:
            self.dissect(c, keys)
        self.bitcoin = [c for c in self.connections if c.transport]
        self.find_node(node)
        for c in self.bitcoin:
            ordered = sorted(c.messages, key=Message.order)
            c.requests = pair(ordered, lambda request, answer: answer.first.number > request.complete.number)
            end = c.end[2].time if c.end else self.last
            for side in (0, 1):
                judge(c.requests[side], end, self.scale)

    def dissect(self, c, keys):
        for d in c.directions:
            d.assemble()
        initiator = c.directions[0].data
        if initiator[:64] in keys:
            encryption.dissect(c, keys[initiator[:64]])
            c.transport = "v2"
            return
        for side, d in enumerate(c.directions):
            frame_v1(d, c.number, side)
        if c.messages:
            c.transport = "v1"
        elif ({p for _, p in c.ends} & BITCOIN_PORTS and c.from_syn
              and all(len(d.data) >= 64 for d in c.directions)):
            c.transport = "v2_encrypted"
            for d in c.directions:
                d.encrypted, d.loose = True, []

    # The node: named, or the sender of outgoing packets, or what all connections have in common.

    def find_node(self, option):
        self.node, self.source = None, None
        self.nodes = set()
        if option:
            self.nodes, self.node, self.source = set(option.split(",")), option, "option"
            return
        outgoing = {s.src[0] for s in self.segments if s.frame.sender == 4}
        if len(outgoing) == 1:
            self.choose(outgoing, "capture")
            return
        ends = [{a for a, _ in c.ends} for c in self.bitcoin]
        if ends and all(len(e) == 2 for e in ends):
            common = set.intersection(*ends)
            if len(common) == 1:
                self.choose(common, "address")
                return
        if len(self.bitcoin) >= 2:
            common = set.intersection(*({endpoint(*e) for e in c.ends} for c in self.bitcoin))
            if len(common) == 1:
                self.choose(common, "endpoint")

    def choose(self, names, source):
        self.nodes, self.source = names, source
        self.node = ",".join(sorted(names))

    def node_side(self, c):
        """The side of a connection that is the node; None where neither is, or both."""
        sides = [side for side, e in enumerate(c.ends) if e[0] in self.nodes or endpoint(*e) in self.nodes]
        return sides[0] if len(sides) == 1 else None

    def flow(self, c, side):
        if self.nodes:
            node = self.node_side(c)
            return "other" if node is None else "sent" if node == side else "received"
        if not c.initiator_known:
            return "unknown"
        return ("from_initiator", "from_responder")[side]

    def measures(self, c, asker):
        node = self.node_side(c) if self.nodes else None
        return None if node is None else "peer" if node == asker else "node"

    # Forms

    def seconds(self, ticks):
        if ticks is None:
            return None
        sign, ticks = ("-", -ticks) if ticks < 0 else ("", ticks)
        return Number("%s%d.%0*d" % (sign, ticks // self.scale, self.decimals, ticks % self.scale))

    def answer(self, name, keys, rows):
        out = {"statistic": name, "schema": 1, "node": self.node, "node_source": self.source,
               "complete_until_seconds": None}
        out.update(keys)
        out["rows"] = rows
        return out
