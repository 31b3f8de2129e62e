import ArgumentParser
import Dissector
import Fields
import Glibc
import Insight
import Output
import Records

/// What is to be printed of each message and at the end, and how.
struct Presentation: Sendable {
    let format: OutputFormat
    let columns: [FieldColumn]
    let fieldsFormat: FieldsFormat
    /// Of summary lines; nil for the usual ones.
    let summaryColumns: [SummaryColumn]?
    let layers: LayerChoice?
    let time: TimeFormat
    let seconds: SecondsFormat
    let terminal: Terminal
    let statistics: [AskedStatistic]
    /// How they are answered.
    let answerFormat: AnswerFormat
    /// How ladders are drawn.
    let flowStyle: FlowStyle
    /// Messages are printed, not only counted or written elsewhere.
    let printsRecords: Bool
    let showsTree: Bool
    let showsSummary: Bool
    let showsHex: Bool
    let annotates: Bool
    let isFull: Bool
    /// What programs may read of one message; nil for all of it.
    private let budget: OutputBudget?
    private let captureFile: String?
    private var creator: String { "btcshark/\(Btcshark.version)" }

    init(_ options: Options, isPasted: Bool) throws {
        format = try Self.format(options)
        for text in options.preferences where !text.hasPrefix("\(Preferences.columnFormat):") {
            guard let ignored = try Preferences.ignored(text), !options.reallyQuiet else { continue }
            StandardError.complain(ignored)
        }
        let summaryColumns = try Preferences.columns(options.preferences)
        self.summaryColumns = summaryColumns
        columns = try options.fields.map { try FieldNames.column(named: $0, among: summaryColumns ?? []) }
        fieldsFormat = try Self.fieldsFormat(options)
        statistics = try options.statistics.map(AskedStatistic.init)
        if options.json, statistics.isEmpty {
            throw ValidationError("--json needs -z: it is how statistics are printed.")
        }
        if options.json, format != .text { throw ValidationError("--json and -T cannot be used together.") }
        if options.json || format == .ndjson, let reason = statistics.lazy.compactMap(\.hindersJSON).first {
            throw ValidationError("\(reason) has no JSON: leave --json and -T ndjson out.")
        }
        if options.ascii, !statistics.contains(where: \.isPicture) { throw ValidationError("--ascii needs -z flow.") }
        answerFormat = options.json ? .json : format == .ndjson ? .ndjson : .table
        terminal = Terminal(options.color)
        time = try Self.time(options, isWatched: terminal.isTerminal && format == .text)
        guard let seconds = SecondsFormat(rawValue: options.seconds) else {
            throw ValidationError("-u: '\(options.seconds)' is neither s nor hms.")
        }
        self.seconds = seconds
        layers = try options.layerChoice()
        flowStyle = FlowStyle(
            width: Terminal.width ?? 100, isASCII: options.ascii || !Terminal.isUTF8, colour: terminal.colour)

        showsTree = options.tree || options.protocols != nil
        showsHex = options.hex
        isFull = options.full
        budget = options.interface == nil || isFull ? nil : .live
        captureFile = options.read.first ?? options.interface
        // A pasted message has no packet to sum up; who pastes one wants to learn.
        annotates = options.annotate || isPasted && !showsTree && !showsHex
        showsSummary = options.summary || !showsTree && !isPasted
        // A live capture is shown while it is recorded, unless it is recorded to where it would be shown.
        let isWrittenInstead = options.interface == nil ? options.write != nil : options.write == "-"
        // With a statistic -Q is -q as well, as in tshark, unless the form of messages is asked for.
        let asksForMessages = format != .text || showsTree || showsHex || annotates || options.summary
        let isQuiet = options.quiet || options.reallyQuiet && !statistics.isEmpty && !asksForMessages
        printsRecords = !isQuiet && !options.json && !options.top && (!isWrittenInstead || options.summary)
        if options.top { try Self.checkTop(options, isPrinting: format != .text || showsTree || showsHex || annotates) }
    }

    var timeColumn: TimeColumn { TimeColumn(time, seconds) }

    /// Columns into which what people read is fitted; nil where it is shown in full.
    var width: Int? { isFull ? nil : terminal.width }

    /// All fields that are looked at by name.
    var fields: [Field] { columns.flatMap(\.fields) + ColumnsWriter.fields(of: summaryColumns ?? []) }

    /// What is asked of the whole capture.
    var questions: [QuestionName] { statistics.compactMap(\.question) }

    /// The writers of all that is to be printed.
    func makeWriters(_ output: ByteOutput) -> [any RecordSink] {
        var writers: [any RecordSink] = []
        if printsRecords { writers.append(makeRecordWriter(output)) }
        return writers
    }

    /// How several threads write the records; nil where what is written of one depends on those before it.
    func sharedWriting(_ output: ByteOutput, _ threads: Int) -> SharedWriting? {
        guard printsRecords else { return nil }
        let showsTimes = format == .text && showsSummary || format == .tabs || format == .psml
        if showsTimes, timeColumn.dependsOnRecordBefore { return nil }
        if summaryColumns?.contains(where: \.dependsOnRecordBefore) == true { return nil }
        // Its first message has a heading.
        if format == .text, annotates { return nil }
        return SharedWriting(threads: threads, output) { makeRecordWriter($0, isPart: true) }
    }

