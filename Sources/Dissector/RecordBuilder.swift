import BitcoinP2P
import Capture
import Fields
import Insight
import Layers
import Output
import Reassembly
import Records

/// Makes the record of a message: its summary line, and as much of its tree as the writer looks at.
struct RecordBuilder: ~Copyable {
    let fields = RecordFields.standard
    let registry = MessageTypes.standard
    var record = Record()
    /// Whether payloads are read to find those that are malformed.
    var wantsOutcome = false
    private var skim: SkimSink
    private var firstTime: Int64?
    /// The columns of the summary line as fields, where somebody asks for them.
    var columns: TimeColumn?
    /// Summary lines have hashes with all their digits.
    var wantsWholeHashes = false
    /// The fields that are looked at where only those are that somebody named; see ``Depth/fields``.
    var picked = FieldSet() {
        didSet { picksPayloadOnly = picked.isDisjoint(with: RecordFields.own) }
    }
    /// All of ``picked`` are of payloads: neither origin nor header is laid out for them.
    private var picksPayloadOnly = false
    var pickedRemarks: Set<Remark> = []
    /// The writer looks at origin and header though it names nothing of them.
    var wantsHeader = false
    /// What is remarked is asked for as fields.
    var asksForRemarks = false
    /// What the next record tells of those before it.
    var context = RecordContext()
    /// Lines say how long a request has waited for its answer.
    var showsResponseTimes = false
    /// What the capture says of its frames beside their headers.
    var captureNotes: CaptureNotes?
    /// The input of the record before.
    private var file: (place: UInt32, path: [UInt8]) = (0, [])
    /// What is shown of packets.
    var packets = PacketChoice()
    /// The writer names the payload as a field.
    var showsPayload = false
    /// Only the filter does.
    var asksForPayload = false
    /// A filter chooses what is shown, and the records are made in their order: then the message shown before is the one
    /// that this has made before, and not the one that the context tells of.
    var countsShown = false
    /// When the frame of the message shown before was captured.
    private var shownTime: Int64?
    /// How many nodes the tree has beside those that were asked for.
    var ownCount = 0

    init(columns: TimeColumn?) {
        skim = SkimSink()
        self.columns = columns
    }

    /// The capture's first frame, from which relative times count.
    var captureStart: Int64? { firstTime }

    mutating func begin(_ time: Int64) {
        if firstTime == nil { firstTime = time }
    }

