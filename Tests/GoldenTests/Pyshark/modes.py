"""Reads a capture by pyshark in each of its modes, with the tshark of a folder; prints what came as lines of JSON.

Arguments: the folder, the capture, a display filter.
"""

import json
import os
import sys

import pyshark

FOLDER, CAPTURE, FILTER = sys.argv[1:]


def packet(mode, packet):
    """What scripts read of a packet, as text: the modes differ in its type."""
    return {
        "mode": mode,
        "number": str(packet.number),
        "source": str(packet.ip.src),
        "port": str(packet.tcp.srcport),
        "hardware": str(packet.eth.src),
        "protocols": str(packet.frame_info.protocols),
        "command": str(packet.bitcoin.command),
        "layers": [layer.layer_name for layer in packet.layers],
        "time": float(packet.sniff_timestamp),
    }


# Its summaries (PSML) lose packets with any tshark: each call forgets what it has read beyond the one before.
for mode, options in (("xml", {}), ("json", {"use_json": True}), ("ek", {"use_ek": True})):
    capture = pyshark.FileCapture(
        CAPTURE, display_filter=FILTER, tshark_path=os.path.join(FOLDER, "tshark"), **options
    )
    print(json.dumps({"mode": mode, "path": capture._get_tshark_path(), "version": str(capture._get_tshark_version())}))
    for found in capture:
        print(json.dumps(packet(mode, found)))
    capture.close()