    /// - Parameter isPart: Another writer joins what several of them write.
    private func makeRecordWriter(_ output: ByteOutput, isPart: Bool = false) -> any RecordSink {
        let depth = Depth(holding: fields)
        let colour = terminal.colour
        let lineColumns = summaryColumns ?? SummaryColumn.standard
        switch format {
        case .psml:
            return ColumnsWriter(
                output, lineColumns, style: .psml(creator: creator), time: timeColumn, depth: depth)
        case .tabs where summaryColumns != nil:
            return ColumnsWriter(output, lineColumns, style: .tabs, time: timeColumn, depth: depth)
        case .text where summaryColumns != nil && showsSummary && !showsTree && !annotates && !showsHex:
            return ColumnsWriter(output, lineColumns, style: .text, time: timeColumn, depth: depth)
        case .text:
            return TextWriter(
                output, summary: showsSummary ? SummaryLine(time: timeColumn, colour: colour) : nil,
                places: PlaceLines(full: isFull, colour: colour),
                tree: showsTree ? TreeText(full: isFull, colour: colour) : nil,
                annotated: annotates ? AnnotatedText(full: isFull, colour: colour) : nil, hex: showsHex)
        case .tabs:
            return TextWriter(
                output, summary: SummaryLine(time: timeColumn, colour: colour, separator: 0x09), isForPeople: false)
        case .fields: return FieldsWriter(output, columns: columns, format: fieldsFormat, depth: depth)
        case .json where !columns.isEmpty:
            return JSONWriter(output, columns: columns, depth: depth, isPart: isPart)
        case .json:
            let content = showsHex ? JSONWriter.Content.valuesAndRaw : .values
            return JSONWriter(output, content, budget: budget, layers: layers, isPart: isPart)
        case .jsonraw: return JSONWriter(output, .raw, budget: budget, layers: layers, isPart: isPart)
        case .ek where !columns.isEmpty: return EKWriter(output, columns: columns, depth: depth)
        case .ek: return EKWriter(output, raw: showsHex, budget: budget, layers: layers)
        case .pdml where !columns.isEmpty:
            return PDMLWriter(output, creator: creator, captureFile: captureFile, columns: columns, depth: depth)
        case .pdml:
            return PDMLWriter(
                output, creator: creator, captureFile: captureFile, budget: budget, layers: layers)
        case .ndjson where !columns.isEmpty: return NDJSONWriter(output, columns: columns, depth: depth)
        case .ndjson: return NDJSONWriter(output, budget: budget)
        }
    }

    /// - Parameter isPrinting: Messages are to be printed.
    private static func checkTop(_ options: Options, isPrinting: Bool) throws {
        if isPrinting || options.summary || options.json || options.quiet {
            throw ValidationError(
                "--top shows connections and commands instead of messages: leave out -P, -q, -T, -V, -x, --annotate and "
                    + "--json.")
        }
        if options.write == "-" { throw ValidationError("-w - and --top cannot share standard output.") }
    }

    /// - Parameter isWatched: Lines are shown on a terminal: live their times are those of the clock.
    private static func time(_ options: Options, isWatched: Bool) throws -> TimeFormat {
        guard let name = options.time else { return isWatched && options.interface != nil ? .absolute : .relative }
        guard let time = TimeFormat(rawValue: name) else {
            let all = TimeFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("-t: '\(name)' is not one of \(all).")
        }
        return time
    }

    private static func format(_ options: Options) throws -> OutputFormat {
        guard let format = OutputFormat(rawValue: options.format) else {
            let all = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("-T: there is no format '\(options.format)': \(all).")
        }
        if format == .fields {
            guard !options.fields.isEmpty else {
                throw ValidationError("-T fields needs at least one field: -e FIELD.")
            }
        } else if !options.fields.isEmpty, !format.takesFields {
            let others = OutputFormat.allCases.filter { $0.takesFields && $0 != .fields }.map(\.rawValue)
            throw ValidationError(
                "-e cannot be used with -T \(format.rawValue)\(format == .text ? ", the default" : ""): add -T fields for "
                    + "columns, or -T \(others.joined(separator: ", "))."
            )
        }
        // -V is what these formats show anyway.
        if format != .text, options.annotate {
            throw ValidationError("--annotate cannot be used with -T \(format.rawValue).")
        }
        if format != .text, options.hex, format != .json, format != .ek {
            throw ValidationError("-x cannot be used with -T \(format.rawValue), only with text, json and ek.")
        }
        if [.json, .jsonraw, .ek, .pdml, .psml].contains(format), !options.statistics.isEmpty, !options.quiet {
            throw ValidationError("-z: a table after -T \(format.rawValue) is not data: add -q, or use -T ndjson.")
        }
        // Somebody waits for data of that shape, and would get a table.
        if [.ek, .fields].contains(format), !options.statistics.isEmpty, options.quiet {
            throw ValidationError(
                "-z has no -T \(format.rawValue): it writes tables for people, lines with -T ndjson, and objects with "
                    + "--json.")
        }
        return format
    }

    private static func fieldsFormat(_ options: Options) throws -> FieldsFormat {
        var format = FieldsFormat()
        do throws(FieldsFormat.Problem) {
            for option in options.fieldOptions { try format.set(option) }
            try format.check()
        } catch {
            throw ValidationError("\(error)")
        }
        return format
    }
}
