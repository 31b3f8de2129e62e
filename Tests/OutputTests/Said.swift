import BitcoinP2P
import Records

/// What is said to a statistic.
struct Said {
    var command: Command? = "ping"
    var from = "10.0.0.1:1000"
    var to = "10.0.0.2:8333"
    var stream: UInt64 = 0
    var length = 32
    var seconds = 0.0
    var sender = Record.Sender.initiator
    var userAgent: [UInt8]?
    var faults: Record.Faults = []
    var ending = Record.Ending.complete
    var transport = Record.Transport.v1

    /// Bytes of a direction that cannot be read, seen for so many seconds.
    static func encrypted(
        _ length: Int, from: String, to: String, _ sender: Record.Sender, lasting: Double, stream: UInt64 = 0
    )
        -> Said
    {
        Said(
            command: nil, from: from, to: to, stream: stream, length: length, seconds: lasting, sender: sender,
            ending: .direction, transport: .v2Encrypted)
    }

    var record: Record {
        var record = Record()
        record.captureStart = 1_000_000_000_000_000_000
        record.time = record.captureStart + Int64(seconds * 1e9)
        record.startTime = ending == .direction ? record.captureStart : record.time
        record.source = Array(from.utf8)
        record.destination = Array(to.utf8)
        record.command = command
        record.stream = stream
        record.length = length
        record.sender = sender
        record.userAgent = userAgent
        record.faults = faults
        record.ending = ending
        record.transport = transport
        return record
    }
}

extension Command: ExpressibleByStringLiteral {
    public init(stringLiteral text: StaticString) { self.init(text) }
}

func tell(_ writer: any RecordSink, _ said: [Said]) {
    writer.begin()
    for said in said { writer.write(said.record, RawSpan()) }
    writer.end()
}
