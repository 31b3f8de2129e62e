import BitcoinP2P
import Fields

/// Finds who breaks rules: by what is remarked on a message's place among the others, and on its payload.
struct RuleJudge: ~Copyable {
    private(set) var violations = Violations()
    private var reader = RuleReader()
    private let checksumBad = MessageHeaderLayout().checksumBad

    /// Takes the next message, with what was remarked on its place.
    ///
    /// - Parameters:
    ///   - bytes: Header and payload as far as they were captured.
    ///   - start: Where in them the payload begins.
    mutating func receive(_ fact: MessageFact, _ bytes: RawSpan, from start: Int) {
        // Of bytes that the receiver may not have, or that are missing, nothing follows.
        guard !fact.isDoubtful, !fact.isCut else { return }
        if fact.status == .bad { return violations.add([checksumBad], fact) }
        guard fact.isSound else { return }
        let (broken, isRead) = reader.read(fact, bytes, from: start)
        if broken.isEmpty, fact.remarks.isEmpty { return }
        let ofPlace = fact.remarks.filter { $0.declaration.rule.map { isRead || $0.isOfPlace } == true }
        violations.add(ofPlace + broken, fact)
    }
}

/// Finds the remarks on payloads that break a rule: each payload is read once, and no tree is made.
struct RuleReader: ~Copyable {
    private struct Entry {
        let type: MessageType
        /// Nil: the remarks are made without any field being looked at.
        let wanted: FieldSet?
    }

    /// Of what Core knows: by no other layout it judges anybody.
    private let entries: [Command: Entry]
    private let remarks: Set<Remark>
    private var skim = SkimSink(wantsInfo: false)
    private var picker = FieldPicker()

    init(_ types: MessageTypes = .standard) {
        let checks = types.fields.ruleChecks
        var entries: [Command: Entry] = [:]
        for type in types.types where type.standing == .current {
            entries[type.command] = Entry(type: type, wanted: checks.isDisjoint(with: type.fields) ? nil : checks)
        }
        self.entries = entries
        remarks = Set(Catalog.remarks.filter { $0.rule != nil }.compactMap { Remark(named: $0.name) })
        skim.keepsBroken = true
    }

    /// The remarks of a payload all of which is there, each once; and whether receivers read all of it.
    ///
    /// - Parameter start: Where in `bytes` it begins.
    mutating func read(
        _ fact: MessageFact, _ bytes: RawSpan, from start: Int
    ) -> (broken: [Remark], isRead: Bool) {
        guard let entry = entries[fact.command] else { return ([], true) }
        var broken: [Remark] = []
        let outcome: Outcome
        // Other networks have other proofs of work.
        if let wanted = entry.wanted, fact.network?.isKnown != false {
            outcome = picker.read(entry.type, bytes, from: start, fact.context, wanted: wanted, remarks: remarks)
            for annotation in picker.tree.annotations where !broken.contains(annotation.remark) {
                broken.append(annotation.remark)
            }
        } else {
            skim.removeBroken()
            outcome = entry.type.skim(bytes, from: start, fact.context, into: &skim)
            broken = skim.broken
        }
        return broken.isEmpty ? ([], true) : decisive(broken, outcome)
    }

    /// Those that receivers find: of a payload that ends early they know no more than that, but what comes before all else.
    private func decisive(_ broken: [Remark], _ outcome: Outcome) -> (broken: [Remark], isRead: Bool) {
        if let first = broken.first(where: { $0.declaration.rule?.isFoundFirst == true }) {
            return ([first], false)
        }
        if outcome == .truncated { return ([.common.truncated], false) }
        // A part that ends early is no end of the message.
        return (broken.filter { $0 != .common.truncated }, true)
    }
}
