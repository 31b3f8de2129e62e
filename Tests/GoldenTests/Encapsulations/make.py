"""Writes captures of each link type and encapsulation, made by scapy: in each frame one TCP segment with a ping."""
import hashlib, struct, sys, warnings
warnings.filterwarnings("ignore")
from scapy.all import *
from scapy.contrib.erspan import *
from scapy.contrib.etherip import EtherIP
from scapy.contrib.gtp import GTP_U_Header, GTPPDUSessionContainer
from scapy.contrib.nsh import NSH
from scapy.contrib.tzsp import *
from scapy.contrib.macsec import *
from scapy.contrib.mpls import MPLS
from scapy.contrib.chdlc import CHDLC
from scapy.contrib.geneve import GENEVE
from scapy.layers.vxlan import VXLAN
from scapy.layers.l2tp import L2TP
from scapy.layers.ppp import *
from scapy.layers.ppi import *
from scapy.layers.pflog import PFLog
from scapy.layers.dot11 import *
out = sys.argv[1]
count = 0
def ping():
    global count
    count += 1
    payload = struct.pack("<Q", count)
    check = hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    return bytes.fromhex("f9beb4d9") + b"ping".ljust(12, b"\0") + struct.pack("<I", 8) + check + payload
def four(): return IP(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=10000 + count, dport=8333, flags="PA", seq=1000, ack=1) / ping()
def six(): return IPv6(src="fd00::1", dst="fd00::2") / TCP(sport=10000 + count, dport=8333, flags="PA", seq=1000, ack=1) / ping()
def each(make):
    r = []
    for inner in (four, six):
        r.append(make(inner()))
    return r
kind = lambda p: 0x0800 if isinstance(p, IP) else 0x86dd
E_ = lambda p: Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / p
O = lambda p, proto=None: IP(src="192.0.2.1", dst="192.0.2.2") / p if proto is None else IP(src="192.0.2.1", dst="192.0.2.2", proto=proto) / p
U = lambda p, port: O(UDP(sport=port, dport=port) / p)
# The writer takes 0 for no link type.
class Zero(int):
    def __bool__(self): return True
DLT_NULL_ = Zero(0)
files = {}
def add(name, dlt, make):
    files.setdefault((name, dlt), []).extend(each(make))
