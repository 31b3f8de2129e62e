import CPcap

/// The libpcap this process runs with.
public enum Libpcap {
    /// libpcap's own words on its version, such as `libpcap version 1.10.3 (with TPACKET_V3)`.
    public static var version: String {
        String(cString: pcap_lib_version())
    }
}
