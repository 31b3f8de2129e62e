import Fields
import Records

/// How several threads write the records of one reading: each has a writer of its own, and what those write is put
/// together in the order of the records.
///
/// It is for writers of which what they write of a record depends on no other record.
public struct SharedWriting: @unchecked Sendable {
    /// How many threads there are, with the one that reads.
    public let threads: Int
    /// Bytes of text that may wait to be written, for each thread.
    public var textPerThread = 4 << 20
    /// Where all is written; it is for one thread at a time.
    public let output: ByteOutput
    /// Makes a writer for one thread, which is neither begun nor ended.
    public let makeWriter: @Sendable (ByteOutput) -> any RecordSink

    public init(threads: Int, _ output: ByteOutput, makeWriter: @escaping @Sendable (ByteOutput) -> any RecordSink) {
        self.threads = threads
        self.output = output
        self.makeWriter = makeWriter
    }
}

/// A writer that also writes what others of its kind have written as parts of one text.
public protocol JointWriter: RecordSink {
    /// Writes what was written next, and empties it.
    func join(_ text: inout TextBuffer)
}
