import BitcoinP2P
import Capture

/// The files of several message captures: where each one's next record is, and whose turn it is.
///
/// Of each file only the header of the next record is held, and few are open at a time, so that a node with ten thousand
/// peers can be read in the order of time.
struct MessageCaptureFiles: ~Copyable {
    struct File {
        let path: String
        let peer: Int
        let direction: CapturedDirection
        /// Of a pipe the highest number, until its end was met.
        var size: UInt64 = 0
        /// Where the next record begins.
        var offset: UInt64 = 0
        var head: MessageCaptureRecord?
        var window: FileWindow?
        var lastUse: UInt64 = 0
    }

    private(set) var files: [File]
    /// A heap: each file's next record comes no later than those of the two below it.
    private var turns: [Int] = []
    /// The files that are open.
    private var open: [Int] = []
    /// The file, first among ``turns``, of which the next header has not been read yet.
    private var unread: Int?
    private var uses: UInt64 = 0
    private var scratch: [UInt8] = []
    /// What went wrong with which file, and how much of it has been reported.
    private var errors: [(file: Int, error: MessageCaptureError)] = []
    private var reported = 0
    /// Bytes that are skipped.
    private(set) var skippedBytes: UInt64 = 0

    private static let openLimit = 128

    /// Reads the first header of each file.
    init(_ files: [File]) {
        self.files = files
        for index in files.indices {
            readHead(index)
            if self.files[index].head != nil { push(index) }
        }
    }

    /// Reads the record whose turn it is, header and payload, into `bytes`: fewer than it claims where its file ends.
    ///
    /// - Returns: Its file; nil at the end of all.
    mutating func next(into bytes: inout [UInt8]) -> (file: Int, record: MessageCaptureRecord)? {
        if let index = unread {
            unread = nil
            readHead(index)
            settle(index)
        }
        while let index = turns.first {
            guard let record = files[index].head else { return nil }
            let offset = files[index].offset
            let end = offset &+ UInt64(MessageCaptureRecord.headerLength) &+ UInt64(record.length)
            let isRead = read(index, count: Int(clamping: min(end, files[index].size) &- offset), into: &bytes)
            if !isRead || bytes.count < MessageCaptureRecord.headerLength {
                files[index].head = nil
                popFirst()
                continue
            }
            files[index].offset = end
            if UInt64(bytes.count) < end &- offset {
                errors.append((index, .cutShort(path: files[index].path, offset: offset)))
                files[index].head = nil
            } else if files[index].window?.isReadOnce == true {
                // What a pipe has next may be long in coming: this record does not wait for it.
                unread = index
                return (index, record)
            } else {
                readHead(index)
            }
            settle(index)
            return (index, record)
        }
        return nil
    }

    /// Puts the first of ``turns``, whose next header was read, in its place.
    private mutating func settle(_ index: Int) {
        if files[index].head == nil {
            close(index)
            popFirst()
        } else {
            sink(0)
        }
    }

    /// What went wrong, once each.
    mutating func takeError() -> (file: Int, error: MessageCaptureError)? {
        guard reported < errors.count else { return nil }
        reported += 1
        return errors[reported - 1]
    }

    /// Reads the header at the file's offset; there is none at its end, or where nothing can be believed any more.
    private mutating func readHead(_ index: Int) {
        files[index].head = nil
        guard files[index].offset < files[index].size || files[index].offset == 0 else { return }
        let offset = files[index].offset
        var bytes: [UInt8] = []
        swap(&bytes, &scratch)
        defer { swap(&bytes, &scratch) }
        guard read(index, count: MessageCaptureRecord.headerLength, into: &bytes), !bytes.isEmpty else { return }
        guard let record = MessageCaptureRecord(bytes.span.bytes) else {
            skippedBytes &+= UInt64(bytes.count)
            errors.append((index, .cutShort(path: files[index].path, offset: offset)))
            return
        }
        guard record.length <= MessageFramer.oldLengthLimit else {
            let left = end(index) &- offset
            skippedBytes &+= left
            let path = files[index].path
            errors.append(
                (index, .lengthImpossible(path: path, offset: offset, length: record.length, skipped: left)))
            return
        }
        files[index].head = record
    }

    /// False where it cannot be read, which is noted.
    private mutating func read(_ index: Int, count: Int, into bytes: inout [UInt8]) -> Bool {
        do throws(CaptureError) {
            let window = try window(index)
            defer { if window.isReadOnce { files[index].size = window.size } }
            try window.read(at: files[index].offset, count: count, into: &bytes)
            return true
        } catch {
            errors.append((index, .file(error)))
            return false
        }
    }

    /// Where the file ends; of one that fails before, where its next record begins.
    private mutating func end(_ index: Int) -> UInt64 {
        do throws(CaptureError) {
            let window = try window(index)
            if window.isReadOnce { files[index].size = try window.wholeSize() }
            return files[index].size
        } catch {
            errors.append((index, .file(error)))
            return files[index].offset
        }
    }

    // MARK: Open files

    private mutating func window(_ index: Int) throws(CaptureError) -> FileWindow {
        uses += 1
        files[index].lastUse = uses
        if let window = files[index].window { return window }
        // What can be read only once stays open.
        if open.count >= Self.openLimit,
            let idlest = open.filter({ files[$0].window?.isReadOnce == false })
                .min(by: { files[$0].lastUse < files[$1].lastUse })
        {
            close(idlest)
        }
        let window = try FileWindow(path: files[index].path)
        // What a node goes on to write meanwhile is left to the next time.
        if files[index].size == 0 { files[index].size = window.size }
        files[index].window = window
        open.append(index)
        return window
    }

    private mutating func close(_ index: Int) {
        files[index].window = nil
        open.removeAll { $0 == index }
    }

    // MARK: Turns

    /// Whether one file's record comes before another's; of the same time the file named first.
    private func comes(_ one: Int, before other: Int) -> Bool {
        let (time, otherTime) = (files[one].head?.time ?? .max, files[other].head?.time ?? .max)
        return time == otherTime ? one < other : time < otherTime
    }

    private mutating func push(_ index: Int) {
        turns.append(index)
        var place = turns.count - 1
        while place > 0, comes(turns[place], before: turns[(place - 1) / 2]) {
            turns.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private mutating func popFirst() {
        guard let last = turns.popLast(), !turns.isEmpty else { return }
        turns[0] = last
        sink(0)
    }

    private mutating func sink(_ start: Int) {
        var place = start
        while true {
            var first = place
            for child in [2 * place + 1, 2 * place + 2] where child < turns.count {
                if comes(turns[child], before: turns[first]) { first = child }
            }
            if first == place { return }
            turns.swapAt(place, first)
            place = first
        }
    }
}
