/// Gives a layout the bytes of ``BuildValues``, so that what reads a message also builds it.
///
/// A value is matched when the layout asks for its field, in the group that is open then. What is wrong is noted, and
/// building goes on with zeros, so that all is said at once.
package struct BuildSink: FieldSink, ~Copyable {
    /// A field that was written.
    package struct Written: Sendable {
        package let field: Field
        package let range: Range<Int>
    }

    /// A field that the layout asked for.
    package struct Request: Sendable {
        /// The names of the groups in which it stands, from the outermost on.
        package let groups: [String]
        package let field: Field
        /// The number of these, where it is a count.
        package let counted: Field?
        /// Whether its value need not be given, since it follows from others.
        package let follows: Bool
    }

    /// Which requests are kept.
    package enum Outline: Sendable {
        case none
        /// Those of a message with all that it must have.
        case needed
        /// Those of one with all that it may have, too.
        case optional
    }

    // Nothing is summed up and nothing is remarked on what is built.
    package var info = TextBuffer()
    package var wantsInfo: Bool { false }
    package var wantsWholeHashes: Bool { false }
    package var isMalformed = false
    package static var mode: SinkMode { .build }
    package var isFull: Bool { false }
    package func wants(_: Field) -> Bool { false }
    package func wantsAny(of _: borrowing FieldSet) -> Bool { false }
    package var wantsRemarks: Bool { false }

    /// What was wrong with the values.
    package private(set) var problems: [BuildProblem] = []
    package private(set) var missing: [BuildProblem] = []
    /// Every field that was written, in order.
    package private(set) var written: [Written] = []
    /// What was made up.
    package private(set) var made: [Field] = []
    /// For each of the values whether a field took it.
    package private(set) var isUsed: [Bool]
    /// What was asked for, in order, where that is kept.
    package private(set) var requests: [Request] = []
    /// Extents that were learnt, in the order in which they were asked for.
    package private(set) var extents: [Int] = []

    let source: BuildValues
    /// What stands in for what is not given.
    private let fill: BuildFill
    private let memory: UnsafeMutableRawBufferPointer
    private let outline: Outline
    private var scopes: [BuildScope]
    private let knownExtents: [Int]
    private var extentsAsked = 0
    /// Counts and lengths are made again where they do not say what is there.
    private let updates: Bool
    /// A count promises more than there is: the message ends where that is missing.
    private var mayEnd = false
    /// Fields that have one right value, which follows from another part of the message: these.
    private let following: [Field: BuildFill.Content]
    /// Fields that the layout has asked for, and groups that it has opened.
    package private(set) var asked: Set<Field> = []
    private var lacking: Set<[String]> = []

    /// - Parameters:
    ///   - extents: What a run before has learnt.
    ///   - isUsed: Which values were used before, in another part of the message.
    ///   - following: Fields that have one right value, which follows from another part of the message.
    ///   - updates: Given counts, lengths and fields that follow are made again where they are not right.
    ///   - outline: Which requests are kept.
    package init(
        _ source: BuildValues, fill: BuildFill, into memory: borrowing BuildMemory, extents: [Int] = [],
        isUsed: [Bool]? = nil, following: [Field: BuildFill.Content] = [:], updates: Bool = false,
        outline: Outline = .none
    ) {
        self.outline = outline
        self.following = following
        self.source = source
        self.fill = fill
        self.memory = memory.buffer
        self.updates = updates
        knownExtents = extents
        self.isUsed = isUsed ?? Array(repeating: false, count: source.values.count)
        scopes = [BuildScope(members: 0..<source.values.count, name: "", entry: nil)]
    }

    /// One that builds nothing.
    package init() {
        outline = .none
        source = BuildValues()
        fill = .nothing
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        updates = false
        following = [:]
        knownExtents = []
        isUsed = []
        scopes = []
    }

    package var fillsIn: Bool { fill.isZero }
    package var isLacking: Bool { !missing.isEmpty }

    // MARK: What the layout asks for

    package mutating func supply(_ field: Field, _ form: WireForm, at start: Int) throws(Stop) -> Int {
        asked.insert(field)
        if outline != .none { keep(field, form) }
        if case .extent = form.source { extentsAsked += 1 }
        guard let index = find(field, isGroup: false) else { return try supplyMissing(field, form, at: start) }
        use(index, for: field)
        let isChanged = source.values[index].isChanged
        let given: GivenValue
        do throws(ValueLiteral.Fault) {
            given = try GivenValue(source, index, field, form)
        } catch {
            note(field, error.reason)
            return try write(form.shape.zeros, at: start, field)
        }
        if updates, !isChanged, let number = derived(form), given.number != number {
            return try supplyMissing(field, form, at: start)
        }
        if let content = following[field], let right = try? GivenValue(content, field, form), given.bytes != right.bytes
        {
            if updates, !isChanged { return try write(right.bytes, at: start, field) }
            // What is given as it stands on the wire is meant so.
            if !given.isWire {
                note(
                    field, "\(given.text(field)) was given, \(right.text(field)) is needed; field:=hex is not compared",
                    follows: true)
            }
        }
        note(given, field, form)
        return try write(given.bytes, at: start, field)
    }

    private mutating func supplyMissing(_ field: Field, _ form: WireForm, at start: Int) throws(Stop) -> Int {
        if let number = derived(form) { return try write(derived: number, form.shape, at: start, field) }
        switch (form.shape, form.source) {
        case (.rest, _), (.bytes(0), _): return start
        case (let shape, .constant(let number)): return try write(shape.bytes(number) ?? [], at: start, field)
        case (let shape, _):
            if let content = following[field] ?? fill.value(of: field) {
                if let bytes = try? GivenValue(content, field, form).bytes { return try write(bytes, at: start, field) }
            }
            if fill.isZero {
                if made.last != field { made.append(field) }
                return try write(shape.zeros, at: start, field)
            }
            if mayEnd { return start }
            lack(field)
            return try write(shape.zeros, at: start, field)
        }
    }

    /// What a count or length is by what there is; nil of other fields.
    private func derived(_ form: WireForm) -> UInt64? {
        switch form.source {
        case .count(let entry): return UInt64(entries(of: entry))
        case .length(let first, let second, let third, let otherwise):
            return UInt64(length(of: [first, second, third].compactMap(\.self)) ?? otherwise)
        case .extent:
            let place = extentsAsked - 1
            return place < knownExtents.count ? UInt64(knownExtents[place]) : 0
        case .nothing, .constant: return nil
        }
    }

    private mutating func keep(_ field: Field, _ form: WireForm) {
        var counted: Field?
        var follows = true
        switch form.source {
        case .nothing: follows = following[field] != nil
        case .count(let entry): counted = entry
        case .length, .extent, .constant: break
        }
        requests.append(
            Request(groups: scopes.dropFirst().map(\.name), field: field, counted: counted, follows: follows))
    }

    package func isGiven(_ field: Field, in entry: Field?) -> Bool {
        if outline == .optional { return true }
        guard let entry else { return find(field, isGroup: field.isHeading) != nil }
        guard let index = find(entry, isGroup: true) else { return false }
        var at = index + 1
        while at < source.values[index].end {
            if source.values[at].name.names(field) { return true }
            at = source.values[at].end
        }
        return false
    }

    package mutating func learn(extent: Range<Int>) {
        extents.append(extent.count)
    }

    // MARK: Matching

    private func find(_ field: Field, isGroup: Bool) -> Int? {
        guard let scope = scopes.last else { return nil }
        return scope.next(field, isGroup: isGroup, source, isUsed)
    }

    private mutating func use(_ index: Int, for field: Field) {
        isUsed[index] = true
        scopes[scopes.count - 1].advance(after: index, for: field, source)
    }

    private func entries(of field: Field) -> Int {
        guard let scope = scopes.last else { return 0 }
        var entries = 0
        var at = scope.members.lowerBound
        while at < scope.members.upperBound {
            if !isUsed[at], source.values[at].name.names(field) { entries += 1 }
            at = source.values[at].end
        }
        return entries
    }

    /// How many bytes the first of `fields` has that is given.
    private func length(of fields: [Field]) -> Int? {
        for field in fields {
            guard let index = find(field, isGroup: false) else {
                if case .bytes(let bytes) = fill.value(of: field) { return bytes.count }
                continue
            }
            return (try? GivenValue(source, index, field, WireForm(.rest)).bytes.count) ?? 0
        }
        return nil
    }

    // MARK: Groups

    package mutating func open(_ field: Field, at _: Int, value: UInt64, flags: NodeFlags) -> Int {
        let entry = flags.contains(.listEntry) ? value : nil
        asked.insert(field)
        let index = find(field, isGroup: true)
        if let index { use(index, for: field) }
        let members = index.map { $0 + 1..<source.values[$0].end } ?? 0..<0
        scopes.append(BuildScope(members: members, name: field.declaration.name, entry: entry))
        return 0
    }

    package mutating func close(_: Int, at _: Int) {
        if scopes.count > 1 { scopes.removeLast() }
    }

    package mutating func reopen() -> Int { 0 }
    package var newest: Int { 0 }
    package mutating func list(after _: Int) {}

    package mutating func leaf(_ field: Field, at start: Int, length: Int, value _: UInt64, flags _: NodeFlags) {
        written.append(Written(field: field, range: start..<start + length))
    }

    package mutating func generate(_: Field, value _: UInt64, _: RawSpan) {}
    package mutating func generate(_: Field, writing _: (inout TextBuffer) -> Void) {}
    package mutating func annotate(_: Remark, value _: UInt64) {}
    package mutating func head(_: Int, _: borrowing TextBuffer) {}
    package mutating func head(_: Int, writing _: (inout TextBuffer) -> Void) {}

    // MARK: Writing

    /// Notes what a given count says of entries that are not there.
    private mutating func note(_ given: GivenValue, _ field: Field, _ form: WireForm) {
        guard case .count(let entry) = form.source, let number = given.number else { return }
        let there = entries(of: entry)
        guard number != UInt64(there) else { return }
        // What was given as it stands on the wire is meant so.
        if !given.isWire { note(field, Self.disagreement(number, there), follows: true) }
        mayEnd = mayEnd || number > UInt64(there)
    }

    private static func disagreement(_ number: UInt64, _ there: Int) -> String {
        "it says \(number), \(there) \(there == 1 ? "is" : "are") given"
    }

    mutating func note(_ field: Field, _ reason: String, follows: Bool = false) {
        problems.append(
            BuildProblem(field: field.declaration.name, place: place, reason: reason, isOutdated: follows))
    }

    private mutating func lack(_ field: Field) {
        let name = field.declaration.name
        let groups = scopes.dropFirst().map(\.name)
        // The first entry of a list stands for all.
        guard lacking.insert(groups + [name]).inserted else { return }
        missing.append(BuildProblem(field: name, place: place, reason: "missing"))
    }

    /// Where the group that is open stands: `item[3]`.
    private var place: String {
        scopes.dropFirst().map { scope in
            let name = scope.name.split(separator: ".").last.map(String.init) ?? scope.name
            return scope.entry.map { "\(name)[\($0)]" } ?? name
        }.joined(separator: "/")
    }

    private mutating func write(
        derived number: UInt64, _ shape: WireForm.Shape, at start: Int, _ field: Field
    ) throws(Stop) -> Int {
        guard let bytes = shape.bytes(number) else {
            note(field, "\(number) are given, more than it can say")
            return try write(shape.zeros, at: start, field)
        }
        return try write(bytes, at: start, field)
    }

    private mutating func write(_ bytes: [UInt8], at start: Int, _ field: Field) throws(Stop) -> Int {
        guard start >= 0, start <= memory.count, bytes.count <= memory.count - start else {
            note(field, "the message becomes longer than \(memory.count) bytes")
            throw Stop()
        }
        bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: memory[start...]).copyMemory(from: $0) }
        return start + bytes.count
    }
}