    /// Fills ``record``.
    ///
    /// - Parameters:
    ///   - number: Of the connection.
    ///   - bytes: Header and payload as far as they were captured.
    mutating func build(
        _ finding: Finding, of sender: StreamSender, number: UInt64, _ bytes: RawSpan, depth: Depth, wantsInfo: Bool
    ) {
        let message = finding.message
        start(finding.origin, finding.frames, of: sender, number: number)
        record.protocolName = "Bitcoin"
        record.command = message.header.command
        record.length = finding.packet?.packet.byteCount ?? message.claimedLength
        record.ciphertext = finding.packet?.ciphertext ?? []
        if finding.packet != nil { record.transport = .v2 }
        let isCut = message.payloadLength < Int(message.header.length)
        record.ending = isCut ? .cut : .complete
        record.doubts = finding.doubts?.kinds ?? []
        record.lostWithin = finding.own.missing &+ finding.own.skipped
        record.hasProblem =
            isCut || message.status == .bad || !finding.before.isEmpty || finding.packet?.packet.lost ?? 0 > 0
        if wantsInfo { appendName(of: message.header, bytes) }
        let nameEnd = record.info.count
        record.order = context.order
        record.answered = context.related.first.map {
            AnsweredRequest(
                frame: $0.requestFrame, order: $0.requestMessage, time: $0.responseTime, kind: $0.kind.name)
        }
        record.announced = context.earlier.asked

        var surroundings = MessageContext(
            network: message.header.network, time: finding.origin.time, payloadHash: message.payloadHash)
        if !context.earlier.isEmpty { surroundings.earlier = context.earlier }
        let type = registry[message.header.command]
        // Remarks are made on the header, too.
        let hasPayloadOnly = depth == .fields && picksPayloadOnly && !wantsHeader && pickedRemarks.isEmpty
        let depth = depth == .fields ? needed(of: type) : depth
        var isMalformed = false
        if depth != .summary {
            record.protocolNode = 0
            if !hasPayloadOnly { appendOrigin(sender, number, finding.segment, finding.packetNote) }
            isMalformed = appendMessage(
                finding, type, surroundings, bytes, depth: depth, wantsInfo: wantsInfo, isCut: isCut,
                hasPayloadOnly: hasPayloadOnly)
        }
        // Where the tree has become full the rest was not read.
        let isUnread = depth >= .fields && record.tree.isFull
        if isUnread, wantsInfo {
            record.info.removeAll()
            appendName(of: message.header, bytes)
        }
        if depth < .fields || isUnread, let type {
            isMalformed = skim(
                type, bytes, from: message.header.byteCount, surroundings, wantsInfo: wantsInfo, isCut: isCut,
                wantsOutcome: wantsOutcome || isUnread)
        }
        if isUnread, isMalformed { record.tree.noteUnreadFault() }
        if isMalformed {
            record.hasProblem = true
            record.faults.insert(.malformed)
        }
        if message.status == .bad { record.faults.insert(.checksumBad) }
        record.said = nameEnd..<max(nameEnd, record.info.count)
        if wantsInfo { appendResponseTime() }
        if wantsInfo { appendProblems(finding, isCut: isCut, isKnown: type != nil, isMalformed: isMalformed) }
        if depth > .summary {
            appendAsked(finding.packetNote, payload: (message.header.byteCount, message.payloadLength))
        }
    }

    /// The record has been shown: the next one's times may count from it.
    mutating func pass() {
        columns?.pass(record.time)
        shownTime = record.time
    }

    /// From the frame of the message shown before to the one at hand; nil where that has no time.
    var sinceShown: Int64? {
        guard record.hasTime else { return nil }
        return record.time &- ((countsShown ? shownTime : context.timeBefore) ?? record.time)
    }

    /// Only a payload that may have one of the picked fields is laid out.
    private func needed(of type: MessageType?) -> Depth {
        guard let type else { return .fields }
        return picked.isDisjoint(with: type.fields) ? .header : .fields
    }

    /// Reads a payload of which no tree is made, if anybody wants to know what it says or whether it is sound.
    ///
    /// - Returns: Whether it is malformed, as far as anybody looked.
    private mutating func skim(
        _ type: MessageType, _ bytes: RawSpan, from start: Int, _ context: MessageContext, wantsInfo: Bool,
        isCut: Bool, wantsOutcome: Bool
    ) -> Bool {
        guard wantsInfo || wantsOutcome else { return false }
        skim.wantsInfo = wantsInfo
        skim.wantsWholeHashes = wantsWholeHashes
        skim.isCut = isCut
        swap(&skim.info, &record.info)
        defer { swap(&skim.info, &record.info) }
        type.skim(bytes, from: start, context, into: &skim)
        return skim.isMalformed
    }

    mutating func start(_ origin: Origin, _ frames: [Origin], of sender: StreamSender, number: UInt64) {
        record.number = context.number
        record.isLate = context.isLate
        record.frameNumber = origin.frame
        record.time = origin.time
        record.startTime = origin.time
        record.hasTime = captureNotes.map { !$0.isTimeless(origin.frame) } ?? true
        record.timeDecimals = context.hasNanoseconds ? 9 : 6
        record.captureStart = firstTime ?? origin.time
        record.source = sender.ends?.sourceText ?? []
        record.destination = sender.ends?.destinationText ?? []
        record.stream = number
        record.command = nil
        record.sender = sender.role
        record.transport = .v1
        record.userAgent = context.claims?.userAgent
        record.faults = []
        record.isConflict = false
        record.doubts = []
        record.lostWithin = 0
        record.info.removeAll()
        record.said = 0..<0
        record.order = 0
        record.answered = nil
        record.announced = nil
        record.frames.removeAll(keepingCapacity: true)
        for frame in frames { record.frames.append(frame.frame) }
        record.tree.removeAll()
        ownCount = 0
        record.ciphertext = []
    }

