import BitcoinP2P
import Capture
import Fields
import Glibc
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

    /// - Parameter written: Where the message was captured; nil for one that was not.
    func write(_ message: [UInt8], of written: WrittenMessage? = nil) {
        guard capture == nil else {
            do throws(CaptureError) { try capture?.write(message, of: written) } catch { failure = error }
            return
        }
        let bytes = payload ? Array(message.dropFirst(MessageHeader.Form.withChecksum.byteCount)) : message
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
