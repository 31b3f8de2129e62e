"""Message captures of a node (-capturemessages): what it has itself asked of a peer, and what came."""
import os
import struct
from pairs import pair
from streams import Message


class Place:
    """Stands for the frame of a message: its number among all messages of the peer."""
    def __init__(self, time):
        self.time, self.number = time, None


def read_messages(folder):
    """The messages of one peer by time; of those of one time the received one is first."""
    messages = []
    for side, name in enumerate(("msgs_sent.dat", "msgs_recv.dat")):
        raw = open(os.path.join(folder, name), "rb").read()
        at = 0
        while at + 24 <= len(raw):
            time, command, length = struct.unpack_from("<q12sI", raw, at)
            m = Message()
            m.stream, m.side, m.start, m.end = 0, side, at, at + 24 + length
            m.command, m.payload = command.rstrip(b"\0").decode(), raw[at + 24:at + 24 + length]
            m.checksum, m.network, m.cut, m.reordered = None, None, False, False
            m.first = m.complete = Place(time)
            messages.append(m)
            at += 24 + length
    messages.sort(key=lambda m: (m.complete.time, -m.side, m.start))
    for number, m in enumerate(messages):
        m.complete.number = number + 1
    return messages


def pairs_of(folder):
    """Lines with kind, key and answer of what the node asked by hash or nonce."""
    own, _ = pair(read_messages(folder), lambda request, answer: answer.first.number > request.complete.number)
    return ["%s %s %s" % (r.kind, show_key(r), r.answer.command)
            for r in own if r.outcome and r.kind != "headers"]


def show_key(r):
    if r.kind == "ping":
        return str(struct.unpack("<Q", r.key)[0])
    if isinstance(r.key, tuple):
        return "%d/%s" % (r.key[0], r.key[1][::-1].hex())
    return r.key[::-1].hex() if r.key else "-"
