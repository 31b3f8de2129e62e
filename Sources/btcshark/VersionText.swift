import Capture

/// What `-v` prints.
enum VersionText {
    /// Programs that run tshark ask for its version first, and refuse one that is too old. The options are those of
    /// 4.0; no tshark has this number, as pyshark keeps what it has learned of a version.
    static let tshark = "4.0.99"

    /// - Parameter path: By which we were called. Where that is tshark's name the first line is as tshark's, with one
    ///   version alone: pyshark takes the last of the line, termshark the first.
    static func lines(calledAs path: String) -> String {
        let own = "btcshark \(Btcshark.version), with \(Libpcap.version)\n\(BuildDescription.text)"
        guard path.split(separator: "/").last == "tshark" else { return own }
        return "TShark (btcshark) \(tshark)\n\(own)"
    }
}
