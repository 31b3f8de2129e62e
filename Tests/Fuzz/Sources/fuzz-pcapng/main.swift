import BTCShark
import FuzzSupport
import Glibc

// A pcapng file, read as a file and through a pipe: both give the same frames, each within the input.
struct Seen: Equatable {
    var time: Int64
    var hasTime: Bool
    var original: Int
    var linkType: Int32
    var interface: CaptureNotes.Interface?
    var comments: [[UInt8]]
    var bytes: [UInt8]
}

func frames(_ path: String) -> (seen: [Seen], error: CaptureError.Problem?, drops: UInt64) {
    let notes = CaptureNotes()
    var files = CaptureFiles(paths: [path], notes: notes)
    var seen: [Seen] = []
    do {
        while try files.next({ header, bytes in
            seen.append(
                Seen(
                    time: header.time, hasTime: header.hasTime, original: header.originalLength,
                    linkType: header.linkType.rawValue, interface: notes.interface(header.interface),
                    comments: notes.comments(header.comment), bytes: bytes.withUnsafeBytes { Array($0) }))
        }) {}
        return (seen, nil, files.drops)
    } catch {
        return (seen, error.problem, files.drops)
    }
}

// It has no name, and is gone with the program.
guard let temporary = tmpfile() else { fatalError("no temporary file") }
let file = fileno(temporary)

fuzz { start, count in
    // What does not begin so is libpcap's.
    let magic: [UInt8] = [0x0a, 0x0d, 0x0d, 0x0a]
    guard let start, count >= 4, count < 60_000, (0..<4).allSatisfy({ start[$0] == magic[$0] }) else { return 0 }
    guard ftruncate(file, 0) == 0, pwrite(file, start, count, 0) == count else { fatalError("cannot write") }
    let whole = frames("/proc/self/fd/\(file)")
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0, write(ends[1], start, count) == count else { fatalError("no pipe") }
    close(ends[1])
    let piped = frames("/dev/fd/\(ends[0])")
    close(ends[0])
    guard whole.seen == piped.seen, whole.error == piped.error, whole.drops == piped.drops else {
        fatalError("a pipe gives other frames")
    }
    guard whole.seen.allSatisfy({ $0.bytes.count <= count }) else { fatalError("a frame is longer than its file") }
    return 0
}
