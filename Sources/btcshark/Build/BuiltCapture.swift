import BitcoinP2P
import Capture
import Layers
import Output
import System

/// A capture of made-up connections, by which built messages are sent: one for each that they were captured on.
///
/// The file is made when the first message is there.
final class BuiltCapture {
    private let path: String
    private let port: UInt16
    private var writer: CaptureWriter?
    private var connections: [UInt64: SyntheticConnection] = [:]
    private var frames: UInt64 = 0
    private var last: Int64 = 0

    init(path: String, network: Network) {
        self.path = path
        port = network.port == 0 ? 8333 : network.port
    }

    func write(_ message: [UInt8], of written: WrittenMessage?) throws(CaptureError) {
        let time = written?.time ?? 0
        last = time == 0 ? SystemClock.nanoseconds : time
        let stream = written?.stream ?? 0
        var connection = connections[stream] ?? connection(stream)
        if connections[stream] == nil { try write(connection.open()) }
        try write(connection.send(message, written?.isFromResponder == true ? .fromResponder : .fromInitiator))
        connections[stream] = connection
    }

    /// Between addresses of documentation (RFC 5737).
    private func connection(_ stream: UInt64) -> SyntheticConnection {
        SyntheticConnection(
            from: .init(
                IPAddress(v4: 0xc000_0201), port: 1024 + UInt16(truncatingIfNeeded: (48_976 + stream) % 64_512)),
            to: .init(IPAddress(v4: 0xc000_0202), port: port))
    }

    func close() throws(CaptureError) {
        for stream in connections.keys.sorted() {
            if var connection = connections[stream] { try write(connection.close()) }
        }
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
}
