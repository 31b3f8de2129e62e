#if Web
import BitcoinP2P
import Fields
import Output

/// Rows of the list as JSON objects.
enum RowJSON {
    /// What answers a row.
    struct Answers {
        /// The number of the first row, and its frame.
        let first: UInt32
        let frame: UInt64
        let count: Int
    }

    /// - Parameters:
    ///   - answers: Nil where nothing answers it.
    ///   - start: When the capture's first frame was captured.
    static func append(
        _ number: UInt64, _ entry: IndexEntry, _ texts: RowTexts, _ answers: Answers?, since start: Int64,
        to text: inout TextBuffer
    ) {
        text.append("{\"n\":")
        text.append(decimal: number)
        text.append(",\"frame\":")
        text.append(decimal: entry.frame)
        text.append(",\"t_ns\":")
        text.append(decimal: Int(entry.time &- start))
        text.append(",\"stream\":")
        text.append(decimal: UInt64(entry.stream))
        text.append(",\"dir\":")
        text.append(entry.side.json)
        text.append(member: "source", texts.source)
        text.append(member: "destination", texts.destination)
        text.append(",\"kind\":")
        text.append(entry.kind.json)
        text.append(member: "command", texts.name)
        text.append(member: "family", FamilyName.of(entry.family).utf8)
        text.append(",\"length\":")
        text.append(decimal: UInt64(entry.length))
        text.append(",\"frames\":")
        text.append(decimal: UInt64(texts.frameCount))
        text.append(member: "info", texts.info)
        if let severity = entry.severity {
            text.append(member: "remark", texts.remark)
            text.append(",\"severity\":\"")
            text.append(severity.name)
            text.append("\"")
        } else {
            text.append(",\"remark\":null,\"severity\":null")
        }
        appendRelations(entry, texts, answers, to: &text)
        text.append(",\"cut\":")
        text.append(entry.isCut ? "true}" : "false}")
    }

    private static func appendRelations(
        _ entry: IndexEntry, _ texts: RowTexts, _ answers: Answers?, to text: inout TextBuffer
    ) {
        if let time = texts.answerTime {
            text.append(",\"answers\":")
            text.append(relation: entry.request, texts.answerFrame, time)
        } else {
            text.append(",\"answers\":null")
        }
        if let answers {
            text.append(",\"answered_by\":{\"n\":")
            text.append(decimal: UInt64(answers.first))
            text.append(member: "frame", answers.frame)
            text.append(member: "count", answers.count)
            text.append("}")
        } else {
            text.append(",\"answered_by\":null")
        }
        if let asked = texts.asked {
            text.append(",\"asks\":")
            text.append(relation: asked.number, asked.frame, asked.time)
        } else {
            text.append(",\"asks\":null")
        }
    }
}

/// What a family is called in JSON, and what cannot be read.
enum FamilyName {
    static func of(_ family: MessageFamily?) -> String { family?.rawValue ?? "encrypted" }

    /// By ``IndexEntry/familyCode``.
    static let all = MessageFamily.allCases.map(\.rawValue) + ["encrypted"]
}

extension Side {
    var json: StaticString {
        switch self {
        case .initiator: "0"
        case .responder: "1"
        case .unknown: "null"
        }
    }
}

extension IndexEntry.Kind {
    fileprivate var json: StaticString {
        switch self {
        case .message: "\"message\""
        case .packet: "\"packet\""
        case .direction: "\"direction\""
        }
    }
}

extension TextBuffer {
    /// `,"key":"value"`
    mutating func append(member key: StaticString, _ value: some Sequence<UInt8>) {
        append(",\"")
        append(key)
        append("\":")
        append(jsonString: value)
    }

    /// `,"key":17`
    mutating func append(member key: StaticString, _ value: some BinaryInteger) {
        append(",\"")
        append(key)
        append("\":")
        append(decimal: Int(clamping: value))
    }

    /// `,"key":true`
    mutating func append(member key: StaticString, isTrue: Bool) {
        append(",\"")
        append(key)
        append(isTrue ? "\":true" : "\":false")
    }

    /// `{"n":230,"frame":296,"after_ns":221000}`
    mutating func append(relation number: some BinaryInteger, _ frame: UInt64, _ time: Int64) {
        append("{\"n\":")
        if number > 0 { append(decimal: Int(clamping: number)) } else { append("null") }
        append(member: "frame", frame)
        append(member: "after_ns", time)
        append("}")
    }
}
#endif
