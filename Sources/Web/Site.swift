#if Web
import BitcoinP2P
import Fields
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOPosix
import Output
import Synchronization

/// Answers requests: the one place where addresses have a meaning.
public final class Site: Sendable {
    let capture: ServedCapture
    let thread: WebThread
    private let gate: Guard
    private let runs: FilterRuns
    private let messages: KeptMessages
    private let ladders: Ladders
    private let statistics: Statistics
    /// For messages that a request waits for.
    private let readers: NIOThreadPool
    /// For ladders and statistics, which look at all messages.
    private let slowReaders: NIOThreadPool
    let events: EventStreams

    /// How long a request waits for a filter that has not found what it asks for.
    private static let longestWait: Duration = .milliseconds(300)
    private static let mostRows: UInt64 = 1_000
    private static let mostFields: UInt64 = 20_000
    private static let mostBytes: UInt64 = 65_536
    private static let mostFrames = 1_000

    /// - Parameters:
    ///   - port: Where it listens.
    ///   - names: What it is called there beside its names on this host.
    public init(_ capture: ServedCapture, _ thread: WebThread, port: Int, names: [String], _ token: Token) {
        self.capture = capture
        self.thread = thread
        gate = Guard(port: port, names: names, token)
        runs = FilterRuns(capture)
        messages = KeptMessages(capture)
        ladders = Ladders(capture)
        statistics = Statistics(capture)
        readers = NIOThreadPool(numberOfThreads: 2)
        readers.start()
        slowReaders = NIOThreadPool(numberOfThreads: 1)
        slowReaders.start()
        events = EventStreams(capture, thread)
    }

    // MARK: Answers

    func answer(_ request: Request, _ client: Client) async -> Response {
        do throws(Problem) {
            let path = String(request.head.path?.prefix { $0 != "?" && $0 != "#" } ?? "")
            let asset = Assets.all[path]
            try gate.check(request.head, needsToken: asset == nil)
            guard !Self.hasBody(request.head) else { throw .request("A request has no body.") }
            if asset == nil { client.noteEntitled() }
            if let asset { return Self.response(.ok, asset.type, ByteBuffer(bytes: asset.bytes)) }
            return try await route(try Query(request.head.path ?? ""), request, client)
        } catch {
            return Self.response(error)
        }
    }

    /// Answers requests of who may ask for metrics alone.
    func answer(forMetrics request: Request, _ client: Client, _ gate: Guard) async -> Response {
        do throws(Problem) {
            try gate.check(request.head, needsToken: true)
            guard request.head.path == "/metrics" else { throw .notFound }
            client.noteEntitled()
            return try await metrics(client)
        } catch {
            return Self.response(error)
        }
    }

