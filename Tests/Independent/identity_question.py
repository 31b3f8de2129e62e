"""Whether a peer behaves as the program does that it says it is."""
import hashlib
import re
import struct
from announcements import is_whole, traffic
from versions import first_versions, side_name

HANDSHAKE_COMMANDS = 16
ORDER = "version wtxidrelay sendaddrv2 [sendtxrcncl] verack"
ORDERS = (["version", "wtxidrelay", "sendaddrv2", "verack"],
          ["version", "wtxidrelay", "sendaddrv2", "sendtxrcncl", "verack"])
PASSED, OPEN = "passed", "open"


def core_version(user_agent):
    """The numbers of `/Satoshi:28.1.0…`, as text; None of other programs."""
    found = re.match(r"/Satoshi:([0-9]+(?:\.[0-9]+)+)", user_agent or "")
    return found and found.group(1)


class Side:
    """What the rules are applied to: a side's messages, its version, and what its peer said."""

    def __init__(self, t, c, number, versions):
        self.c, self.number, self.whole = c, number, is_whole(c)
        self.sent = [m for m in t.messages if (m.stream, m.side) == (c.number, number)]
        self.heard = [m for m in t.messages if (m.stream, m.side) == (c.number, 1 - number)]
        self.version_message, self.version = versions[c.number, number]
        self.peer_message, self.peer = versions.get((c.number, 1 - number), (None, None))
        self.traffic = t
        claim = core_version(self.version.user_agent)
        self.claims = claim and "Bitcoin Core " + claim
        self.release = claim and tuple(int(n) for n in claim.split(".")[:2])

    def sent_of(self, command):
        return [m for m in self.sent if m.command == command]


def contradiction(m, expected, found):
    return {"frame": m.complete.number, "expected": expected, "found": found}


# The rules: each gives PASSED, OPEN (it cannot be told), a contradiction, or None where nothing is expected.

def protocol(s):
    if s.release < (0, 21):
        return None
    number = s.version.version
    return PASSED if number >= 70016 else contradiction(s.version_message, "70016 or more", str(number))


def addr_from(s):
    if s.release < (0, 14):
        return None
    found = s.version.from_bytes
    if found is None:
        return OPEN
    return PASSED if found == bytes(18) else contradiction(s.version_message, "all zero", found.hex())


def services(s):
    if s.release < (0, 14):
        return None
    one, other = s.version.services, s.version.from_services
    if other is None:
        return OPEN
    return PASSED if one == other else contradiction(
        s.version_message, "the same twice", "%016x and %016x" % (one, other))


def order(s):
    if not (0, 21) <= s.release < (29,) or s.peer and s.peer.version < 70016:
        return None
    if not s.whole or not s.peer:
        return OPEN
    commands = [m.command for m in s.sent]
    for at, m in enumerate(s.sent):
        if not any(commands[:at + 1] == allowed[:at + 1] for allowed in ORDERS):
            shown = commands[:commands.index("verack") + 1] if "verack" in commands else commands
            return contradiction(m, ORDER, " ".join(shown[:HANDSHAKE_COMMANDS]))
        if m.command == "verack":
            return PASSED
    return OPEN


def reject(s):
    if s.release < (0, 20):
        return None
    found = s.sent_of("reject")
    return contradiction(found[0], "no reject", "reject") if found else PASSED


def sendcmpct(s):
    if s.release < (23,):
        return None
    named = [(m, struct.unpack_from("<Q", m.payload, 1)[0]) for m in s.sent_of("sendcmpct") if len(m.payload) >= 9]
    if not named:
        return OPEN
    other = [m for m, v in named if v != 2]
    if not other:
        return PASSED
    return contradiction(other[0], "2", " ".join(str(v) for v in dict.fromkeys(v for _, v in named)))


def ping(s):
    if s.release < (0, 14):
        return None
    pings = [m for m in s.sent_of("ping") if len(m.payload) >= 8]
    if not pings:
        return OPEN
    zero = [m for m in pings if m.payload[:8] == bytes(8)]
    return contradiction(zero[0], "not zero", "0") if zero else PASSED


def getaddr(s):
    if s.release < (0, 14) or s.c.initiator_known and s.number == 0:
        return None
    if not s.whole:
        return OPEN
    found = s.sent_of("getaddr")
    return contradiction(found[0], "only from the initiator", "getaddr") if found else PASSED


def wants_transactions(m, heard):
    """Whether who said relay 0 asked for transactions before a message all the same.

    filterclear ends a filter and relay 0 with it, and mempool is answered with an inv."""
    return any(h.command in ("filterload", "filterclear", "mempool") and h.order() < m.order() for h in heard)


def inv(s):
    if s.peer and s.peer.relay != 0:
        return None
    if not s.whole or not s.peer:
        return OPEN
    for m in s.sent_of("inv"):
        if (s.traffic.announced_transactions(m) and m.order() > s.peer_message.order()
                and not wants_transactions(m, s.heard)):
            return contradiction(m, "no transactions, since the peer said relay 0", "inv")
    return PASSED


RULES = [("version.protocol", protocol), ("version.addr_from", addr_from), ("version.services", services),
         ("negotiation.order", order), ("reject.sent", reject), ("sendcmpct.version", sendcmpct),
         ("ping.nonce", ping), ("getaddr.sender", getaddr), ("inv.relay", inv)]


def handshake(s):
    """The commands before the first pong, with the numbers that tell programs apart."""
    words = []
    for m in s.sent[:HANDSHAKE_COMMANDS]:
        if m.command == "pong":
            break
        word = m.command
        if word == "version" and len(m.payload) >= 4:
            word += "/%d" % struct.unpack_from("<i", m.payload)
        if word == "sendcmpct" and len(m.payload) >= 9:
            word += "/%d/%d" % (m.payload[0] != 0, struct.unpack_from("<Q", m.payload, 1)[0])
        words.append(word)
    return ",".join(words)


def identity(analysis):
    t = traffic(analysis)
    versions = first_versions(t)
    rows = []
    for c in analysis.bitcoin:
        for number in (0, 1):
            if (c.number, number) in versions:
                rows.append(row_of(Side(t, c, number, versions)))
    return analysis.answer("identity", {}, rows)


def row_of(s):
    results = [(name, rule(s)) for name, rule in RULES] if s.claims else []
    contradictions = [{"rule": name, **one} for name, one in results if isinstance(one, dict)]
    passed = sum(one == PASSED for _, one in results)
    verdict = ("no expectations" if not s.claims else "contradicted" if contradictions
               else "too little seen" if passed < 4 else "consistent")
    text = handshake(s) if s.whole else None
    return {"row": "peer", "stream": s.c.number, "peer": s.c.text(s.number), "side": side_name(s.c, s.number),
            "user_agent": s.version.user_agent, "claims": s.claims, "verdict": verdict, "passed": passed,
            "open": sum(one == OPEN for _, one in results), "contradicted": len(contradictions),
            "contradictions": contradictions,
            "fingerprint": hashlib.sha256(text.encode()).hexdigest()[:12] if text is not None else None,
            "handshake": text}