eth = lambda name, make: add(name, 1, make)
eth("erspan-1", lambda p: E_(O(GRE(proto=0x88be) / ERSPAN() / E_(p))) if False else E_(O(GRE(proto=0x88be) / Raw(bytes(E_(p))))))
eth("erspan-2", lambda p: E_(O(GRE(proto=0x88be, seqnum_present=1, seqence_number=7) / ERSPAN_II(session_id=3) / E_(p))))
eth("erspan-3", lambda p: E_(O(GRE(proto=0x22eb, seqnum_present=1, seqence_number=7) / ERSPAN_III(session_id=3) / E_(p))))
eth("erspan-3-platform", lambda p: E_(O(GRE(proto=0x22eb, seqnum_present=1, seqence_number=7) / ERSPAN_III(session_id=3, o=1) / ERSPAN_PlatformSpecific() / E_(p))))
eth("etherip", lambda p: E_(O(EtherIP() / E_(p))))
eth("gtp-u", lambda p: E_(U(GTP_U_Header(teid=5) / p, 2152)))
eth("gtp-u-pdu-session", lambda p: E_(U(GTP_U_Header(teid=5, E=1, next_ex=0x85) / GTPPDUSessionContainer(QFI=3) / p, 2152)))
eth("nsh-gpe", lambda p: E_(U(VXLAN(flags=0x0c, NextProtocol=4, vni=9) / NSH(spi=1, si=255, nextproto=1 if isinstance(p, IP) else 2) / p, 4790)))
eth("vxlan-gpe", lambda p: E_(U(VXLAN(flags=0x0c, NextProtocol=1 if isinstance(p, IP) else 2, vni=9) / p, 4790)))
eth("vxlan-gpe-ethernet", lambda p: E_(U(VXLAN(flags=0x0c, NextProtocol=3, vni=9) / E_(p), 4790)))
eth("vxlan", lambda p: E_(U(VXLAN(vni=9) / E_(p), 4789)))
eth("geneve", lambda p: E_(U(GENEVE(vni=9, proto=0x6558) / E_(p), 6081)))
eth("nsh", lambda p: Ether(type=0x894f) / NSH(spi=1, si=255, nextproto=1 if isinstance(p, IP) else 2) / p)
eth("nsh-md2", lambda p: Ether(type=0x894f) / NSH(spi=1, si=255, mdtype=2, nextproto=3) / E_(p))
eth("tzsp", lambda p: E_(U(TZSP(type=1, encapsulated_protocol=1) / TZSPTagPacketCount(packet_count=4) / TZSPTagEnd() / E_(p), 37008)))
eth("l2tp", lambda p: E_(U(L2TP(hdr="", tunnel_id=2, session_id=3) / HDLC() / PPP(proto=0x21 if isinstance(p, IP) else 0x57) / p, 1701)))
eth("pppoe", lambda p: Ether(type=0x8864) / PPPoE(sessionid=3) / PPP(proto=0x21 if isinstance(p, IP) else 0x57) / p)
eth("macsec", lambda p: Ether(type=0x88e5) / MACsec(SC=0, E=0, C=0, pn=7) / Raw(struct.pack(">H", kind(p)) + bytes(p)))
eth("pbb", lambda p: Ether(type=0x88a8) / Dot1AD(vlan=5, type=0x88e7) / Raw(struct.pack(">I", 9)) / E_(p))
eth("qinq", lambda p: Ether() / Dot1AD(vlan=5) / Dot1Q(vlan=6) / p)
eth("mpls", lambda p: Ether(type=0x8847) / MPLS(label=16, s=0) / MPLS(label=17, s=1) / p)
eth("802.1br", lambda p: Ether(type=0x893f) / Raw(bytes(6) + struct.pack(">H", kind(p)) + bytes(p)))
eth("vntag", lambda p: Ether(type=0x8926) / Raw(struct.pack(">IH", 5, kind(p)) + bytes(p)))
eth("teredo", lambda p: E_(U(p, 3544)) if isinstance(p, IPv6) else E_(p))
eth("lisp", lambda p: E_(U(Raw(bytes([0x80, 1, 2, 3, 0, 0, 0, 1])) / p, 4341)))
eth("gre-key", lambda p: E_(O(GRE(key_present=1, key=5, proto=kind(p)) / p)))
eth("gre-ppp", lambda p: E_(O(GRE(proto=0x880b, version=1, key_present=1, seqnum_present=1, key=len(p) + 4 << 16 | 9, seqence_number=2) / Raw(bytes(HDLC() / PPP(proto=0x21 if isinstance(p, IP) else 0x57) / p)))))
eth("ipip", lambda p: E_(O(p)))
eth("snap", lambda p: Dot3() / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(code=kind(p)) / p)
add("chdlc", 104, lambda p: CHDLC(proto=kind(p)) / p)
add("chdlc-in-ppp", 9, lambda p: CHDLC(proto=kind(p)) / p)
add("ppp-hdlc", 50, lambda p: HDLC() / PPP(proto=0x21 if isinstance(p, IP) else 0x57) / p)
add("ppp", 9, lambda p: PPP(proto=0x21 if isinstance(p, IP) else 0x57) / p)
add("ppp-direction", 204, lambda p: Raw(b"\1") / HDLC() / PPP(proto=0x21 if isinstance(p, IP) else 0x57) / p)
add("raw", 101, lambda p: p)
add("null", 0, lambda p: Loopback(type=2 if isinstance(p, IP) else 24) / p)
add("sll", 113, lambda p: CookedLinux(proto=kind(p)) / p)
add("sll2", 276, lambda p: CookedLinuxV2(proto=kind(p)) / p)
wifi = lambda p, **k: Dot11(type=2, subtype=0, FCfield=1, addr1="02:00:00:00:00:09", addr2="02:00:00:00:00:01", addr3="02:00:00:00:00:02") / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(code=kind(p)) / p
qos = lambda p: Dot11(type=2, subtype=8, FCfield=2, addr1="02:00:00:00:00:09", addr2="02:00:00:00:00:01", addr3="02:00:00:00:00:02") / Dot11QoS(TID=3) / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(code=kind(p)) / p
wds = lambda p: Dot11(type=2, subtype=8, FCfield=3, addr1="02:00:00:00:00:09", addr2="02:00:00:00:00:01", addr3="02:00:00:00:00:02", addr4="02:00:00:00:00:05") / Dot11QoS(TID=3) / LLC(dsap=0xaa, ssap=0xaa, ctrl=3) / SNAP(code=kind(p)) / p
for name, make in (("data", wifi), ("qos", qos), ("wds", wds)):
    add("802.11-" + name, 105, make)
    add("radiotap-" + name, 127, lambda p, make=make: RadioTap() / make(p))
