import Dissector
import Fields
import FuzzSupport
import Output
import Records

// Every writer over a conversation, and whether what it writes is well formed. The first byte chooses the writer, the
// second its options, two more the columns; then messages, each the 12 bytes of its command, two of its length (with a
// bit for the side that sends it and one for a wrong checksum) and its payload. The last one may be cut.
Pipeline.declareFields()
nonisolated(unsafe) let written = WrittenBytes()

/// Counts the records that the writer beside it gets.
final class Counter: RecordSink {
    var records = 0
    var messages = 0
    let wants = Wants(.summary)
    func begin() {}
    func end() {}
    func write(_ record: borrowing Record, _: RawSpan) {
        records += 1
        if record.isMessage { messages += 1 }
    }
}

/// A writer and what must be true of its output.
struct Subject {
    let writer: any RecordSink
    var options = PipelineOptions()
    let problem: ([UInt8], Counter) -> String?
}

/// Fields of any kind; those that hold texts of strangers come often.
let texts = ["bitcoin.version.user_agent", "bitcoin.command", "bitcoin.peer.user_agent", "_ws.col.info"]
let names = RecordNames.all

func columns(_ seed: UInt16) -> [FieldColumn] {
    var state = UInt32(seed)
    func number() -> Int {
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int(state >> 8)
    }
    return (0...number() % 6).map { place in
        let name = place % 2 == 0 ? texts[number() % texts.count] : names[number() % names.count]
        return FieldColumn(name: name, fields: RecordNames.fields(named: name))
    }.filter { !$0.fields.isEmpty }
}

func format(_ choice: UInt8) -> FieldsFormat {
    var format = FieldsFormat()
    let options = [
        ["header=y"], ["bom=y"], ["separator=,"], ["separator=/s", "aggregator=;"], ["quote=d"], ["quote=s"],
        ["occurrence=f", "quote=d", "separator=,"], ["occurrence=l"],
    ]
    for (bit, option) in options.enumerated() where choice & 1 << UInt8(bit) != 0 {
        for text in option {
            var changed = format
            do throws(FieldsFormat.Problem) {
                try changed.set(text)
                try changed.check()
                format = changed
            } catch {}
        }
    }
    return format
}

func json(_ lines: @escaping (Counter) -> Int) -> ([UInt8], Counter) -> String? {
    { bytes, counter in
        WellFormed.textProblem(bytes) ?? WellFormed.jsonLinesProblem(bytes, lines: lines(counter))
    }
}

func array(_ bytes: [UInt8], _ counter: Counter) -> String? {
    if let problem = WellFormed.textProblem(bytes) { return problem }
    let (problem, elements) = WellFormed.jsonProblem(bytes)
    return problem ?? (elements == counter.records ? nil : "\(elements) elements of \(counter.records)")
}

func xml(_ bytes: [UInt8], _ counter: Counter) -> String? {
    if let problem = WellFormed.textProblem(bytes) { return problem }
    let (problem, children) = WellFormed.xmlProblem(bytes)
    return problem ?? (children == counter.records ? nil : "\(children) packets of \(counter.records)")
}

/// Text for people: `allowed` are a TAB or nothing.
func text(_ bytes: [UInt8], isColoured: Bool, allowing allowed: Set<UInt32> = []) -> String? {
    WellFormed.textProblem(isColoured ? WellFormed.withoutColours(bytes) : bytes, allowing: allowed)
}

func fields(_ output: ByteOutput, _ columns: [FieldColumn], _ choice: UInt8) -> Subject {
    let format = format(choice)
    let writer = FieldsWriter(
        output, columns: columns, format: format, depth: Depth(holding: columns.flatMap(\.fields)))
    return Subject(writer: writer) { bytes, counter in
        var bytes = bytes[...]
        if format.hasByteOrderMark {
            guard bytes.starts(with: [0xef, 0xbb, 0xbf]) else { return "no byte order mark" }
            bytes = bytes.dropFirst(3)
        }
        if let problem = WellFormed.textProblem(Array(bytes), allowing: [UInt32(format.separator)]) { return problem }
        if format.hasHeader {
            // The names are the user's own, and stand without quotes.
            guard let end = bytes.firstIndex(of: 0x0a) else { return "no header" }
            bytes = bytes[(end + 1)...]
        }
        let quote: UInt8? = [.none: nil, .double: 0x22, .single: 0x27][format.quote] ?? nil
        // An aggregator that separates columns, too, is allowed only where one value is shown or quotes tell them apart.
        return WellFormed.rowProblem(
            Array(bytes), columns: columns.count, rows: counter.records, separator: format.separator, quote: quote)
    }
}

