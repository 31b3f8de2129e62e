import CLinux
import Glibc
import System

/// A process that may still open an interface when we no longer may: one that has gone and come again, which our own packet
/// socket never delivers from.
///
/// It does nothing but copy frames: it hands them over by a socket, so that we have no new one that could send. It ends
/// when we do.
public final class InterfaceHelper: Sendable {
    /// What the program is started with to be this helper; the arguments after it are ours alone.
    public static let argument = "--interface-helper"

    private let child: SocketChild

    /// Starts the process, with the rights that we have now.
    ///
    /// - Parameter program: This program's file.
    public init(program: String = "/proc/self/exe", _ capture: borrowing LiveCapture, _ options: LiveOptions)
        throws(CaptureError)
    {
        let options = options.clamped
        let arguments = [
            program, Self.argument, capture.interface, "\(options.snapLength)", options.isPromiscuous ? "1" : "0",
            "\(options.bufferMebibytes)", capture.filter, "\(capture.linkType.rawValue)",
        ]
        do throws(SystemFailure) {
            child = try SocketChild(arguments)
        } catch {
            throw CaptureError(.live(.failed), path: capture.interface, detail: "no helper: \(error.message)")
        }
    }

    /// The socket to it, for a sandbox that lets messages through.
    public var socketNumber: Int32 { child.socketNumber }

    /// Has it wait for the interface, and then hand over frames.
    ///
    /// - Returns: False where it is no longer there.
    func begin() -> Bool {
        var byte: UInt8 = 1
        return linux_send_with_descriptor(socketNumber, &byte, 1, -1) == 1
    }

    /// Takes what has come, without waiting.
    ///
    /// - Parameter buffer: Of ``HandedFrame/longest`` bytes at least.
    /// - Returns: How many bytes; nil where nothing has come, 0 where nothing will come any more.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        let count = recv(socketNumber, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
        if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : 0 }
        return count
    }
}

/// What ``InterfaceHelperProcess`` hands over: a packet of the socket, of a header and, for a frame, its bytes.
struct HandedFrame: BitwiseCopyable {
    enum Kind: UInt64 {
        case frame = 1
        /// The interface is there; frames follow.
        case isBack
        /// The interface is gone, or down, and waited for.
        case isGone
        /// How many frames the kernel has dropped since the last such count.
        case dropped
        /// It came again with another link type.
        case isOther
    }

    var kind: UInt64
    /// Nanoseconds since the Unix epoch; of drops, their number.
    var time: Int64 = 0
    var originalLength: UInt64 = 0

    static let headerLength = MemoryLayout<HandedFrame>.size
    static let longest = headerLength + LiveOptions.snapLengths.upperBound
}
