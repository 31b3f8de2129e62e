import CLinux
import CPcap
import Glibc
import System

/// The process that ``InterfaceHelper`` starts: it waits until it is asked to, opens the interface each time it has come
/// again, and hands its frames over.
public final class InterfaceHelperProcess {
    private let interface: String
    private let options: LiveOptions
    private let linkType: Int32
    private var drops = WideCount()
    private var counted: UInt64 = 0
    private var isInMicroseconds = false
    private var isOver = false
    private var buffer = [UInt8](repeating: 0, count: HandedFrame.longest)

    private static let pause: UInt32 = 250_000

    /// - Parameter arguments: Those of the program; nil where they do not begin with ``InterfaceHelper/argument``.
    public init?(_ arguments: some Collection<String>) {
        let words = Array(arguments)
        guard words.count == 7, words[0] == InterfaceHelper.argument, let snapLength = Int(words[2]),
            let size = Int(words[4]), let linkType = Int32(words[6])
        else { return nil }
        interface = words[1]
        var options = LiveOptions()
        options.snapLength = snapLength
        options.isPromiscuous = words[3] == "1"
        options.bufferMebibytes = size
        options.filter = words[5].isEmpty ? .all : .expression(words[5])
        self.options = options
        self.linkType = linkType
    }

    /// Keeps one capability, and serves until the other end of standard input is closed.
    ///
    /// - Returns: The exit status.
    public func run() -> Int32 {
        do throws(PrivilegesError) {
            try Privileges.keep([.rawPackets])
        } catch { return 1 }
        _ = Sandbox.enter(
            SandboxProfile(.capturing, files: SandboxProfile.Files(read: ["/sys", "/proc"]), helpers: [0]))
        var byte: UInt8 = 0
        guard recv(STDIN_FILENO, &byte, 1, 0) == 1 else { return 0 }
        while !isOver {
            do throws(CaptureError) {
                let capture = try LiveCapture(interface: interface, options: options)
                guard capture.linkType.rawValue == linkType else {
                    send(HandedFrame(kind: HandedFrame.Kind.isOther.rawValue))
                    return 0
                }
                try copy(capture)
            } catch {
                // It is not there yet, or has gone again.
            }
            if !isOver { wait() }
        }
        return 0
    }

    private func wait() {
        var state = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        // Nothing more is asked for: the other end is closed.
        if poll(&state, 1, Int32(Self.pause / 1_000)) > 0 { isOver = true }
    }

    private func copy(_ capture: borrowing LiveCapture) throws(CaptureError) {
        isInMicroseconds = capture.isInMicroseconds
        drops = WideCount()
        counted = 0
        send(HandedFrame(kind: HandedFrame.Kind.isBack.rawValue))
        defer { send(HandedFrame(kind: HandedFrame.Kind.isGone.rawValue)) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        while !isOver {
            let count = try capture.dispatch(limit: 4_096, context) { context, header, bytes in
                guard let context, let header, let bytes else { return }
                Unmanaged<InterfaceHelperProcess>.fromOpaque(context).takeUnretainedValue().put(header.pointee, bytes)
            }
            if let now = capture.kernelDrops() { report(now) }
            guard count == 0 else { continue }
            if capture.isIdle(beside: STDIN_FILENO, milliseconds: 250, &isOver), capture.problem != nil { return }
        }
    }

    private func put(_ header: pcap_pkthdr, _ bytes: UnsafePointer<UInt8>) {
        var time = header.ts
        if isInMicroseconds { time.tv_usec *= 1_000 }
        let length = min(Int(header.caplen), LiveOptions.snapLengths.upperBound)
        send(
            HandedFrame(
                kind: HandedFrame.Kind.frame.rawValue, time: Savefile.nanoseconds(time, hasShortTimes: false),
                originalLength: UInt64(header.len)), UnsafeRawBufferPointer(start: bytes, count: length))
    }

    private func report(_ now: UInt32) {
        drops.advance(to: now)
        guard drops.total > counted else { return }
        send(HandedFrame(kind: HandedFrame.Kind.dropped.rawValue, time: Int64(clamping: drops.total - counted)))
        counted = drops.total
    }

    /// Waits while the other end does not take it: then the kernel counts what it drops.
    private func send(
        _ header: HandedFrame, _ bytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        if isOver { return }
        buffer.withUnsafeMutableBytes { buffer in
            withUnsafeBytes(of: header) { buffer.copyMemory(from: $0) }
            UnsafeMutableRawBufferPointer(rebasing: buffer[HandedFrame.headerLength...]).copyMemory(from: bytes)
        }
        let count = HandedFrame.headerLength + bytes.count
        var sent = -1
        repeat {
            sent = buffer.withUnsafeBytes { linux_send_with_descriptor(STDIN_FILENO, $0.baseAddress, count, -1) }
        } while sent < 0 && errno == EINTR
        if sent != count { isOver = true }
    }
}
