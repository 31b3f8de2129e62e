/// Something worth saying about a field whose bytes could be read, declared once like a ``Field``: tree, JSON, filter,
/// statistics and manual follow from the declaration.
///
/// Making a remark interns it by name, so the same name means the same remark wherever it is declared. The name is also
/// that of a field, by which messages with the remark are found, as in Wireshark.
@frozen
public struct Remark: Hashable, Sendable, BitwiseCopyable {
    /// Index into ``Catalog/remarks``.
    public let id: UInt16
    /// Whether a message with this cannot be read by receivers: an error of the group `malformed` that its layout alone
    /// shows, without anything being computed. Summary lines say so.
    public let isMalformation: Bool
    /// A message with this breaks a rule; see ``RemarkDeclaration/rule``.
    public let breaksRule: Bool

    init(id: UInt16, isMalformation: Bool, breaksRule: Bool) {
        self.id = id
        self.isMalformation = isMalformation
        self.breaksRule = breaksRule
    }

    /// Declares a remark.
    ///
    /// - Parameters:
    ///   - name: The display-filter name, lower case with dots: Wireshark's where it has one (`bitcoin.command.unknown`).
    ///   - isComputed: Of an error of the group `malformed`: what the layout alone shows is not at fault.
    ///   - rule: What the sender of a message with this breaks, if Core knows such a rule.
    ///   - field: That of the same name, where the tree has it by itself wherever this is remarked; else one is declared.
    ///   - text: One sentence without full stop; `{n}` stands for the number that belongs to it, `{signed}` for one that
    ///     may be negative.
    public init(
        _ name: String, _ severity: Severity, _ group: RemarkGroup, isComputed: Bool = false, breaks rule: Rule? = nil,
        field: Field? = nil, _ text: String
    ) {
        self = Catalog.intern(
            RemarkDeclaration(
                name: name, severity: severity, group: group, isComputed: isComputed, rule: rule, text: text,
                isInTree: field != nil,
                field: field ?? Field(name, text, .layer, "a remark on the message or one of its fields")))
    }

    /// The remark of that name, if it was declared by now.
    public init?(named name: String) {
        guard let remark = Catalog.remark(named: name) else { return nil }
        self = remark
    }

    /// The declaration of this remark.
    public var declaration: RemarkDeclaration { Catalog.declaration(of: self) }
    public var name: String { declaration.name }
    public var severity: Severity { declaration.severity }
    public var group: RemarkGroup { declaration.group }

    /// The text, with `value` in it where it says something; N stands for it where there is none.
    public func text(_ value: UInt64?) -> String { RemarkDeclaration.text(declaration.text, value) }
}

/// What was said of a remark when it was declared.
public struct RemarkDeclaration: Sendable, Equatable {
    public let name: String
    public let severity: Severity
    public let group: RemarkGroup
    let isComputed: Bool
    /// The rule that a message with it breaks: `-z violations` counts it.
    public let rule: Rule?
    let text: String
    /// The tree has ``field`` by itself.
    public let isInTree: Bool
    /// The field of the same name.
    public let field: Field

    /// The sentence with N for its number.
    public var summary: String { Self.text(text, nil) }

    var isMalformation: Bool { severity == .error && group == .malformed && !isComputed }

    /// The sentence with its number. A text has one place for it at most.
    static func text(_ text: String, _ value: UInt64?) -> String {
        let units = text.utf8
        guard let start = units.firstIndex(of: UInt8(ascii: "{")), let end = units.firstIndex(of: UInt8(ascii: "}")),
            start < end
        else { return text }
        let isSigned = units[units.index(after: start)..<end].elementsEqual("signed".utf8)
        let number = value.map { isSigned ? String(Int64(bitPattern: $0)) : String($0) } ?? "N"
        return text[..<start] + number + text[units.index(after: end)...]
    }
}
