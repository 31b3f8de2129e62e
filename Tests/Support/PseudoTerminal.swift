import Foundation
import Synchronization

/// A terminal that shows nothing: a program writes to it, and a test reads what was written, byte for byte.
public final class PseudoTerminal: Sendable {
    /// For the program.
    public let programEnd: Int32
    private let testEnd: Int32
    private let collected = Mutex<[UInt8]>([])
    private let isOver = DispatchGroup()

    public init(columns: UInt16 = 80, rows: UInt16 = 24) throws {
        testEnd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try require(testEnd >= 0, "a pseudo-terminal")
        // TIOCSPTLCK and TIOCGPTN, which this header does not have.
        var (isLocked, number): (Int32, UInt32) = (0, 0)
        try require(
            ioctl(testEnd, 0x4004_5431, &isLocked) == 0 && ioctl(testEnd, 0x8004_5430, &number) == 0, "its number")
        programEnd = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try require(programEnd >= 0, "its other end")
        var mode = termios()
        try require(tcgetattr(programEnd, &mode) == 0, "its mode")
        // Newlines stay as they are.
        cfmakeraw(&mode)
        try require(tcsetattr(programEnd, TCSANOW, &mode) == 0, "a raw mode")
        try resize(columns: columns, rows: rows)
        collect()
    }

    /// A program that draws hears of it by SIGWINCH, which the test sends: the terminal controls no process.
    public func resize(columns: UInt16, rows: UInt16) throws {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try require(ioctl(programEnd, UInt(TIOCSWINSZ), &size) == 0, "a size")
    }

    /// What was written so far.
    public var text: String { String(decoding: collected.withLock { $0 }, as: UTF8.self) }

    /// All that was written: to be called once, when the program has ended.
    public func finish() -> String {
        close(programEnd)
        isOver.wait()
        close(testEnd)
        return text
    }

    private func collect() {
        isOver.enter()
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                // An error once nobody has the other end open.
                let count = read(testEnd, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                collected.withLock { $0 += buffer.prefix(count) }
            }
            isOver.leave()
        }.start()
    }
}
