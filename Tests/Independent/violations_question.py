"""Who breaks rules."""
from announcements import traffic
from rules import IGNORED, History, broken
from streams import Message
from versions import first_versions, side_name

MAX_ROWS = 1000


def violations(analysis):
    t = traffic(analysis)
    history = History(t, first_versions(t))
    found = {}                  # (stream, side, rule): reaction, and the frames of the messages
    for m in sorted((m for c in analysis.bitcoin for m in c.messages), key=Message.order):
        if m.cut:
            continue
        if m.checksum is False:
            rules = [("Wrong checksum", IGNORED)]
        else:
            rules = list(broken(m, history))
            history.add(m)
        for rule, reaction in rules:
            found.setdefault((m.stream, m.side, rule), (reaction, []))[1].append(m.complete.number)
    rows = []
    for (stream, side, rule), (reaction, frames) in found.items():
        c = t.connections[stream]
        rows.append({"row": "violation", "stream": stream, "peer": c.text(side), "side": side_name(c, side),
                     "rule": rule, "reaction": reaction, "count": len(frames), "first_frame": frames[0]})
    rows.sort(key=lambda r: (r["first_frame"], r["stream"], r["rule"]))
    rest = rows[MAX_ROWS:]
    if rest:
        rows[MAX_ROWS:] = [{"row": "other", "stream": None, "peer": None, "side": None, "rule": None,
                            "reaction": None, "count": sum(r["count"] for r in rest),
                            "first_frame": rest[0]["first_frame"]}]
    return analysis.answer("violations", {}, rows)