    private static func response(_ problem: Problem) -> Response {
        var response = Self.response(problem.status, json, ByteBuffer(bytes: problem.json.bytes))
        if problem.status == .methodNotAllowed { response.headers[.allow] = "GET, HEAD" }
        if problem.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private func route(_ query: Query, _ request: Request, _ client: Client) async throws(Problem) -> Response {
        let path = query.path
        guard let first = path.first else { throw .notFound }
        if path == ["metrics"] { return try await metrics(client) }
        guard first == "api", path.count > 1 else { throw .notFound }
        switch (path[1], path.count) {
        case ("capture", 2): return Self.response(capture.accountJSON)
        case ("messages", 2): return Self.response(try await rows(query))
        case ("messages", 3): return Self.response(try await message(Self.number(path[2]), query, client))
        case ("messages", 4) where path[3] == "bytes": return try await bytes(Self.number(path[2]), query, client)
        case ("messages", 4) where path[3] == "position":
            return Self.response(try await position(Self.number(path[2]), query))
        case ("next", 2): return Self.response(try await next(query))
        case ("timeline", 2): return Self.response(try await timeline(query, client))
        case ("flow", 3): return Self.response(try await flow(Self.number(path[2]), query, client))
        case ("flow", 4) where path[3] == "position":
            return Self.response(try await flowPosition(Self.number(path[2]), query, client))
        case ("stats", 3): return Self.response(try await statistic(try Query.decoded(path[2]), client))
        case ("live", 2):
            // What stands there twice is no number.
            let heard = request.headers.filter { $0.name.canonicalName == "last-event-id" }.map(\.value)
            return try events.response(heard.count == 1 ? heard[0] : nil)
        default: throw .notFound
        }
    }

    private static func number(_ text: Substring) throws(Problem) -> UInt64 {
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = UInt64(text) else { throw .notFound }
        return number
    }

    private static func hasBody(_ head: HTTPRequest) -> Bool {
        head.headerFields.contains(.transferEncoding)
            || head.headerFields[.contentLength].map { $0 != "0" } ?? false
    }

    static let json = "application/json"

    private static func response(_ text: TextBuffer) -> Response { response(.ok, json, ByteBuffer(bytes: text.bytes)) }

    static func response(_ status: HTTPResponse.Status, _ type: String, _ body: ByteBuffer) -> Response {
        var fields = SafetyHeaders.all
        fields[.contentType] = type
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: body))
    }

    /// Does what may take long where nobody else waits for it.
    ///
    /// - Parameters:
    ///   - client: For whom.
    ///   - problem: Where there is nothing.
    ///   - threads: Nil for those of messages.
    private func reading<Result: Sendable>(
        for client: Client, or problem: Problem = .notFound, on threads: NIOThreadPool? = nil,
        _ body: @escaping @Sendable () throws(Problem) -> Result?
    ) async throws(Problem) -> Result {
        let result: Result?
        do {
            result = try await (threads ?? readers).runIfActive { try body() }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .busy
        }
        guard let result else {
            if capture.isEnding { throw .busy }
            throw client.isThere ? problem : .left
        }
        return result
    }

    // MARK: Lists

    /// The list that a query is about.
    ///
    /// - Parameter isEnough: Where it is not complete: whether it has what is wanted. It is waited for, but not for long.
    private func list(
        _ choice: RowChoice, _ tab: String, isEnough: @Sendable (RowList) -> Bool
    ) async throws(Problem) -> RowList {
        guard !choice.filter.isEmpty else {
            runs.leave(tab: tab)
            return choice.list(capture, nil)
        }
        let run: FilterRun
        do throws(FilterProblem) { run = try runs.run(choice.filter, tab: tab) } catch { throw Problem(error) }
        let deadline = ContinuousClock.now + Self.longestWait
        while true {
            let progress = run.progress(runs.threads)
            let list = choice.list(capture, progress)
            if progress.hasChanged { throw .changed }
            if run.isCancelled {
                // It may have found that out since.
                if run.progress(runs.threads).hasChanged { throw .changed }
                throw Problem(.conflict, "cancelled", "Another filter came in its place.")
            }
            if list.isComplete || isEnough(list) || ContinuousClock.now >= deadline { return list }
            do { try await thread.pause(for: .milliseconds(20)) } catch { throw .busy }
        }
    }

    private static func append(_ list: RowList, to text: inout TextBuffer) {
        text.append(member: "total", list.count)
        text.append(member: "complete", isTrue: list.isComplete)
        text.append(member: "scanned", list.scanned)
        // Rows never change their places.
        text.append(member: "generation", 1)
    }

    private func rows(_ query: Query) async throws(Problem) -> TextBuffer {
        let from = Int(clamping: try query.number("from") ?? 0)
        let count = try query.number("count", in: 1...Self.mostRows, standard: 200)
        let end = from > Int.max - count ? Int.max : from + count
        let list = try await list(try query.choice(), try query.tab()) { $0.count >= end }
        var text = TextBuffer()
        text.append("{\"from\":")
        text.append(decimal: from)
        Self.append(list, to: &text)
        text.append(",\"rows\":[")
        capture.index.append(list.numbers(at: from..<end), to: &text)
        text.append("]}")
        return text
    }

    private func position(_ number: UInt64, _ query: Query) async throws(Problem) -> TextBuffer {
        guard number > 0, number <= UInt64(capture.index.count) else { throw .notFound }
        let list = try await list(try query.choice(), try query.tab()) { $0.scanned >= number }
        var text = TextBuffer()
        text.append("{\"n\":")
        text.append(decimal: number)
        text.append(",\"position\":")
        let position = list.position(of: number)
        if list.contains(number) { text.append(decimal: position) } else { text.append("null") }
        text.append(member: "next", position)
        Self.append(list, to: &text)
        text.append("}")
        return text
    }

    private func next(_ query: Query) async throws(Problem) -> TextBuffer {
        let number = try query.number("n") ?? 0
        guard query["what"] ?? "remark" == "remark" else { throw .request("what: only remark can be looked for.") }
        let isBack = query["back"] == "true"
        let list = try await list(try query.choice(), try query.tab()) { $0.scanned > number }
        let found = capture.index.remarked(number, isBack: isBack) { list.contains($0) }
        var text = TextBuffer()
        if let found {
            text.append("{\"n\":")
            text.append(decimal: found)
            text.append(member: "position", list.position(of: found))
        } else {
            text.append("{\"n\":null,\"position\":null")
        }
        text.append(member: "complete", isTrue: list.isComplete)
        text.append("}")
        return text
    }

    private func timeline(_ query: Query, _ client: Client) async throws(Problem) -> TextBuffer {
        let choice = try query.choice()
        let bins = try query.number("bins", in: 1...UInt64(Timeline.mostBins), standard: 300)
        let list = try await list(choice, try query.tab()) { _ in false }
        let index = capture.index
        return try await reading(for: client) { () -> TextBuffer? in
            var text = TextBuffer()
            text.append("{")
            Timeline.append(list, isOfAll: choice.isAll, choice.time, bins: bins, index, to: &text)
            text.append(member: "complete", isTrue: list.isComplete)
            text.append(member: "scanned", list.scanned)
            text.append("}")
            return text
        }
    }

    // MARK: Messages

    private func message(_ number: UInt64, _ query: Query, _ client: Client) async throws(Problem) -> TextBuffer {
        let from = Int(clamping: try query.number("fields_from") ?? 0)
        let messages = messages
        let index = capture.index
        guard number > 0, number <= UInt64(index.count) else { throw .notFound }
        return try await reading(for: client, or: .changed) { () throws(Problem) -> TextBuffer? in
            guard let message = try messages.message(number, isWanted: { client.isThere }) else { return nil }
            var text = TextBuffer()
            text.append("{\"n\":")
            text.append(decimal: number)
            text.append(",\"row\":")
            index.append([number], to: &text)
            text.append(member: "bytes", message.bytes.count)
            text.append(member: "frame_count", message.frames.count)
            text.append(",\"frames\":")
            text.append(jsonNumbers: message.frames.prefix(Self.mostFrames))
            message.read { tree, bytes in
                let total = tree.nodes.count
                let range = min(from, total)..<min(total, min(from, total) + Int(Self.mostFields))
                text.append(member: "total", total)
                text.append(member: "from", range.lowerBound)
                text.append(member: "more", isTrue: range.upperBound < total)
                text.append(",\"fields\":[")
                var fields = FieldsJSON()
                fields.append(range, tree, bytes, to: &text)
            }
            text.append("]}")
            return text
        }
    }

    private func bytes(_ number: UInt64, _ query: Query, _ client: Client) async throws(Problem) -> Response {
        let from = Int(clamping: try query.number("from") ?? 0)
        let count = try query.number("count", in: 1...Self.mostBytes, standard: Self.mostBytes)
        let messages = messages
        guard number > 0, number <= UInt64(capture.index.count) else { throw .notFound }
        let message = try await reading(for: client, or: .changed) { () throws(Problem) in
            try messages.message(number, isWanted: { client.isThere })
        }
        let start = min(from, message.bytes.count)
        let part = message.bytes[start..<min(message.bytes.count, start + count)]
        var response = Self.response(.ok, "application/octet-stream", ByteBuffer(bytes: part))
        if let name = HTTPField.Name("X-Total-Bytes") { response.headers[name] = String(message.bytes.count) }
        return response
    }

    // MARK: Connections and statistics

    private func flow(_ stream: UInt64, _ query: Query, _ client: Client) async throws(Problem) -> TextBuffer {
        let from = Int(clamping: try query.number("from") ?? 0)
        let count = try query.number("count", in: 1...Self.mostRows, standard: 200)
        let ladders = ladders
        let ladder = try await reading(for: client, on: slowReaders) { () throws(Problem) in
            try ladders.ladder(stream, isWanted: { client.isThere })
        }
        var text = TextBuffer()
        ladder.append(from: min(from, Ladders.mostRows), count: count, to: &text)
        return text
    }

    private func flowPosition(
        _ stream: UInt64, _ query: Query, _ client: Client
    ) async throws(Problem) -> TextBuffer {
        guard let number = try query.number("n") else { throw .request("n: the number of a message is missing.") }
        let ladders = ladders
        let ladder = try await reading(for: client, on: slowReaders) { () throws(Problem) in
            try ladders.ladder(stream, isWanted: { client.isThere })
        }
        var text = TextBuffer()
        text.append("{\"position\":")
        if let position = ladder.position(of: number) { text.append(decimal: position) } else { text.append("null") }
        text.append("}")
        return text
    }

    private func statistic(_ name: String, _ client: Client) async throws(Problem) -> TextBuffer {
        guard let asked = Statistics.Asked(name) else { throw .notFound }
        let statistics = statistics
        let answer = try await reading(for: client, on: slowReaders) { () throws(Problem) in
            try statistics.lines(asked, isWanted: { client.isThere })
        }
        var text = TextBuffer()
        text.append("{\"name\":")
        text.append(jsonString: asked.name.utf8)
        text.append(member: "complete", isTrue: answer.isComplete)
        text.append(member: "cut", isTrue: answer.isCut)
        text.append(",\"columns\":[")
        for (place, column) in asked.columns.filter(\.isMember).enumerated() {
            text.append(place > 0 ? ",{\"key\":\"" : "{\"key\":\"")
            text.append(column.key)
            text.append("\",\"title\":")
            if let title = column.title { text.append(jsonString: "\(title)".utf8) } else { text.append("null") }
            text.append(member: "unit", "\(column.unit.name)".utf8)
            text.append("}")
        }
        text.append("],\"rows\":[")
        for (place, line) in answer.bytes.split(separator: 0x0a).enumerated() {
            if place > 0 { text.append(",") }
            text.bytes.append(contentsOf: line)
        }
        text.append("]}")
        return text
    }

    func metrics(_ client: Client) async throws(Problem) -> Response {
        guard capture.isLive || capture.isComplete else {
            throw Problem(.serviceUnavailable, "busy", "The capture is being read: try again when it is complete.")
        }
        let text: [UInt8]
        if capture.isLive, !capture.isComplete {
            guard let answer = await capture.metrics.ask(thread) else { throw .busy }
            text = answer
        } else {
            let statistics = statistics
            text = try await reading(for: client, on: slowReaders) { () throws(Problem) in
                try statistics.metrics(isWanted: { client.isThere })
            }
        }
        return Self.response(.ok, "text/plain; version=0.0.4; charset=utf-8", ByteBuffer(bytes: text))
    }
}
#endif
