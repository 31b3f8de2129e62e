"""What is in a capture, and what is missing of it."""
import os
from forms import percent
from packets import ACK, FIN, RST, SYN


def capture(analysis):
    b = analysis.bitcoin
    messages = [m for c in b for m in c.messages]
    back = sum(y.time < x.time for x, y in zip(analysis.frames, analysis.frames[1:]))
    from_syn = sum(c.from_syn for c in b)
    mid = sum(not any(s.flags & SYN for s in c.packets) for c in b)
    one = sum(len({s.side for s in c.packets}) == 1 for c in b)
    cut_frames = sum(len(f.data) < f.wire for f in analysis.frames)
    gaps = missing = 0
    for c in b:
        for side, d in enumerate(c.directions):
            gaps += len(d.holes)
            missing += sum(y - x for x, y in d.holes)
            lost = missing_at_end(c, side)
            gaps += lost > 0
            missing += lost
    skipped = sum(y - x for c in b if c.transport == "v1" for d in c.directions for x, y in d.loose)
    v1 = [m for m in messages if m.checksum is not None]
    whole, cut = sum(not m.cut for m in messages), sum(m.cut for m in messages)
    networks = {}
    for c in b:
        if c.network:
            networks[c.network] = networks.get(c.network, 0) + 1
    encrypted = sum(c.transport == "v2_encrypted" for c in b)
    bad = sum(not m.checksum for m in v1)
    doubts = [name for name, applies in (
        ("mid_stream", mid), ("one_direction", one), ("gaps", gaps), ("skipped", skipped), ("cut_messages", cut),
        ("bad_checksums", bad), ("snap_length", cut_frames), ("encrypted", encrypted), ("time_runs_back", back)) if applies]
    return analysis.answer("capture", {
        "files": [os.path.basename(analysis.path)],
        "link_types": analysis.links,
        "time_decimals": analysis.decimals,
        "packets": len(analysis.frames),
        "packets_tcp": len(analysis.segments),
        # These captures hold no tunnels and nothing malformed.
        "packets_not_tcp": len(analysis.frames) - len(analysis.segments),
        "packets_not_read": {},
        "packets_cut": cut_frames,
        "packets_back_in_time": back,
        "captured_bytes": sum(len(f.data) for f in analysis.frames),
        "wire_bytes": sum(f.wire for f in analysis.frames),
        "start_epoch_seconds": analysis.seconds(analysis.zero),
        "duration_seconds": analysis.seconds(analysis.last - min(f.time for f in analysis.frames)),
        "connections": len(analysis.connections),
        "bitcoin_connections": len(b),
        "from_syn": from_syn,
        "mid_stream": mid,
        "one_direction": one,
        "v1": sum(c.transport == "v1" for c in b),
        "v2": sum(c.transport == "v2" for c in b),
        "v2_encrypted": encrypted,
        "networks": dict(sorted(networks.items())),
        "messages_whole": whole,
        "messages_cut": cut,
        "checksum_good": sum(bool(m.checksum) for m in v1),
        "checksum_bad": bad,
        "checksum_absent": 0,
        "authenticated": sum(m.checksum is None for m in messages),
        "gaps": gaps,
        "missing_bytes": missing,
        "skipped_bytes": skipped,
        "kernel_dropped": None,
        "whole_percent": None if one else percent(whole, whole + cut),
        "doubts": doubts,
    }, [])


def missing_at_end(c, side):
    """Bytes acknowledged by the other side behind the last one captured."""
    d = c.directions[side]
    acks = [s.ack for s in c.directions[1 - side].packets if s.flags & ACK and not s.flags & RST]
    if not acks:
        return 0
    if d.base is None:
        base, end = acks[0], 0
    else:
        base, end = d.base, len(d.data)
    highest = 0
    for a in acks:
        delta = (a - base - highest) & 0xFFFFFFFF
        if delta < 0x80000000:
            highest += delta
    lost = highest - end
    if any(s.flags & FIN for s in d.packets):
        lost -= 1 if lost > 0 else 0
    elif lost == 1:
        lost = 0
    return max(lost, 0)