func subject(_ kind: UInt8, _ choice: UInt8, _ columns: [FieldColumn]) -> Subject {
    let output = written.output
    let isColoured = choice & 1 != 0
    let colour = Colour(isOn: isColoured)
    let times = TimeFormat.allCases
    let time = TimeColumn(times[Int(choice >> 1) % times.count])
    let depth = Depth(holding: columns.flatMap(\.fields))
    let statistics = Statistic.allCases
    switch kind % 21 {
    case 0:
        let writer = TextWriter(
            output, summary: SummaryLine(time: time, colour: colour),
            tree: TreeText(full: choice & 64 != 0, colour: colour),
            hex: choice & 128 != 0)
        return Subject(writer: writer) { bytes, _ in text(bytes, isColoured: isColoured) }
    case 1:
        let writer = TextWriter(
            output, summary: SummaryLine(time: time, colour: colour),
            annotated: AnnotatedText(full: choice & 64 != 0, colour: colour), hex: choice & 128 != 0)
        return Subject(writer: writer) { bytes, _ in text(bytes, isColoured: isColoured) }
    case 2:
        let writer = TextWriter(output, summary: SummaryLine(time: time, colour: colour))
        return Subject(writer: writer) { bytes, counter in
            text(bytes, isColoured: isColoured)
                ?? (bytes.count(where: { $0 == 0x0a }) == counter.records ? nil : "not a line a record")
        }
    case 3:
        let writer = TextWriter(output, summary: SummaryLine(time: time, colour: colour, separator: 0x09))
        return Subject(writer: writer) { bytes, counter in
            text(bytes, isColoured: isColoured, allowing: [0x09])
                ?? WellFormed.rowProblem(bytes, columns: 8, rows: counter.records, separator: 0x09, quote: nil)
        }
    case 4, 5, 6: return fields(output, columns, choice)
    case 7: return Subject(writer: JSONWriter(output), problem: array)
    case 8: return Subject(writer: JSONWriter(output, choice & 1 == 0 ? .raw : .valuesAndRaw), problem: array)
    case 9: return Subject(writer: JSONWriter(output, columns: columns, depth: depth), problem: array)
    case 10: return Subject(writer: EKWriter(output, raw: choice & 1 != 0), problem: json { $0.records * 2 })
    case 11:
        return Subject(writer: EKWriter(output, columns: columns, depth: depth), problem: json { $0.records * 2 })
    case 12: return Subject(writer: PDMLWriter(output, creator: "fuzz", captureFile: "<\"&'>"), problem: xml)
    case 13:
        let writer = PDMLWriter(output, creator: "fuzz", captureFile: nil, columns: columns, depth: depth)
        return Subject(writer: writer, problem: xml)
    case 14: return Subject(writer: NDJSONWriter(output), problem: json { $0.records })
    case 15:
        return Subject(writer: NDJSONWriter(output, columns: columns, depth: depth), problem: json { $0.records })
    case 16:
        let writer = statistics[Int(choice) % statistics.count].makeWriter(output, .table)
        return Subject(writer: writer) { bytes, _ in text(bytes, isColoured: false) }
    case 17:
        let writer = statistics[Int(choice) % statistics.count].makeWriter(output, .ndjson)
        return Subject(writer: writer) { bytes, _ in
            let lines = bytes.count(where: { $0 == 0x0a })
            return WellFormed.textProblem(bytes) ?? WellFormed.jsonLinesProblem(bytes, lines: lines)
        }
    case 18:
        let writer = ColumnsWriter(
            output, SummaryColumn.standard, style: .psml(creator: "<fuzz>"), time: time, depth: depth)
        return Subject(writer: writer) { bytes, counter in
            if let problem = WellFormed.textProblem(bytes) { return problem }
            let (problem, children) = WellFormed.xmlProblem(bytes)
            // The titles, and then the records.
            return problem ?? (children == counter.records + 1 ? nil : "not an element a record")
        }
    case 19:
        let writer = ColumnsWriter(output, SummaryColumn.standard, style: .text, time: time, depth: depth)
        return Subject(writer: writer) { bytes, counter in
            text(bytes, isColoured: false)
                ?? (bytes.count(where: { $0 == 0x0a }) == counter.records ? nil : "not a line a record")
        }
    default:
        let forms = FollowStatistics.Form.allCases
        let writer = FollowStatistics(
            forms[Int(choice) % forms.count], stream: 0, writesAtOnce: choice & 128 != 0, to: output)
        return Subject(writer: writer) { bytes, _ in text(bytes, isColoured: false, allowing: [0x09]) }
    }
}

fuzz { start, count in
    var input = Input(start, count)
    let (kind, choice) = (input.byte(), input.byte())
    let columns = columns(input.word())
    let counter = Counter()
    var subject = subject(kind, choice, columns)
    if RecordNames.containsColumns(columns.flatMap(\.fields)) { subject.options.columns = TimeColumn(.utcWithDate) }
    let group = WriterGroup([subject.writer, counter])
    group.begin()
    var sinkhole = Sinkhole(group, subject.options)
    var conversation = Conversation(into: &sinkhole)
    while !input.isEmpty {
        let name = input.bytes(12)
        let length = input.word()
        let payload = input.bytes(Int(length & 0x3fff))
        // One that ends with the input says that there was more.
        let more: UInt32 = input.isEmpty && length & 0x3fff > payload.count ? 100 : 0
        let message = framed(
            name, payload, length: UInt32(payload.count) + more, isDamaged: length & 0x4000 != 0)
        conversation.send(message, fromServer: length & 0x8000 != 0, into: &sinkhole)
    }
    sinkhole.finish()
    group.end()
    let bytes = written.take()
    if let problem = subject.problem(bytes, counter) {
        fatalError("writer \(kind % 21), options \(choice): \(problem)")
    }
    return 0
}
