/// Remarks that any layout may make, and those that the cursor makes by itself.
public struct CommonRemarks: Sendable {
    public let truncated = Remark(
        "bitcoin.message.ends_early", .error, .malformed, breaks: Rule("malformed {command}", .ignored),
        "The message ends before this field does")
    public let notCaptured = Remark(
        "bitcoin.message.not_captured", .note, .reassembly, "The message continues, but was not captured from here on")
    public let compactSizeNotMinimal = Remark(
        "bitcoin.compactsize.not_minimal", .error, .malformed,
        "This CompactSize is longer than necessary: receivers reject the message")
    public let countOverLimit = Remark(
        "bitcoin.count.over_limit", .error, .malformed, "More than the {n} that receivers accept")
    public let lengthOverLimit = Remark(
        "bitcoin.length.over_limit", .error, .malformed,
        "Longer than the {n} bytes that receivers accept: they disconnect")
    public let treeLimit = Remark(
        "bitcoin.tree.full", .note, .protocol, "The message has more fields than are kept; the rest is not shown")
    public let treeLimitMalformed = Remark(
        "bitcoin.tree.full_malformed", .error, .malformed,
        "The message has more fields than are kept, and the rest, which is not shown, cannot be read as it should")
    public let layoutUnsettled = Remark(
        "bitcoin.layout.unsettled", .note, .protocol,
        "How these bytes are laid out is not settled: they are shown as they are")
}

extension Remark {
    public static let common = CommonRemarks()
}
