import Capture
import Layers
import Synchronization
import System

/// Writes one connection into a capture file: its bytes as they were, at their times, in packets that are made for them.
///
/// The packets are IP without a link layer; they open and close as TCP does, and lose nothing.
public final class PacketRecorder: Sendable {
    /// One end of the connection.
    struct End {
        let address: IPAddress
        let port: UInt16
    }

    private struct State: ~Copyable {
        var writer: CaptureWriter?
        var problem: CaptureError?
        var connection: SyntheticConnection?
        var frames: UInt64 = 0
        var hasEnded: (local: Bool, remote: Bool) = (false, false)
    }

    private let state: Mutex<State>

    public init(_ destination: consuming sending CaptureDestination) throws(CaptureError) {
        let writer = try CaptureWriter(destination, linkType: .rawIP)
        state = Mutex(State(writer: writer))
    }

    /// Closes the file.
    ///
    /// - Throws: What went wrong, now or before.
    public func close() throws(CaptureError) {
        let problem = state.withLock { state -> CaptureError? in
            do throws(CaptureError) {
                try state.writer.take()?.close()
            } catch {
                return state.problem ?? error
            }
            return state.problem
        }
        if let problem { throw problem }
    }

    /// The connection came about.
    func open(_ local: End, _ remote: End) {
        guard local.address.isIPv4 == remote.address.isIPv4 else { return }
        let (from, to) = (local.synthetic, remote.synthetic)
        state.withLock { state in
            // Another number each time, so that no two recordings look like one connection.
            var connection = SyntheticConnection(from: from, to: to, number: .random(in: 0 ... .max))
            Self.write(connection.open(), &state)
            state.connection = connection
        }
    }

    /// Bytes of one side, after all that came of it before.
    func record(_ bytes: some Collection<UInt8>, fromPeer: Bool) {
        let bytes = Array(bytes)
        state.withLock { state in
            guard let packets = state.connection?.send(bytes, fromPeer ? .fromResponder : .fromInitiator) else {
                return
            }
            Self.write(packets, &state)
        }
    }

    /// One side will send nothing more.
    func end(fromPeer: Bool) {
        state.withLock { state in
            if fromPeer ? state.hasEnded.remote : state.hasEnded.local { return }
            guard let packets = state.connection?.end(fromPeer ? .fromResponder : .fromInitiator) else { return }
            Self.write(packets, &state)
            if fromPeer { state.hasEnded.remote = true } else { state.hasEnded.local = true }
        }
    }

    private static func write(_ packets: [[UInt8]], _ state: inout State) {
        let time = SystemClock.nanoseconds
        for packet in packets where state.problem == nil {
            state.frames += 1
            let header = FrameHeader(
                number: state.frames, time: time, capturedLength: packet.count, originalLength: packet.count,
                linkType: .rawIP, file: 0)
            do throws(CaptureError) {
                try state.writer?.write(header, packet.span.bytes)
            } catch {
                state.problem = error
            }
        }
    }
}

extension PacketRecorder.End {
    fileprivate var synthetic: SyntheticConnection.End {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        let bytes = address.bytes
        let address =
            bytes.count == 4
            ? Layers.IPAddress(v4: UInt32(truncatingIfNeeded: word(bytes[...])))
            : Layers.IPAddress(high: word(bytes.prefix(8)), low: word(bytes.dropFirst(8)))
        return SyntheticConnection.End(address, port: port)
    }
}
