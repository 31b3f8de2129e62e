import Fields

/// Builds messages of values, by the layouts that read them.
///
/// Counts, lengths and the header follow from what is there. What was built is then dissected, and compared with all that
/// was given: a value that no field took must be one that follows.
public struct MessageBuilder: Sendable {
    /// Whose magic the header has where none is given.
    public var network: Network
    /// When the message is sent, in nanoseconds since the Unix epoch, to compare what is computed of it; 0 for unknown.
    public var time: Int64
    /// What stands in for fields that are not given.
    public var fill: BuildFill
    /// Counts, lengths, checksum and computed values that are given are those of a message before it was changed: they are
    /// made again.
    public var updates = false
    /// Whether what was built is compared with what was given.
    public var checks = true

    public init(network: Network, time: Int64 = 0, fill: BuildFill = .nothing) {
        self.network = network
        self.time = time
        self.fill = fill
    }

    /// Builds the message that has these values, of the header and of the payload; those of the payload may stand in a
    /// group of its name.
    ///
    /// - Parameter command: That of the header, for a type that stands for all commands with one beginning.
    /// - Throws: All that is wrong, and all that is missing.
    public func build(
        _ type: MessageType, _ values: BuildValues, command: Command? = nil
    ) throws(BuildError) -> BuiltMessage {
        let payload = buildPayload(type, values)
        let header = buildHeader(command ?? type.command, payload, values)
        let known = type.fields.names + MessageHeaderLayout.standard.names.sorted()
        let problems = payload.problems + header.problems + unknownNames(values, known)
        guard problems.isEmpty, payload.missing.isEmpty else { throw BuildError(problems, missing: payload.missing) }
        guard header.bytes.count == MessageHeader.Form.withChecksum.byteCount else {
            let reason = "it ends after \(header.bytes.count) bytes: a header is complete, only a payload can end early"
            throw BuildError([BuildProblem(field: "the header", place: "", reason: reason)])
        }

        let bytes = header.bytes + payload.bytes
        guard checks else { return BuiltMessage(bytes: bytes, type: type, made: payload.made, outdated: []) }
        let comparison = BuildComparison(
            values, isUsed: header.isUsed,
            written: header.written + payload.written.map { $0.moved(by: header.bytes.count) },
            asked: header.asked.union(payload.asked), known: known)
        let (differing, outdated) = compare(comparison, type, bytes)
        guard differing.isEmpty else { throw BuildError(differing) }
        return BuiltMessage(bytes: bytes, type: type, made: payload.made, outdated: outdated)
    }

    /// For each of the values whether a field takes it, and so whether it can be given another one; others follow.
    public func uses(_ type: MessageType, _ values: BuildValues) -> [Bool] {
        buildHeader(type.command, buildPayload(type, values), values).isUsed
    }

    /// Names that no such message has: said also where it cannot be built.
    private func unknownNames(_ values: BuildValues, _ known: [String]) -> [BuildProblem] {
        var problems: [BuildProblem] = []
        for name in values.unknownNames(among: known).prefix(10) {
            problems.append(
                BuildProblem(field: name, place: "", reason: BuildProblem.reason(unknown: name, among: known)))
        }
        return problems
    }

    /// What one layout made.
    private struct Part {
        var bytes: [UInt8]
        var problems: [BuildProblem]
        var missing: [BuildProblem]
        var made: [Field]
        var isUsed: [Bool]
        var asked: Set<Field>
        var written: [BuildSink.Written]
        var extents: [Int]

        init(_ sink: consuming BuildSink, _ bytes: [UInt8]) {
            self.bytes = bytes
            problems = sink.problems
            missing = sink.missing
            made = sink.made
            isUsed = sink.isUsed
            asked = sink.asked
            written = sink.written
            extents = sink.extents
        }
    }

    private func buildPayload(_ type: MessageType, _ values: BuildValues) -> Part {
        let context = MessageContext(network: network, time: time)
        // Only what is written takes memory.
        let memory = BuildMemory(capacity: MessageFramer.lengthLimit)
        func run(_ extents: [Int]) -> Part {
            var sink = BuildSink(values, fill: fill, into: memory, extents: extents, updates: updates)
            let length = type.build(memory, context, from: &sink)
            return Part(sink, memory.bytes(length))
        }
        let part = run([])
        // Known only after it was built, the length of a part is right the second time.
        return part.extents.isEmpty ? part : run(part.extents)
    }

    private func buildHeader(_ command: Command, _ payload: Part, _ values: BuildValues) -> Part {
        let checksum = DoubleSHA256.hash(payload.bytes.span.bytes).checksum
        let header = MessageHeader(
            network: network, command: command, length: UInt32(clamping: payload.bytes.count), checksum: checksum,
            form: .withChecksum)
        let layout = MessageHeaderLayout.standard
        let following: [Field: BuildFill.Content] = [
            layout.command: .bytes(command.wireBytes), layout.length: .number(UInt64(header.length)),
            layout.checksum: .number(UInt64(checksum)),
        ]
        let fill = BuildFill(isZero: false, [layout.magic: .number(UInt64(network.magic))])
        let memory = BuildMemory(capacity: header.byteCount)
        var sink = BuildSink(
            values, fill: fill, into: memory, isUsed: payload.isUsed, following: following, updates: updates)
        let length = layout.build(memory, header, from: &sink)
        return Part(sink, memory.bytes(length))
    }

    /// Dissects the message, and compares.
    private func compare(
        _ comparison: BuildComparison, _ type: MessageType, _ bytes: [UInt8]
    ) -> (problems: [BuildProblem], outdated: [BuildProblem]) {
        let message = bytes.span.bytes
        guard let header = MessageHeader(message, at: 0, network: network) else { return ([], []) }
        let hash = DoubleSHA256.hash(message.extracting(droppingFirst: header.byteCount))
        let status: ChecksumStatus = hash.checksum == header.checksum ? .good : .bad
        let context = MessageContext(
            network: Network(magic: message.loadBigEndian32(at: 0) ?? 0), time: time, payloadHash: hash)

        var cursor = Cursor(message, TreeSink(wantsInfo: false))
        do throws(Stop) {
            try MessageHeaderLayout.standard.layout(&cursor, header, status, calculated: hash.checksum)
        } catch {}
        var sink = cursor.finish()
        type.dissect(message, from: header.byteCount, context, into: &sink)
        var problems = comparison.misread(sink.tree)
        // Of other fields nothing that was given follows.
        if !problems.isEmpty { return (problems, []) }
        let differing = comparison.differing(from: sink.tree, message, leavingOut: MessageFields.standard.ofEarlier)
        problems = differing.unknown
        if updates { return (problems, differing.outdated) }
        return (problems + differing.outdated, [])
    }
}

extension Command {
    fileprivate var wireBytes: [UInt8] { (0..<Self.byteCount).map { byte($0) } }
}