    // MARK: Tree

    mutating func takeTree() -> Tree {
        var tree = Tree()
        swap(&tree, &record.tree)
        return tree
    }

    /// Frame, IP and TCP, as generated nodes, where it came in packets: the message is not of one packet.
    mutating func appendOrigin(
        _ sender: StreamSender, _ number: UInt64, _ segment: SegmentNote?, _ packet: PacketNote? = nil
    ) {
        guard let ends = sender.ends else {
            record.protocolNode = 0
            return
        }
        let view = packets.shown.isEmpty ? nil : packet.map { PacketView($0, packets.shown, fields.packet) }
        var sink = TreeSink(takeTree())
        let frame = sink.open(fields.frame, at: 0, value: 0, flags: .generated)
        sink.generate(fields.frameNumber, value: record.frameNumber, RawSpan())
        if record.hasTime {
            sink.generate(fields.frameTime, value: UInt64(bitPattern: record.time), RawSpan())
            sink.generate(fields.frameTimeEpoch, value: UInt64(bitPattern: record.time), RawSpan())
            let relative = record.time &- record.captureStart
            sink.generate(fields.frameTimeRelative, value: UInt64(bitPattern: relative), RawSpan())
        }
        if let segment {
            sink.generate(fields.frameLength, value: UInt64(segment.frameLength), RawSpan())
            appendNotes(segment, &sink)
        }
        if let view {
            view.appendFrame(to: &sink, since: sinceShown)
        } else if packets.isComplete {
            appendNoFrame(ends, hasLength: segment != nil, &sink)
        }
        appendFile(sender.file, &sink)
        sink.close(frame, at: 0)

        view?.appendLink(to: &sink)
        appendEnds(ends, sender, number, segment, view, &sink)
        appendPlace(&sink)
        if let claims = context.claims {
            let peer = sink.open(fields.peer, at: 0, value: 0, flags: .generated)
            sink.generate(fields.peerVersion, value: claims.version, RawSpan())
            sink.generate(fields.peerServices, value: claims.services, RawSpan())
            sink.generate(fields.peerUserAgent, value: 0, claims.userAgent.span.bytes)
            sink.close(peer, at: 0)
        }
        record.protocolNode = sink.tree.nodes.count
        record.tree = sink.tree
    }

    /// What stands for a frame of which nothing is known, as where bytes are missing: programs that read tshark's
    /// formats expect a length and the protocols of every frame.
    private func appendNoFrame(_ ends: Ends, hasLength: Bool, _ sink: inout TreeSink) {
        if !hasLength { sink.generate(fields.frameLength, value: 0, RawSpan()) }
        let isIPv6 = (ends.source ?? ends.destination)?.family == .ipv6
        sink.generate(fields.packet.protocols) { $0.append(isIPv6 ? "ipv6:tcp:bitcoin" : "ip:tcp:bitcoin") }
    }

    /// - Parameter place: Of the input, from 1; 0 where it is not known.
    private mutating func appendFile(_ place: UInt32, _ sink: inout TreeSink) {
        guard place > 0, let captureNotes else { return }
        if place != file.place {
            file = (place, captureNotes.path(ofFile: Int(place) - 1).map { Array($0.utf8) } ?? [])
        }
        if !file.path.isEmpty { sink.generate(fields.frameFile, value: 0, file.path.span.bytes) }
    }

