import Fields
import Output

/// What is remarked on a message as fields, named as Wireshark names them.
struct RemarkFields: Sendable {
    let remark = Field("_ws.expert", "Expert Info", .layer, "something remarked on the message or one of its fields")
    let message = Field("_ws.expert.message", "Message", .text, "the remark in words")
    let severity = Field(
        "_ws.expert.severity", "Severity level", .enumeration(Self.severities, bits: 32), "how much it matters")
    let group = Field("_ws.expert.group", "Group", .enumeration(Self.groups, bits: 32), "what it is about")
    let malformed = Field(
        "_ws.malformed", "Malformed Packet", .layer, "there is an error of the group Malformed in the message")

    var all: Set<Field> { [remark, message, severity, group, malformed] }

    /// Whether one of these fields is made of remarks: those of ``all``, and the name of each remark.
    static func areAmong(_ fields: Set<Field>) -> Bool {
        guard !fields.isEmpty else { return false }
        return !fields.isDisjoint(with: RecordFields.standard.remarks.all)
            || !fields.isDisjoint(with: Catalog.remarks.map(\.field))
    }

    private static let severities = ValueNames(
        Severity.allCases.map { severity in
            let meaning =
                switch severity {
                case .chat: "what happens in any case"
                case .note: "worth a look"
                case .warning: "unusual, or ignored by receivers"
                case .error: "wrong: receivers refuse it"
                }
            return (severity.wiresharkNumber, severity.name, meaning)
        })

    private static let groups = ValueNames(
        RemarkGroup.allCases.map { group in
            let meaning =
                switch group {
                case .checksum: "hashes and checksums"
                case .sequence: "the order of messages"
                case .malformed: "bytes that cannot be read as they should"
                case .protocol: "values that the protocol does not allow or know"
                case .reassembly: "what was lost on the way into the capture"
                }
            return (group.wiresharkNumber, group.name, meaning)
        })
}