add("radiotap-fields", 127, lambda p: RadioTap(present="TSFT+Flags+Rate+Channel+dBm_AntSignal", Flags=0, mac_timestamp=5, Rate=2, ChannelFrequency=2412, dBm_AntSignal=-40) / qos(p))
add("radiotap-fcs", 127, lambda p: RadioTap(present="TSFT+Flags+Rate", Flags="FCS", mac_timestamp=5, Rate=2) / Raw(bytes(wifi(p)) + bytes(4)))
add("ppi", 192, lambda p: PPI(dlt=1) / E_(p))
add("ppi-802.11", 192, lambda p: PPI(dlt=105) / qos(p))
add("pflog", 117, lambda p: PFLog(addrfamily=2 if isinstance(p, IP) else 24, iface=b"em0") / p)
nfulnl = lambda p: bytes([2 if isinstance(p, IP) else 10, 0, 0, 5]) + struct.pack("<HHHBB", 8, 1, kind(p) >> 8 | (kind(p) & 255) << 8, 1, 0) + struct.pack("<HH", 4 + len(p), 9) + bytes(p) + bytes(-len(p) % 4)
add("nflog", 239, lambda p: Raw(nfulnl(p)))
add("enc", 109, lambda p: Raw(struct.pack("<III", 2 if isinstance(p, IP) else 24, 0, 0)) / p)
add("frame-relay", 107, lambda p: Raw(bytes([0x18, 0x41, 3, 0xcc if isinstance(p, IP) else 0x8e])) / p)
add("frame-relay-cisco", 107, lambda p: Raw(struct.pack(">HH", 0x1841, kind(p))) / p)
add("dsa", 284, lambda p: Raw(bytes(12) + bytes([0xc0, 1, 2, 3]) + struct.pack(">H", kind(p))) / p)
add("dsa-ether", 285, lambda p: Raw(bytes(12) + bytes([0xda, 0xda, 0, 0, 0xc0, 1, 2, 3]) + struct.pack(">H", kind(p))) / p)
add("brcm-tag", 281, lambda p: Raw(bytes(12) + bytes([0x20, 0, 0, 3]) + struct.pack(">H", kind(p))) / p)
add("pktap", 258, lambda p: Raw(struct.pack("<III24sIII", 108, 1, 1, b"en0", 0, 2 if isinstance(p, IP) else 30, 0).ljust(108, b"\0")) / E_(p))
for (name, dlt), packets in files.items():
    w = RawPcapWriter(f"{out}/{name}.pcap", linktype=dlt or DLT_NULL_)
    w.write_header(None)
    for i, p in enumerate(packets): w.write_packet(bytes(p), sec=1700000000 + i, usec=0)
    w.close()
print(len(files), count)
