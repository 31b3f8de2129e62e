import Fields

/// A type of message: its command, where it comes from, and its layout compiled for each sink.
///
/// A class, so that looking one up costs one reference count and not one for each property.
public final class MessageType: Sendable {
    /// How much alive the type is (protocol.md section 5).
    public enum Standing: String, Sendable, CaseIterable {
        /// Sent or understood by Bitcoin Core 28.1.
        case current
        /// Was in Bitcoin Core.
        case retired
        /// A BIP or a draft of one, not in Bitcoin Core 28.1.
        case draft
        /// Of other implementations only.
        case foreign
    }

    public let command: Command
    /// Whether the type is that of every command which begins so, and not of this one alone (BIP 36).
    public let isPrefix: Bool
    public let standing: Standing
    public let family: MessageFamily
    /// The document that defines it: `BIP 152`, or `Satoshi client`.
    public let source: String
    /// The protocol version that brought it; nil where it came with the first client, or no version announces it.
    public let since: Int?
    /// The fields that its payload may have.
    public let fields: FieldSet
    /// The heading of its payload, whose meaning is that of the message.
    public let message: Field

    // Made where the payload's type is concrete: one indirect call a message, and specialised code behind it.
    private let skimPayload: @Sendable (RawSpan, Int, MessageContext, inout SkimSink) -> Outcome
    private let pickPayload: @Sendable (RawSpan, Int, MessageContext, inout PickSink) -> Outcome
    private let dissectPayload: @Sendable (RawSpan, Int, MessageContext, inout TreeSink) -> Outcome
    private let buildPayload: @Sendable (borrowing BuildMemory, MessageContext, inout BuildSink) -> Int

    public convenience init(
        _ command: StaticString, _ standing: Standing, _ family: MessageFamily, _ source: String, since: Int? = nil,
        _ payload: @autoclosure () -> some Payload
    ) {
        self.init(Command(command), isPrefix: false, standing, family, source, since: since, payload)
    }

    /// The type of all commands that begin with `prefix`.
    convenience init(
        prefix: StaticString, _ standing: Standing, _ family: MessageFamily, _ source: String, since: Int? = nil,
        _ payload: @autoclosure () -> some Payload
    ) {
        self.init(Command(prefix), isPrefix: true, standing, family, source, since: since, payload)
    }

    private init(
        _ command: Command, isPrefix: Bool, _ standing: Standing, _ family: MessageFamily, _ source: String,
        since: Int?,
        _ make: () -> some Payload
    ) {
        let (payload, declared) = FieldSet.declared(by: make)
        var fields = declared
        fields.insert(trailingData)
        self.fields = fields
        self.command = command
        self.isPrefix = isPrefix
        self.standing = standing
        self.family = family
        self.source = source
        self.since = since
        message = payload.message
        skimPayload = { bytes, start, context, sink in run(payload, bytes, start, context, &sink, empty: SkimSink()) }
        pickPayload = { bytes, start, context, sink in
            run(payload, bytes, start, context, &sink, empty: PickSink(wanted: FieldSet()))
        }
        dissectPayload = { bytes, start, context, sink in run(payload, bytes, start, context, &sink, empty: TreeSink())
        }
        buildPayload = { memory, context, sink in assemble(payload, memory, context, &sink, empty: BuildSink()) }
    }

    /// The command as a list of types shows it: one that stands for all with the same beginning ends in `…`.
    public var name: String { isPrefix ? command.name + "…" : command.name }

    /// What the message is for, in one phrase.
    public var meaning: String { message.declaration.meaning }

    /// Checks the payload that begins at `start` and sums it up in the sink's info, without making a tree.
    @discardableResult
    public func skim(_ bytes: RawSpan, from start: Int, _ context: MessageContext, into sink: inout SkimSink) -> Outcome
    {
        skimPayload(bytes, start, context, &sink)
    }

    /// Makes nodes of those fields of the payload that begins at `start` which the sink wants.
    @discardableResult
    public func pick(_ bytes: RawSpan, from start: Int, _ context: MessageContext, into sink: inout PickSink) -> Outcome
    {
        pickPayload(bytes, start, context, &sink)
    }

    /// Makes a node of every field of the payload that begins at `start`; ranges count from the first of `bytes`.
    @discardableResult
    public func dissect(
        _ bytes: RawSpan, from start: Int, _ context: MessageContext, into sink: inout TreeSink
    ) -> Outcome {
        dissectPayload(bytes, start, context, &sink)
    }
}

extension MessageType {
    /// Builds the payload of the values that the sink has, into the memory that it writes to.
    ///
    /// - Returns: How many bytes.
    func build(_ memory: borrowing BuildMemory, _ context: MessageContext, from sink: inout BuildSink) -> Int {
        buildPayload(memory, context, &sink)
    }
}

/// Runs one layout to build what it would read.
private func assemble(
    _ payload: some Payload, _ memory: borrowing BuildMemory, _ context: MessageContext, _ sink: inout BuildSink,
    empty: consuming BuildSink
) -> Int {
    swap(&sink, &empty)
    var cursor = Cursor(memory.span, empty)
    // A payload that stands alone need not be named.
    let isNamed = cursor.sink.isGiven(payload.message, in: nil)
    let mark = isNamed ? cursor.sink.open(payload.message, at: 0, value: 0, flags: []) : 0
    // Where the message ends early its last field is cut, as it was given.
    do throws(Stop) { try payload.layout(&cursor, context) } catch {}
    cursor.rest(trailingData)
    if isNamed { cursor.sink.close(mark, at: cursor.offset) }
    let length = cursor.offset
    sink = cursor.finish()
    return length
}

/// Runs one layout to the end of the bytes. `empty` stands in for the sink while the cursor owns it.
private func run<Sink: FieldSink & ~Copyable>(
    _ payload: some Payload, _ bytes: RawSpan, _ start: Int, _ context: MessageContext, _ sink: inout Sink,
    empty: consuming Sink
) -> Outcome {
    swap(&sink, &empty)
    var cursor = Cursor(bytes, from: start, empty)
    cursor.sink.isMalformed = false
    var outcome = Outcome.complete
    let mark = cursor.sink.open(payload.message, at: cursor.offset, value: 0, flags: [])
    if let heading = payload.heading(ofBytes: cursor.left) { cursor.head(mark) { $0.append(heading) } }
    do throws(Stop) {
        try payload.layout(&cursor, context)
    } catch {
        outcome = .truncated
    }
    if cursor.left > 0 {
        cursor.rest(trailingData)
        cursor.annotate(trailingIgnored)
    }
    cursor.sink.close(mark, at: cursor.offset)
    sink = cursor.finish()
    return outcome
}

/// Bytes that no field claims.
let trailingData = Field(
    "bitcoin.trailing", "Trailing data", .bytes, "bytes after the last field that is known; receivers ignore them")

let trailingIgnored = Remark(
    "bitcoin.trailing.ignored", .warning, .protocol, "Bytes after the last known field: receivers ignore them")
