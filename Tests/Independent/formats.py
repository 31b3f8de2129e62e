"""Whether a payload reaches to its last field: the layouts of all commands that Bitcoin Core 28.1 reads."""
from payloads import Reader, transaction
from versions import Version


def fixed(n):
    return lambda r: r.take(n)


def vector(item):
    def layout(r):
        for _ in range(r.compact()):
            item(r)
    return layout


def fields(*parts):
    def layout(r):
        for part in parts:
            part(r)
    return layout


compact, blob, u8, u32, u64, hash32 = Reader.compact, Reader.blob, fixed(1), fixed(4), fixed(8), fixed(32)
inventory = vector(fixed(36))
locator = fields(u32, vector(hash32), hash32)
filters = fields(u8, u32, hash32)


def addr(r):
    """Entries of 30 bytes, or of 26 without a time, between old peers."""
    count = r.compact()
    r.take(26 * count if r.left == 26 * count else 30 * count)


def ping(r):
    if r.left:          # empty between old peers
        r.take(8)


nothing = fields()

LAYOUTS = {
    "addr": addr, "addrv2": vector(fields(u32, compact, u8, blob, fixed(2))),
    "inv": inventory, "getdata": inventory, "notfound": inventory,
    "getblocks": locator, "getheaders": locator, "headers": vector(fields(fixed(80), compact)),
    "tx": transaction, "block": fields(fixed(80), vector(transaction)),
    "ping": ping, "pong": u64, "feefilter": u64, "sendtxrcncl": fixed(12),
    "filterload": fields(blob, fixed(9)), "filteradd": blob,
    "merkleblock": fields(fixed(84), vector(hash32), blob),
    "sendcmpct": fixed(9),
    "cmpctblock": fields(fixed(88), vector(fixed(6)), vector(fields(compact, transaction))),
    "getblocktxn": fields(hash32, vector(compact)), "blocktxn": fields(hash32, vector(transaction)),
    "getcfilters": filters, "getcfheaders": filters, "getcfcheckpt": fields(u8, hash32),
    "cfilter": fields(u8, hash32, blob), "cfheaders": fields(u8, hash32, hash32, vector(hash32)),
    "cfcheckpt": fields(u8, hash32, vector(hash32)),
    "verack": nothing, "getaddr": nothing, "mempool": nothing, "filterclear": nothing, "sendheaders": nothing,
    "wtxidrelay": nothing, "sendaddrv2": nothing,
}


def is_malformed(m):
    """Whether the payload ends before its last field; bytes to spare are no fault, and unknown commands have none."""
    try:
        if m.command == "version":
            Version(m.payload)
        elif m.command in LAYOUTS:
            LAYOUTS[m.command](Reader(m.payload))
    except ValueError:
        return True
    return False
