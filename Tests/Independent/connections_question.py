"""Who took part in each connection, what for, and how it ended."""
from packets import ACK, SYN
from pairs import TX_TYPES
from payloads import addresses, inventory, version
from streams import Message


def connections(analysis):
    rows = []
    for c in analysis.bitcoin:
        by_side = [sorted(d.messages, key=Message.order) for d in c.directions]
        versions, veracks = [], []
        for side in (0, 1):
            good = [m for m in by_side[side] if m.checksum is not False and not m.cut]
            versions.append(next((version(m.payload) for m in good if m.command == "version"), None))
            veracks.append(next((m for m in good if m.command == "verack"), None))
        if c.transport == "v2_encrypted":
            handshake = "encrypted"
        elif all(versions) and all(veracks):
            handshake = "complete"
        elif c.from_syn or any(versions):
            handshake = "incomplete"
        else:
            handshake = "not captured"
        took = None
        if handshake == "complete" and c.from_syn:
            syn = next(s for s in c.packets if s.side == 0 and s.flags & SYN and not s.flags & ACK)
            took = max(m.complete.time for m in veracks) - syn.frame.time
        kind, reason = type_of(analysis, c, handshake, versions, veracks, by_side)
        node = analysis.node_side(c) if analysis.nodes else None
        direction = None if node is None or not c.initiator_known else ("outbound", "inbound")[node]
        end = "open"
        if c.end:
            end = c.end[0] + (("initiator", "responder")[c.end[1]] if c.initiator_known else "unknown")
        first, last = c.packets[0].frame.time, max(s.frame.time for s in c.packets)
        row = {"row": "connection", "stream": c.number, "initiator": c.text(0), "responder": c.text(1),
               "initiator_known": c.initiator_known, "direction": direction, "type": kind, "type_reason": reason,
               "transport": c.transport, "network": c.network}
        for side, prefix in enumerate(("initiator_", "responder_")):
            v = versions[side]
            row[prefix + "version"] = v and v["version"]
            row[prefix + "user_agent"] = v and v["user_agent"]
            row[prefix + "services"] = v and "%016x" % v["services"]
            row[prefix + "start_height"] = v and v["start_height"]
            row[prefix + "relay"] = v and v["relay"]
        row.update({"handshake": handshake, "handshake_seconds": analysis.seconds(took),
                    "start_seconds": analysis.seconds(first - analysis.zero),
                    "duration_seconds": analysis.seconds(last - first)})
        for side, name in enumerate(("initiator", "responder")):
            d = c.directions[side]
            unread = c.transport == "v2_encrypted"
            row["messages_from_" + name] = None if unread else len(d.messages)
            row["bytes_from_" + name] = (sum(m.end - m.start for m in d.messages)
                                         if c.transport == "v1" else len(d.data))
        row["end"] = end
        rows.append(row)
    return analysis.answer("connections", {}, rows)


def type_of(analysis, c, handshake, versions, veracks, by_side):
    if handshake == "encrypted":
        return None, "encrypted"
    if handshake == "not captured":
        return None, "not captured"
    if versions[0] is None:
        return None, "no version from the initiator"
    if veracks[0] is None or versions[1] is None:
        return None, "no verack from the initiator"
    sent = by_side[0]
    commands = {m.command for m in sent}
    closed = c.end is not None and c.end[1] == 0
    no_relay = versions[0]["relay"] == 0
    if no_relay and closed and commands <= {"version", "wtxidrelay", "sendaddrv2", "sendtxrcncl", "verack", "getaddr"}:
        return "feeler", "relay 0, closed at once after the handshake"
    if closed and "getaddr" in commands:
        full = [m for m in by_side[1] if m.command in ("addr", "addrv2") and addresses(m.payload) > 1]
        if full and not any(m.first.number > full[0].complete.number for m in sent):
            return "addr-fetch", "closed as soon as addresses had come"
    relays = any(m.command == "tx" or m.command in ("inv", "getdata")
                 and any(t in TX_TYPES for t, _ in inventory(m.payload)) for m in sent)
    v = versions[0]
    if no_relay:
        if "filterload" in commands:
            return "bloom-filter", "relay 0 and filterload"
        if v["services"] == 0 and v["time"] == 0 and v["start_height"] == 0:
            return "private-broadcast", "relay 0, services 0, time 0, height 0"
        if relays:
            return None, "relay 0, but relays transactions"
        if "getaddr" in commands:
            return "blocksonly", "relay 0, but asks for addresses"
        return "block-relay-only", "relay 0, no addresses, no transactions"
    if relays:
        return "full-relay", "relays transactions"
    if max(s.frame.time for s in c.packets) - c.packets[0].frame.time > 300 * analysis.scale:
        return "full-relay", "lasts longer than addr-fetch"
    return None, "full-relay, manual or addr-fetch"
