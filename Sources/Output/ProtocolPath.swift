import Fields

/// The protocols that lead to a message, as Wireshark names them.
public enum ProtocolPath {
    /// Declares the field, which records have where it is named: `eth:ethertype:ip:tcp:bitcoin`.
    public static func declared() -> Field {
        Field(
            "frame.protocols", "Protocols in frame", .text,
            "the protocols that lead to the message in that frame, with colons between: eth:ethertype:ip:tcp:bitcoin")
    }
}
