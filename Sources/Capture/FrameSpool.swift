import Glibc
import Synchronization
import System

/// Frames that came once, from a pipe or an interface, kept in a file without a name to be read again and again; between
/// them what else happened, at its place.
///
/// One thread appends; any thread may read meanwhile, each with a reader of its own.
public final class FrameSpool: Sendable {
    /// What happened between frames, as the clock on the wall decided.
    public enum Mark: Equatable, Sendable {
        /// Time passed without a frame, up to this moment in nanoseconds since 1970.
        case passed(Int64)
        /// Records waited for others no longer.
        case released
        /// Secrets had come: lines of a key log.
        case secrets([UInt8])
        /// Secrets that an input brings along, by its place among the inputs.
        case embedded([UInt8], file: Int)
    }

    public enum Item {
        case frame(FrameHeader)
        case mark(Mark)
    }

    /// As it stands in the file, before the frame's bytes.
    fileprivate struct Entry: BitwiseCopyable {
        var number: UInt64
        var time: Int64
        var captured: UInt32
        var original: UInt32
        var linkType: Int32
        var file: UInt32
        var interface: UInt32
        var comment: UInt32
        /// See ``Flags``.
        var flags: UInt32
        var spare: UInt32 = 0
    }

    fileprivate enum Flags {
        static let hasTime: UInt32 = 1
        static let isOutgoing: UInt32 = 2
        static let passed: UInt32 = 4
        static let released: UInt32 = 8
        static let secrets: UInt32 = 16
        static let embedded: UInt32 = 32
    }

    fileprivate let file: SpoolFile
    private let frameBytes = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - folder: Where it takes room.
    ///   - limit: In bytes, of frames with 48 bytes each beside their own.
    public init(in folder: String, limit: UInt64) throws(CaptureError) {
        do throws(SystemFailure) {
            file = try SpoolFile(in: folder, limit: limit)
        } catch {
            throw CaptureError(.cannotCreate, path: folder, detail: error.message)
        }
    }

    /// Why nothing more can be appended though the limit is not reached: the disk is full, say.
    public var trouble: String? { file.failure?.message }

    /// How many bytes its frames have. Marks, which come while nothing is captured, too, do not count.
    public var frameByteCount: UInt64 { frameBytes.load(ordering: .relaxed) }

    /// Appends a frame.
    ///
    /// - Returns: Whether there was room for it.
    public func append(_ header: FrameHeader, _ bytes: RawSpan) -> Bool {
        var entry = Entry(
            number: header.number, time: header.time, captured: UInt32(clamping: bytes.byteCount),
            original: UInt32(clamping: header.originalLength), linkType: header.linkType.rawValue,
            file: UInt32(clamping: header.file), interface: header.interface, comment: header.comment, flags: 0)
        if header.hasTime { entry.flags |= Flags.hasTime }
        if header.isOutgoing { entry.flags |= Flags.isOutgoing }
        guard append(entry, bytes) else { return false }
        frameBytes.add(UInt64(bytes.byteCount), ordering: .relaxed)
        return true
    }

    /// Appends a mark.
    public func append(_ mark: Mark) -> Bool {
        var entry = Entry(
            number: 0, time: 0, captured: 0, original: 0, linkType: 0, file: 0, interface: 0, comment: 0, flags: 0)
        switch mark {
        case .passed(let time):
            entry.time = time
            entry.flags = Flags.passed
        case .released: entry.flags = Flags.released
        case .secrets(let lines):
            entry.flags = Flags.secrets
            entry.captured = UInt32(clamping: lines.count)
            return append(entry, lines.span.bytes)
        case .embedded(let lines, let file):
            entry.flags = Flags.embedded
            entry.captured = UInt32(clamping: lines.count)
            entry.file = UInt32(clamping: file)
            return append(entry, lines.span.bytes)
        }
        return append(entry, RawSpan())
    }

    private func append(_ entry: Entry, _ bytes: RawSpan) -> Bool {
        file.append(atMost: MemoryLayout<Entry>.size + bytes.byteCount) { buffer in
            withUnsafeBytes(of: entry) { buffer.append(contentsOf: $0) }
            bytes.withUnsafeBytes { buffer.append(contentsOf: $0) }
        } != nil
    }

    /// Reads from the beginning on.
    public func reader() -> Reader { Reader(file) }

    /// Reads items one after another, as far as there are any by now; later there may be more.
    public struct Reader: ~Copyable {
        private let file: SpoolFile
        private var place: UInt64 = 0
        /// What was read ahead, from ``place`` on.
        private var window: [UInt8] = []
        private var at = 0

        private static let windowSize = 1 << 20

        fileprivate init(_ file: SpoolFile) { self.file = file }

        /// Hands out the next item; a mark has no bytes.
        ///
        /// - Returns: Whether there was one.
        public mutating func next(_ body: (Item, RawSpan) -> Void) -> Bool {
            guard fill(MemoryLayout<Entry>.size) else { return false }
            let entry = window.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: Entry.self) }
            let length = MemoryLayout<Entry>.size + Int(entry.captured)
            guard fill(length) else { return false }
            Self.handOut(entry, window.span.bytes.extracting(at + MemoryLayout<Entry>.size..<at + length), body)
            at += length
            return true
        }

        private static func handOut(_ entry: Entry, _ bytes: RawSpan, _ body: (Item, RawSpan) -> Void) {
            if entry.flags & Flags.passed != 0 { return body(.mark(.passed(entry.time)), RawSpan()) }
            if entry.flags & Flags.released != 0 { return body(.mark(.released), RawSpan()) }
            if entry.flags & (Flags.secrets | Flags.embedded) != 0 {
                let lines = bytes.withUnsafeBytes { Array($0) }
                let isEmbedded = entry.flags & Flags.embedded != 0
                return body(.mark(isEmbedded ? .embedded(lines, file: Int(entry.file)) : .secrets(lines)), RawSpan())
            }
            var header = FrameHeader(
                number: entry.number, time: entry.time, capturedLength: Int(entry.captured),
                originalLength: Int(entry.original), linkType: LinkTypeNumber(rawValue: entry.linkType),
                file: Int(entry.file))
            header.hasTime = entry.flags & Flags.hasTime != 0
            header.isOutgoing = entry.flags & Flags.isOutgoing != 0
            header.interface = entry.interface
            header.comment = entry.comment
            body(.frame(header), bytes)
        }

        /// Has at least so many bytes from ``at`` on in the window.
        private mutating func fill(_ count: Int) -> Bool {
            if window.count - at >= count { return true }
            let file = file
            let rest = window.count - at
            let start = place &+ UInt64(window.count)
            let old = window[at...]
            var next = [UInt8](unsafeUninitializedCapacity: rest + max(Self.windowSize, count)) { buffer, size in
                _ = buffer.update(fromContentsOf: old)
                let target = UnsafeMutableRawBufferPointer(buffer)
                size = rest + file.read(at: start, into: .init(rebasing: target[rest...]))
            }
            swap(&window, &next)
            place &+= UInt64(at)
            at = 0
            return window.count >= count
        }
    }
}
