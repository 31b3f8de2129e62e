import ArgumentParser
import BitcoinP2P
import Capture
import DisplayFilter
import Dissector
import Glibc
import Insight
import Output
import System

/// The options, checked: what is to be done.
struct Plan {
    enum Input {
        case captures([String])
        case live(LivePlan)
        /// Files and folders written by Bitcoin Core's `-capturemessages`.
        case messageCaptures([String], network: Network?)
        /// Bytes to dissect instead of captures.
        case pasted(Pasted)
    }

    let input: Input
    let pipeline: PipelineOptions
    /// With `-2`: what became of each request, for the first reading to fill.
    let answerBook: AnswerBook?
    let presentation: Presentation
    /// Nil where there are no secrets of v2 connections.
    let keys: KeySources?
    /// Where packets are written, `-` for standard output.
    let packetFile: String?
    /// Messages are written there instead of packets.
    let writesDecrypted: Bool
    /// Also of a recording.
    let packetFormat: CaptureFormat
    let objectFolder: String?
    /// Nil where no metrics are asked for.
    let metrics: MetricsFile?
    /// The node whose peers `--top` shows: the one that is named, or the interface's; nil where nobody knows it.
    let nodeOfTop: Node?
    /// What is read stands in ``Options/read``, and in ``Options/arguments`` the filter alone.
    let options: Options
    /// How many threads dissect captures.
    let threads: Int
    /// Something that was named cannot be read, which is complained of already.
    let lacksInput: Bool

    /// - Parameter more: Questions beside those of `-z`, for who answers them otherwise.
    init(_ given: Options, asking more: [QuestionName] = []) throws {
        // Names are looked up in the catalog, and writers copy it.
        Pipeline.declareFields()
        var options = given
        lacksInput = try InputList.resolve(&options)
        self.options = options
        input = try Self.input(options)
        var isPasted = false
        if case .pasted = input { isPasted = true }
        presentation = try Presentation(options, isPasted: isPasted)
        threads = try Self.threads(options)
        packetFormat = try Self.packetFormat(options)
        packetFile = try Self.packetFile(options, input, presentation)
        writesDecrypted = options.decrypted
        try Self.checkWriting(options, packetFormat)
        objectFolder = try options.exportObjects.map(Self.objectFolder)
        if options.exportsHex, objectFolder == nil { throw ValidationError("--hex needs --export-objects.") }
        var pipeline = try Self.pipeline(options, presentation)
        // Last, since with a node this takes some seconds.
        keys = try KeySources(options, isLive: options.interface != nil)
        pipeline.keys = keys?.log
        pipeline.waitsForKeys = keys != nil && options.interface != nil
        pipeline.tellsEncryptedAtOnce = options.interface != nil
        pipeline.namesEarlierConnections = options.interface != nil && !options.reallyQuiet
        if options.interface != nil { pipeline.recordWait = PipeWatch.limit }
        answerBook = options.twoPasses ? AnswerBook() : nil
        let inMetrics = try Self.questionsOfMetrics(options, presentation)
        if let inquiry = try Self.inquiry(options, presentation, inMetrics + more, found: answerBook) {
            pipeline.inquiry = inquiry
            pipeline.observation = inquiry.wantsCosts ? .bytes : .connections
            pipeline.showsResponseTimes = true
            pipeline.tellsEnds = presentation.printsRecords && (options.relations || !options.statistics.isEmpty)
        }
        if options.top {
            // What packets tell of connections, encrypted ones, too.
            pipeline.observation = max(pipeline.observation, .connections)
            nodeOfTop = try options.node.map(Self.node) ?? Self.interfaceNode(options)
        } else {
            nodeOfTop = nil
        }
        if let path = options.metrics, let inquiry = pipeline.inquiry {
            metrics = MetricsFile(path, inMetrics, inquiry)
        } else {
            metrics = nil
        }
        self.pipeline = pipeline
    }

    var isLive: Bool {
        if case .live = input { true } else { false }
    }

    /// Whether there is anything to dissect frames for; else they are only recorded.
    var dissects: Bool {
        guard case .live(let live) = input, live.recording != nil else { return true }
        return presentation.printsRecords || options.top || !presentation.statistics.isEmpty || objectFolder != nil
            || options.count != nil || metrics != nil || options.injectKeys
    }

    /// Packets of an interface are recorded. Then SIGHUP asks for the next file.
    var isRecordedLive: Bool {
        if case .live(let live) = input { live.recording != nil } else { false }
    }

