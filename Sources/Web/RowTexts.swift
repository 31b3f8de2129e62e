#if Web
import Fields

/// What of a row stands in the index's file: its texts, and what few rows have.
struct RowTexts {
    /// `address:port`, safe to print; both empty for a message that came without packets.
    var source: [UInt8] = []
    var destination: [UInt8] = []
    /// The command as it is printed; of what is no message, what it is.
    var name: [UInt8] = []
    var info: [UInt8] = []
    /// The worst remark; empty where there is none.
    var remark: [UInt8] = []
    var frameCount: UInt32 = 0
    /// How long the request has waited for this, in nanoseconds.
    var answerTime: Int64?
    /// The frame that completed the request.
    var answerFrame: UInt64 = 0
    var asked: Asked?

    /// The announcement of what the row asks for.
    struct Asked {
        var frame: UInt64
        /// Of the row; 0 where that is not known.
        var number: UInt32
        /// How long the asker has waited, in nanoseconds.
        var time: Int64
    }

    /// Bytes that each text is cut to, and no character of it in part.
    static let mostBytes = 300
    /// Of all of them.
    static let mostLength = 5 * (mostBytes + 8) + 64

    private static let hasAnswer: UInt8 = 1
    private static let isAsked: UInt8 = 2

    func append(to buffer: inout [UInt8]) {
        buffer.append((answerTime == nil ? 0 : Self.hasAnswer) | (asked == nil ? 0 : Self.isAsked))
        for text in [source, destination, name, info, remark] {
            let cut = Self.cut(text)
            Self.append(UInt16(clamping: cut.count), to: &buffer)
            buffer.append(contentsOf: cut)
        }
        Self.append(frameCount, to: &buffer)
        if let answerTime {
            Self.append(answerTime, to: &buffer)
            Self.append(answerFrame, to: &buffer)
        }
        if let asked {
            Self.append(asked.frame, to: &buffer)
            Self.append(asked.number, to: &buffer)
            Self.append(asked.time, to: &buffer)
        }
    }

    init() {}

    /// What ``append(to:)`` has written; nil where bytes are missing.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var at = 0
        func take<Value: BitwiseCopyable>(_ type: Value.Type) -> Value? {
            guard bytes.count - at >= MemoryLayout<Value>.size else { return nil }
            defer { at += MemoryLayout<Value>.size }
            return bytes.loadUnaligned(fromByteOffset: at, as: Value.self)
        }
        func text() -> [UInt8]? {
            guard let count = take(UInt16.self), bytes.count - at >= Int(count) else { return nil }
            defer { at += Int(count) }
            return Array(bytes[at..<at + Int(count)])
        }
        guard let flags = take(UInt8.self), let source = text(), let destination = text(), let name = text(),
            let info = text(), let remark = text(), let frameCount = take(UInt32.self)
        else { return nil }
        (self.source, self.destination, self.name, self.info, self.remark) = (source, destination, name, info, remark)
        self.frameCount = frameCount
        if flags & Self.hasAnswer != 0 {
            guard let time = take(Int64.self), let frame = take(UInt64.self) else { return nil }
            answerTime = time
            answerFrame = frame
        }
        if flags & Self.isAsked != 0 {
            guard let frame = take(UInt64.self), let number = take(UInt32.self), let time = take(Int64.self) else {
                return nil
            }
            asked = Asked(frame: frame, number: number, time: time)
        }
    }

    private static func append(_ value: some BitwiseCopyable, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: value) { buffer.append(contentsOf: $0) }
    }

    /// Whole characters of a text of UTF-8, with an ellipsis where some are left out.
    private static func cut(_ text: [UInt8]) -> [UInt8] {
        guard text.count > mostBytes else { return text }
        var end = mostBytes
        while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
        return text[..<end] + Array("…".utf8)
    }
}
#endif
