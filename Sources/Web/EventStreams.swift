#if Web
import Fields
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Tells pages what has changed since they have asked, as server-sent events: totals and no rows, so that a slow page costs
/// nothing.
final class EventStreams: Sendable {
    /// Streams at once.
    static let most = 8
    /// Between two events of a kind.
    private static let interval: TimeAmount = .milliseconds(250)
    /// After so long without an event a comment is sent.
    private static let silence: Duration = .seconds(15)

    private let capture: ServedCapture
    private let seats = Seats()

    private let thread: WebThread

    init(_ capture: ServedCapture, _ thread: WebThread) {
        self.capture = capture
        self.thread = thread
    }

    /// - Parameter last: The total of messages that the page has heard of.
    func response(_ last: String?) throws(Problem) -> Response {
        let seat = Seat(seats)
        guard seat.number <= Self.most else {
            throw Problem(.serviceUnavailable, "busy", "At most \(Self.most) pages can follow what comes.")
        }
        var fields = SafetyHeaders.all
        fields[.contentType] = "text/event-stream"
        let heard = last.flatMap { Int($0) }
        return Response(
            status: .ok, headers: fields,
            body: ResponseBody { [self] writer in
                try await write(to: &writer, heard)
                try await writer.finish(nil)
                withExtendedLifetime(seat) {}
            })
    }

    private func write(to writer: inout any ResponseBodyWriter, _ heard: Int?) async throws {
        var teller = EventTeller(heard: heard)
        var lastWrite = ContinuousClock.now
        while !capture.isEnding {
            let (text, isEnd) = teller.tell(capture)
            let now = ContinuousClock.now
            if !text.isEmpty {
                // Waits as long as the page does not read.
                try await writer.write(ByteBuffer(bytes: text.bytes))
                lastWrite = now
            } else if now - lastWrite >= Self.silence {
                try await writer.write(ByteBuffer(string: ": keep-alive\n\n"))
                lastWrite = now
            }
            if isEnd { return }
            try await thread.pause(for: Self.interval)
        }
    }
}

/// How many streams there are.
private final class Seats: Sendable {
    let taken = Atomic<Int>(0)
}

/// One of them, as long as its answer lives, also where that is never sent.
private final class Seat: Sendable {
    private let seats: Seats
    let number: Int

    init(_ seats: Seats) {
        self.seats = seats
        number = seats.taken.add(1, ordering: .relaxed).newValue
    }

    deinit { seats.taken.subtract(1, ordering: .relaxed) }
}

/// What one page has heard of.
private struct EventTeller {
    private var total: Int?
    private var progress: (count: Int, bytes: UInt64)?
    private var end: Int64?
    private var dropped: UInt64 = 0

    init(heard: Int?) { total = heard }

    /// What is new, and whether nothing will come any more.
    mutating func tell(_ capture: ServedCapture) -> (TextBuffer, isEnd: Bool) {
        var text = TextBuffer()
        // Asked first: what is complete now has no row that is not counted then.
        let isComplete = capture.isComplete
        let count = capture.index.count
        let known = capture.known
        let latest = capture.index.read { state in state.start.map { state.end &- $0 } }
        if progress?.count != count || progress?.bytes != known.bytesRead {
            progress = (count, known.bytesRead)
            Self.append("progress", count, to: &text) { text in
                text.append("{\"indexed\":")
                text.append(decimal: count)
                text.append(member: "bytes", known.bytesRead)
                text.append(",\"total\":")
                if let total = known.bytesTotal { text.append(decimal: total) } else { text.append("null") }
                text.append("}")
            }
        }
        if total != count {
            total = count
            Self.append("messages", count, to: &text) { text in
                text.append("{\"total\":")
                text.append(decimal: count)
                text.append(",\"generation\":1}")
            }
        }
        if let latest, end != latest {
            end = latest
            Self.append("timeline", count, to: &text) { text in
                text.append("{\"end_ns\":")
                text.append(decimal: Int(latest))
                text.append("}")
            }
        }
        if dropped != known.kernelDropped {
            dropped = known.kernelDropped
            Self.append("dropped", count, to: &text) { text in
                text.append("{\"kernel\":")
                text.append(decimal: known.kernelDropped)
                text.append("}")
            }
        }
        if isComplete {
            Self.append("end", count, to: &text) { $0.append("{\"reason\":\"complete\"}") }
        }
        return (text, isComplete)
    }

    private static func append(
        _ name: StaticString, _ count: Int, to text: inout TextBuffer, _ data: (inout TextBuffer) -> Void
    ) {
        text.append("id: ")
        text.append(decimal: count)
        text.append("\nevent: ")
        text.append(name)
        text.append("\ndata: ")
        data(&text)
        text.append("\n\n")
    }
}
#endif
