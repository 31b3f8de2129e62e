import ArgumentParser
import Dissection
import Dissector
import Glibc
import Output

/// The options, checked: what is to be done.
struct Plan {
    let paths: [String]
    /// Bytes to dissect instead of captures.
    let pasted: Pasted?
    let pipeline: PipelineOptions
    let fields: [Field]
    let time: TimeFormat
    let colour: Colour
    let options: Options

    init(_ options: Options) throws {
        self.options = options
        // Names are looked up in the catalog, and writers copy it.
        Pipeline.declareFields()
        if let stray = options.arguments.first {
            if access(stray, F_OK) == 0 {
                throw ValidationError("To read the file '\(stray)', name it with -r: btcshark -r \(stray)")
            }
            throw ValidationError("Unexpected argument '\(stray)': display filters are not supported in this version.")
        }
        guard !options.read.isEmpty || options.decode != nil else {
            throw ValidationError("Nothing to read: name a capture with -r, as in btcshark -r FILE.")
        }
        paths = options.read
        pasted = try options.decode.map { text in
            guard options.read.isEmpty else { throw ValidationError("--decode and -r do not go together.") }
            return try Pasted(text, as: options.command, network: options.network ?? "mainnet")
        }
        if pasted == nil, options.command != nil { throw ValidationError("--as goes with --decode.") }
        if options.command == nil, options.network != nil { throw ValidationError("--network goes with --as.") }
        if let wrong = options.statistics.first(where: { $0 != "expert" }) {
            throw ValidationError("-z: there is no statistic '\(wrong)': expert.")
        }
        var pipeline = PipelineOptions()
        pipeline.ports = Set(try options.decodeAs.map(Self.port))
        if let count = options.count {
            guard count > 0 else { throw ValidationError("-c: the count must be at least 1.") }
            pipeline.recordLimit = count
        }
        pipeline.bytesPerStream = try Self.bytes(options.streamLimit, "--stream-limit")
        pipeline.bytesInAll = try Self.bytes(options.memoryLimit, "--memory-limit")
        guard (0...3_600_000).contains(options.gapGrace) else {
            throw ValidationError("--gap-grace: 0 to 3600000 milliseconds.")
        }
        pipeline.gapGrace = Int64(options.gapGrace) * 1_000_000
        self.pipeline = pipeline
        guard let time = TimeFormat(rawValue: options.time) else {
            throw ValidationError("-t: '\(options.time)' is none of r, d, dd, e, a, ad, u, ud.")
        }
        self.time = time
        fields = try Self.fields(options)
        // An empty NO_COLOR counts as none (no-color.org).
        let wantsNone = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        let onTerminal = isatty(STDOUT_FILENO) == 1 && !wantsNone
        colour = Colour(isOn: options.color == .always || options.color == .auto && onTerminal)
    }

    /// `tcp.port==N,bitcoin`.
    private static func port(_ text: String) throws -> UInt16 {
        let wrong = ValidationError("-d: '\(text)' is not of the form tcp.port==N,bitcoin with N from 1 to 65535.")
        guard text.hasPrefix("tcp.port=="), text.hasSuffix(",bitcoin") else { throw wrong }
        guard let port = UInt16(text.dropFirst(10).dropLast(8)), port > 0 else { throw wrong }
        return port
    }

    private static func bytes(_ mebibytes: Int, _ option: String) throws -> Int {
        guard (1...1 << 20).contains(mebibytes) else { throw ValidationError("\(option): 1 to 1048576 MiB.") }
        return mebibytes << 20
    }

    private static func fields(_ options: Options) throws -> [Field] {
        guard ["text", "fields"].contains(options.format) else {
            throw ValidationError("-T: '\(options.format)' is not supported in this version: text or fields.")
        }
        guard options.format == "fields" else {
            guard options.fields.isEmpty else { throw ValidationError("-e goes with -T fields.") }
            return []
        }
        guard !options.fields.isEmpty else { throw ValidationError("-T fields needs at least one field: -e FIELD.") }
        guard !options.tree, !options.hex, !options.annotate else {
            throw ValidationError("-V, -x and --annotate do not go with -T fields.")
        }
        let names = Listing.recordFields.map(\.name)
        return try options.fields.map { name in
            guard names.contains(name), let field = Catalog.field(named: name) else {
                let suggestion = NearestNames.suggestion(for: name, among: names)
                throw ValidationError("-e: there is no field '\(name)'.\(suggestion)")
            }
            return field
        }
    }
}
