import BitcoinP2P
import Capture
import Fields
import Glibc
import Layers
import Output

/// Where built messages go: lines of hexadecimal, or a capture.
final class BuildOutput {
    private let payload: Bool
    private let output = ByteOutput(descriptor: STDOUT_FILENO)
    private let capture: BuiltCapture?
    private var failure: CaptureError?

    /// - Parameters:
    ///   - payload: Lines have no header.
    ///   - capture: The file to write instead of lines.
    init(payload: Bool, capture: String?, network: Network) throws {
        self.payload = payload
        self.capture = capture.map { BuiltCapture(path: $0, network: network) }
    }

    /// - Parameter time: When it was sent, in nanoseconds since the Unix epoch; 0 for now.
    func write(_ message: BuiltMessage, at time: Int64) {
        guard capture == nil else {
            do throws(CaptureError) { try capture?.write(message.bytes, at: time) } catch { failure = error }
            return
        }
        let bytes = payload ? Array(message.payload) : message.bytes
        output.buffer.append(hexadecimal: bytes.span.bytes)
        output.buffer.append("\n")
        output.flushIfFull()
    }

    /// Nothing more can be written.
    var isFailed: Bool { failure != nil || output.errorNumber != 0 }

    /// Writes what is left; a failure makes the status worse.
    func finish(_ status: Status) -> Status {
        output.flush()
        if StandardError.complain(ofFailed: output) { return .input }
        if failure == nil { do throws(CaptureError) { try capture?.close() } catch { failure = error } }
        guard let failure else { return status }
        StandardError.complain("\(failure)")
        return .input
    }
}

/// A capture of one made-up connection, by which built messages are sent.
private final class BuiltCapture {
    private let path: String
    private var writer: CaptureWriter?
    private var connection: SyntheticConnection
    private var frames: UInt64 = 0
    private var last: Int64 = 0

    /// The addresses are of documentation (RFC 5737), the port is the network's.
    init(path: String, network: Network) {
        self.path = path
        let port = network.port == 0 ? 8333 : network.port
        connection = SyntheticConnection(
            from: .init(IPAddress(v4: 0xc000_0201), port: 50_000), to: .init(IPAddress(v4: 0xc000_0202), port: port))
    }

    func write(_ message: [UInt8], at told: Int64) throws(CaptureError) {
        last = told == 0 ? Self.now() : told
        if frames == 0 { try write(connection.open()) }
        try write(connection.send(message, .fromInitiator))
    }

    /// Without a message the file is an empty capture.
    func close() throws(CaptureError) {
        try write(frames == 0 ? [] : connection.close())
        try writer?.flush()
        writer = nil
    }

    private func write(_ packets: [[UInt8]]) throws(CaptureError) {
        if writer == nil { writer = try CaptureWriter(path: path, linkType: .rawIP) }
        for packet in packets {
            frames += 1
            let header = FrameHeader(
                number: frames, time: last, capturedLength: packet.count, originalLength: packet.count,
                linkType: .rawIP, file: 0)
            try writer?.write(header, packet.span.bytes)
        }
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
