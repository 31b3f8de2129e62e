import CPcap
public import System

/// The libpcap this process runs with.
public enum Libpcap {
    /// libpcap's own words on its version, such as `libpcap version 1.10.3 (with TPACKET_V3)`.
    public static var version: String {
        String(cString: pcap_lib_version())
    }

    /// What holds it: a shared library, or the program itself. It has libpcap's words on its version.
    public static var object: LoadedObject? { LoadedObject(at: pcap_lib_version()) }
}