    /// Files with secrets, also one that the environment names: they must not be written meanwhile.
    var keyFiles: [String] {
        [keys?.path].compactMap(\.self)
    }

    // MARK: Input

    private static func input(_ options: Options) throws -> Input {
        if let live = try LivePlan(options, ports: try ports(options)) {
            if options.network != nil || options.command != nil {
                throw ValidationError("--as and --network cannot be used with -i.")
            }
            return .live(live)
        }
        if options.filesFrom != nil {
            if options.decode != nil { throw ValidationError("--decode and --files-from cannot be used together.") }
            // The list was empty.
            if options.read.isEmpty { return .captures([]) }
        }
        // One of the two.
        guard options.read.isEmpty == (options.decode != nil) else {
            if options.decode != nil { throw ValidationError("--decode and -r cannot be used together.") }
            if let stray = options.arguments.first, access(stray, F_OK) == 0 {
                let kind = FileTree.entry(at: stray) == .folder ? "captures in" : "file"
                throw ValidationError(
                    "To read the \(kind) '\(stray)', name it with -r: btcshark -r \(stray.quotedForShell)")
            }
            if let word = options.arguments.first, case let hint = Subcommand.suggestion(for: word), !hint.isEmpty {
                throw ValidationError("There is no command '\(word)'.\(hint)")
            }
            throw ValidationError(
                "Nothing to read: name a capture with -r, as in btcshark -r FILE, or an interface with -i.")
        }
        if let text = options.decode {
            // No field is called so: another text, or one that needs quotes.
            if !options.arguments.isEmpty, options.arguments.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isHexDigit) })
            {
                throw ValidationError("--decode: there is one text after it; several go on a line each, or in quotes.")
            }
            return .pasted(try Pasted(text, as: options.command, network: options.network ?? "mainnet"))
        }
        if options.command != nil { throw ValidationError("--as needs --decode.") }
        guard options.read.contains(where: MessageCaptures.recognises) else {
            if options.network != nil {
                throw ValidationError("--network needs --decode or Bitcoin Core's message captures.")
            }
            return .captures(options.read)
        }
        guard options.read.allSatisfy(MessageCaptures.recognises) else {
            throw ValidationError("Captures of packets and Bitcoin Core's message captures cannot be read as one.")
        }
        return .messageCaptures(options.read, network: try options.network.map { try Pasted.network($0) })
    }

    private static func packetFile(_ options: Options, _ input: Input, _ presentation: Presentation) throws -> String? {
        guard let path = options.write else {
            if options.fileFormat != nil { throw ValidationError("-F needs -w.") }
            return nil
        }
        switch input {
        case .captures, .live: break
        case .messageCaptures, .pasted: throw ValidationError("-w writes packets, and there are none in this input.")
        }
        if path == "-", presentation.printsRecords || !presentation.statistics.isEmpty {
            throw ValidationError("-w - and text cannot share standard output: leave out -P and -z.")
        }
        // A live capture records all there is, not what is selected.
        if case .live = input { return nil }
        return path
    }

    /// What goes into the file beside packets, or in their place.
    private static func checkWriting(_ options: Options, _ format: CaptureFormat) throws {
        if options.decrypted {
            guard options.write != nil else { throw ValidationError("--decrypted needs -w.") }
            if options.interface != nil {
                throw ValidationError("--decrypted cannot be used with -i: record the packets, and read them with -r.")
            }
        }
        guard options.injectKeys else { return }
        guard options.write != nil else { throw ValidationError("--inject-keys needs -w.") }
        if options.decrypted {
            throw ValidationError("--inject-keys cannot be used with --decrypted, which writes nothing encrypted.")
        }
        guard format == .pcapng else {
            throw ValidationError("--inject-keys needs -F pcapng: classic pcap has no room for secrets.")
        }
    }

    /// What `-F` names, else what the file's name says.
    private static func packetFormat(_ options: Options) throws -> CaptureFormat {
        switch options.fileFormat {
        case nil: options.write.map { CaptureFormat(path: $0) } ?? .pcap
        case "nsecpcap", "pcap": .pcap
        case "pcapng": .pcapng
        case .some(let other): throw ValidationError("-F: there is no format '\(other)': pcapng, nsecpcap.")
        }
    }

    /// A folder, or `bitcoin,FOLDER` as tshark has it.
    private static func objectFolder(_ text: String) throws -> String {
        // What has a slash before the comma is a path.
        guard let comma = text.firstIndex(of: ","), !text[..<comma].contains("/") else { return text }
        guard text[..<comma] == "bitcoin" else {
            throw ValidationError(
                "--export-objects: nothing of '\(text[..<comma])' is exported, only of bitcoin: bitcoin,FOLDER or "
                    + "FOLDER. A folder of that name is ./\(text).")
        }
        let folder = String(text[text.index(after: comma)...])
        guard !folder.isEmpty else {
            throw ValidationError("--export-objects: after 'bitcoin,' the folder is missing.")
        }
        return folder
    }

    // MARK: Dissection

    private static func pipeline(_ options: Options, _ presentation: Presentation) throws -> PipelineOptions {
        var pipeline = PipelineOptions()
        pipeline.ports = try ports(options)
        if let count = options.count {
            guard count > 0 else { throw ValidationError("-c: the count must be at least 1.") }
            pipeline.recordLimit = count
        }
        pipeline.bytesPerStream = try bytes(options.streamLimit, "--stream-limit")
        pipeline.bytesInAll = try bytes(options.memoryLimit, "--memory-limit")
        guard (0...3_600_000).contains(options.gapGrace) else {
            throw ValidationError("--gap-grace: 0 to 3600000 milliseconds.")
        }
        pipeline.gapGrace = Int64(options.gapGrace) * 1_000_000
        pipeline.filter = try filter(options)
        pipeline.identifier = try options.find.map(identifier)
        pipeline.otherNames = options.find.map { _ in OtherNames() }
        pipeline.magics = try magics(options)
        pipeline.showsCiphertext = options.encrypted
        pipeline.showsWholeHashes = options.full
        let fields = presentation.fields + (pipeline.filter.map { Array($0.fields) } ?? [])
        if !options.twoPasses, let name = RecordNames.nameForSecondReading(among: fields) {
            throw ValidationError("\(name) is known only with -2, which reads the files twice.")
        }
        if RecordNames.containsColumns(fields) { pipeline.columns = presentation.timeColumn }
        return pipeline
    }

    /// Nil where nobody asks for anything of the whole capture, or for relations.
    private static func inquiry(
        _ options: Options, _ presentation: Presentation, _ inMetrics: [QuestionName], found: AnswerBook?
    ) throws -> Inquiry? {
        let node = try options.node.map(node)
        if options.twoPasses {
            if options.interface != nil { throw ValidationError("-2 cannot be used with -i: live packets come once.") }
            if options.read.contains("-") { throw ValidationError("-2: standard input can be read only once.") }
            if let pipe = options.read.first(where: { !isReadAgain($0) }) {
                throw ValidationError("-2: '\(pipe)' can be read only once: it is no regular file.")
            }
        }
        let questions = presentation.questions + inMetrics
        let looksAtPackets = !questions.isEmpty || presentation.statistics.contains(where: \.looksAtPackets)
        guard looksAtPackets || options.relations || options.twoPasses else {
            if node != nil, !options.top { throw ValidationError("--node needs -z, --metrics, --relations or --top.") }
            return nil
        }
        let relates = options.relations || options.twoPasses || presentation.printsRecords
        return Inquiry(questions, relates: relates, node: node ?? interfaceNode(options), found: found)
    }

    /// Those that `-z` asks, each once, or all; none where no metrics are asked for.
    private static func questionsOfMetrics(
        _ options: Options, _ presentation: Presentation
    ) throws -> [QuestionName] {
        guard let path = options.metrics else { return [] }
        let others = options.read + [options.write, options.keylog].compactMap(\.self)
        guard !path.isEmpty, path != "-", !others.contains(where: { isSameFile($0, path) }) else {
            throw ValidationError("--metrics: '\(path)' cannot be replaced: name a file of its own.")
        }
        let asked = presentation.questions
        return asked.isEmpty ? QuestionName.allCases : QuestionName.allCases.filter { asked.contains($0) }
    }

    /// Whether two paths lead to one file, whatever they are called.
    static func isSameFile(_ one: String, _ other: String) -> Bool {
        if one == other { return true }
        var (first, second) = (stat(), stat())
        guard stat(one, &first) == 0, stat(other, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// Whether a file can be read a second time.
    private static func isReadAgain(_ path: String) -> Bool {
        var status = stat()
        // Of what is not there the reading itself complains.
        guard stat(path, &status) == 0 else { return true }
        return status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR
    }

    /// The addresses of the interfaces that are captured from; of any, those of all.
    private static func interfaceNode(_ options: Options) -> Node? {
        let names = options.interfaces.map { Interface.name(for: $0) }
        guard !names.isEmpty, let all = try? Interface.all() else { return nil }
        let addresses = all.filter { names.contains($0.name) || names.contains("any") && !$0.isLoopback }.flatMap(
            \.addresses
        )
        .map { String($0.prefix { $0 != "%" }) }
        return addresses.isEmpty ? nil : Node(addresses, .interface)
    }

    private static func node(_ text: String) throws -> Node {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        for name in names where !Node.isName(name) {
            throw ValidationError(
                "--node: '\(name)' is no address: say 192.0.2.1, 192.0.2.1:8333, 2001:db8::1 or [2001:db8::1]:8333.")
        }
        return Node(names.map(Node.canonical), .option)
    }

    /// The networks to try with the secrets of v2 connections beside those that are known.
    private static func magics(_ options: Options) throws -> [UInt32] {
        try options.magic.map { text in
            let digits = text.hasPrefix("0x") ? text.dropFirst(2) : Substring(text)
            guard digits.count == 8, digits.allSatisfy(\.isHexDigit), let magic = UInt32(digits, radix: 16) else {
                throw ValidationError("--magic: '\(text)' is not four bytes in hexadecimal, as in 0a03cf40.")
            }
            return magic
        }
    }

    /// `-Y`, or the bare arguments, which are one filter as in tshark.
    static func filter(_ options: Options) throws -> Filter? {
        let read = try options.tshark.readFilter.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : try filter($0) }
        if options.displayFilter != nil, let stray = options.arguments.first {
            throw ValidationError("There is a display filter with -Y already; '\(stray)' is one too many.")
        }
        let text = options.displayFilter ?? options.arguments.joined(separator: " ")
        guard text.contains(where: { !$0.isWhitespace }) else { return read }
        let shown = try filter(text) {
            if let hint = CaptureFilterWords(text)?.hint(isLive: options.interface != nil) {
                StandardError.write(hint + "\n")
            }
            guard options.displayFilter == nil, let first = options.arguments.first else { return }
            if let name = options.arguments.first(where: InputWords.looksLikeFile) {
                StandardError.complain("nor is there a file '\(name)'.")
            }
            let command = Subcommand.suggestion(for: first)
            // Commands stand first.
            if CommandLine.arguments.dropFirst().first == first, !command.isEmpty {
                StandardError.complain("nor is there a command '\(first)'.\(command)")
            }
            if options.noPromiscuity, let port = UInt16(first), port > 0 {
                StandardError.complain(
                    "-p switches promiscuous mode off, and has no value; a port goes with "
                        + "-d tcp.port==\(port),bitcoin, or with -f 'tcp port \(port)'")
            }
        }
        guard let read = options.tshark.readFilter, read.contains(where: { !$0.isWhitespace }) else { return shown }
        // Each is a filter by itself, so their conjunction is one.
        return try filter("(\(read)) and (\(text))")
    }

    /// A display filter; of a wrong one the program complains, and ends as tshark does.
    ///
    /// - Parameter hint: Says more after the complaint.
    static func filter(_ text: String, hint: () -> Void = {}) throws -> Filter {
        do throws(FilterError) {
            // Names are looked up in the catalog.
            Pipeline.declareFields()
            return try Filter(text, resolve: RecordNames.fields(named:), names: { RecordNames.all })
        } catch {
            // Several lines, in which the filter's own text is harmless already.
            StandardError.write("btcshark: \(error)\n")
            hint()
            // tshark's status for a wrong filter.
            throw ExitCode(Status.input.rawValue)
        }
    }

    private static func identifier(_ text: String) throws -> Identifier {
        do throws(IdentifierError) { return try Identifier(text) } catch { throw ValidationError("--find: \(error)") }
    }

    /// Those of all `-d`.
    private static func ports(_ options: Options) throws -> Set<UInt16> {
        try options.decodeAs.reduce(into: []) { $0.formUnion(try DecodeAs.ports($1)) }
    }

    private static func threads(_ options: Options) throws -> Int {
        guard let threads = options.threads else { return min(Processors.count(), 256) }
        guard (1...256).contains(threads) else { throw ValidationError("--threads: 1 to 256.") }
        return threads
    }

    private static func bytes(_ mebibytes: Int, _ option: String) throws -> Int {
        guard (1...1 << 20).contains(mebibytes) else { throw ValidationError("\(option): 1 to 1048576 MiB.") }
        return mebibytes << 20
    }
}