    /// What a pcapng file says of the frame.
    private func appendNotes(_ segment: SegmentNote, _ sink: inout TreeSink) {
        guard let captureNotes, segment.interface > 0 || segment.comment > 0 else { return }
        if let interface = captureNotes.interface(segment.interface) {
            sink.generate(fields.interfaceNumber, value: UInt64(interface.number), RawSpan())
            if !interface.name.isEmpty {
                sink.generate(fields.interfaceName, value: 0, interface.name.span.bytes)
            }
        }
        for comment in captureNotes.comments(segment.comment) {
            sink.generate(fields.comment, value: 0, comment.span.bytes)
        }
    }

    /// The record's place among the others: of a gap only its direction, and whether it is late.
    private func appendPlace(_ sink: inout TreeSink) {
        if !record.isNumbered, record.sender == .unknown, !record.isLate { return }
        let message = sink.open(fields.message, at: 0, value: 0, flags: .generated)
        if record.isNumbered { sink.generate(fields.messageNumber, value: record.number, RawSpan()) }
        if record.sender != .unknown {
            sink.generate(fields.direction, value: record.sender == .initiator ? 0 : 1, RawSpan())
        }
        if record.isNumbered {
            sink.generate(fields.messageLength, value: UInt64(record.length), RawSpan())
            if !record.frames.isEmpty {
                sink.generate(fields.frames, value: UInt64(record.frames.count), RawSpan())
                for frame in record.frames { sink.generate(fields.memberFrame, value: frame, RawSpan()) }
            }
        }
        if record.isLate { sink.generate(fields.lateRecord, value: 1, RawSpan()) }
        sink.close(message, at: 0)
    }

    private func appendRelations(_ sink: inout TreeSink) {
        let relations = fields.relations
        for request in context.related {
            sink.generate(relations.responseTo, value: request.requestFrame, RawSpan())
            guard let time = request.responseTime else { continue }
            sink.generate(relations.responseTime, value: UInt64(bitPattern: time), RawSpan())
        }
        if let frame = context.earlier.announcedIn {
            sink.generate(relations.announcements.announcedIn, value: frame, RawSpan())
        }
        if let first = context.earlier.first { relations.announcements.append(first, to: &sink) }
        if let counts = context.earlier.shortIDs {
            sink.generate(relations.seen, value: counts.seen, RawSpan())
            sink.generate(relations.ambiguous, value: counts.ambiguous, RawSpan())
        }
        for answer in context.answers where answer.frame > 0 {
            sink.generate(relations.responseIn, value: answer.frame, RawSpan())
        }
        for answer in context.answers {
            guard let outcome = answer.outcome else { continue }
            sink.generate(relations.outcome, value: UInt64(outcome.rawValue), RawSpan())
        }
    }

    /// `[197 µs]`: how long a request has waited for this.
    private mutating func appendResponseTime() {
        guard showsResponseTimes, let time = context.related.first?.responseTime else { return }
        record.info.append(" [")
        record.info.append(duration: time, decimals: record.timeDecimals)
        record.info.append("]")
    }

    private func appendEnds(
        _ ends: Ends, _ sender: StreamSender, _ number: UInt64, _ segment: SegmentNote?, _ view: PacketView?,
        _ sink: inout TreeSink
    ) {
        if let family = (ends.source ?? ends.destination)?.family {
            let isIPv4 = family == .ipv4
            let ip = sink.open(isIPv4 ? fields.ip : fields.ipv6, at: 0, value: 0, flags: .generated)
            ends.source?.address.withBytes {
                sink.generate(isIPv4 ? fields.ipSource : fields.ipv6Source, value: 0, $0)
            }
            ends.destination?.address.withBytes {
                sink.generate(isIPv4 ? fields.ipDestination : fields.ipv6Destination, value: 0, $0)
            }
            view?.appendNetwork(to: &sink)
            sink.close(ip, at: 0)
        }
        let tcp = sink.open(fields.tcp, at: 0, value: 0, flags: .generated)
        if let port = ends.source?.port { sink.generate(fields.sourcePort, value: UInt64(port), RawSpan()) }
        if let port = ends.destination?.port { sink.generate(fields.destinationPort, value: UInt64(port), RawSpan()) }
        sink.generate(fields.stream, value: number, RawSpan())
        if let segment {
            let sequence = segment.sequence &- sender.firstSequence &+ 1
            sink.generate(fields.sequence, value: UInt64(sequence), RawSpan())
            sink.generate(fields.segmentLength, value: UInt64(segment.payloadLength), RawSpan())
        }
        view?.appendTransport(to: &sink)
        sink.close(tcp, at: 0)
    }

