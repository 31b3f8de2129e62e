import Fields

extension Severity {
    /// Wireshark's number for `_ws.expert.severity`.
    public var wiresharkNumber: UInt64 {
        switch self {
        case .chat: 0x0020_0000
        case .note: 0x0040_0000
        case .warning: 0x0060_0000
        case .error: 0x0080_0000
        }
    }
}

extension RemarkGroup {
    /// Wireshark's number for `_ws.expert.group`.
    public var wiresharkNumber: UInt64 {
        switch self {
        case .checksum: 0x0100_0000
        case .sequence: 0x0200_0000
        case .reassembly: 0x0600_0000
        case .malformed: 0x0700_0000
        case .protocol: 0x0900_0000
        }
    }
}

extension Tree {
    /// The annotations that speak of the nodes in `range`, as a range of ``annotations``.
    func annotations(in range: Range<Int>) -> Range<Int> {
        let start = annotations(of: range.lowerBound).lowerBound
        return start..<max(start, annotations(of: range.upperBound).lowerBound)
    }
}