    /// - Returns: Whether the payload is malformed, as far as a tree is made of it.
    private mutating func appendMessage(
        _ finding: Finding, _ type: MessageType?, _ context: MessageContext, _ bytes: RawSpan, depth: Depth,
        wantsInfo: Bool, isCut: Bool, hasPayloadOnly: Bool
    ) -> Bool {
        let message = finding.message
        var isMalformed = false
        var sink = TreeSink(takeTree(), wantsInfo: wantsInfo, isCut: isCut)
        sink.wantsWholeHashes = wantsWholeHashes
        swap(&sink.info, &record.info)
        let layer = sink.open(fields.bitcoin, at: 0, value: 0, flags: [])
        var cursor = Cursor(bytes, sink)
        var hasHeader = bytes.byteCount >= message.header.byteCount
        if !hasPayloadOnly {
            do throws(Stop) {
                if let packet = finding.packet { try fields.v2.layout(&cursor, packet, hasMessage: true) }
                try fields.header.layout(
                    &cursor, message.header, message.status, calculated: message.payloadHash?.checksum,
                    remarks: finding.remarks)
            } catch {
                hasHeader = false
            }
        }
        appendFindings(finding, isCut: isCut, &cursor)
        if depth >= .fields, hasHeader {
            sink = cursor.finish()
            if let type {
                if depth == .fields {
                    var pick = PickSink(sink, wanted: picked, remarks: pickedRemarks)
                    type.pick(bytes, from: message.header.byteCount, context, into: &pick)
                    sink = pick.finish()
                } else {
                    type.dissect(bytes, from: message.header.byteCount, context, into: &sink)
                }
                isMalformed = sink.isMalformed
            } else {
                appendUnknown(bytes, from: message.header.byteCount, &sink)
            }
        } else {
            sink = cursor.finish()
        }
        if showsPayload { appendPayload(message.header.byteCount, message.payloadLength, &sink) }
        sink.close(layer, at: bytes.byteCount)
        swap(&sink.info, &record.info)
        record.tree = sink.tree
        return isMalformed
    }

    private func appendFindings(_ finding: Finding, isCut: Bool, _ cursor: inout Cursor<TreeSink>) {
        if isCut {
            cursor.generate(fields.captured, UInt64(finding.message.payloadLength))
            cursor.annotate(fields.problems.messageCut, UInt64(finding.message.payloadLength))
        }
        fields.appendLoss(finding.before + finding.own, finding.doubts, &cursor.sink)
        for place in record.places.texts { cursor.sink.generate(fields.found) { $0.append(place) } }
        appendRelations(&cursor.sink)
    }

    private func appendUnknown(_ bytes: RawSpan, from start: Int, _ sink: inout TreeSink) {
        let group = sink.open(fields.problems.unknown, at: start, value: 0, flags: [])
        sink.annotate(fields.problems.commandUnknown, value: 0)
        if bytes.byteCount > start {
            sink.leaf(fields.data, at: start, length: bytes.byteCount - start, value: 0, flags: [])
        }
        sink.close(group, at: bytes.byteCount)
    }
}
