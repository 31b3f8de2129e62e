/// A file of several that are merged by time.
final class MergedFile {
    /// Its index into the paths given.
    let file: Int
    /// Its place in the order of first frames. Of frames of one time, that of the file with the lower place is first.
    let place: Int
    /// The time of the frame that it gives next.
    var time: Int64
    /// Nil while it is not open, and while it is the one that is read.
    var capture: OfflineCapture?

    init(file: Int, place: Int, firstTime: Int64) {
        self.file = file
        self.place = place
        time = firstTime
    }

    func precedes(_ other: MergedFile) -> Bool {
        (time, place) < (other.time, other.place)
    }
}

/// The merged files that wait for their turn, in the order of the frames that they give next. Those that are not open
/// yet wait with the time of their first frame.
struct MergedFiles {
    /// The one with the earliest frame is last.
    private var waiting: [MergedFile] = []
    /// Those whose turn came while no more files might be open, in that order.
    private var heldUp: [MergedFile] = []
    /// How many files were ever held up.
    private(set) var heldUpCount = 0

    /// Sets out to merge files of which there are none yet.
    ///
    /// - Parameter firstTimes: The files, in the order given, with the times of their first frames.
    mutating func begin(_ firstTimes: [(file: Int, time: Int64)]) {
        let ordered = firstTimes.sorted { ($0.time, $0.file) < ($1.time, $1.file) }
        waiting = ordered.enumerated().reversed().map { place, first in
            MergedFile(file: first.file, place: place, firstTime: first.time)
        }
    }

    /// The file whose turn it is, which stays.
    var first: MergedFile? { waiting.last }

    /// Takes out the file whose turn it is.
    ///
    /// - Parameter mayOpen: Whether it may be one that is not open; else such a one is held up.
    mutating func takeFirst(mayOpen: Bool) -> MergedFile? {
        while let file = waiting.popLast() {
            if mayOpen || file.capture != nil { return file }
            heldUp.append(file)
            heldUpCount += 1
        }
        return nil
    }

    /// Has a file wait that is open.
    mutating func insert(_ file: MergedFile) {
        var index = waiting.endIndex
        while index > 0, waiting[index - 1].precedes(file) { index -= 1 }
        waiting.insert(file, at: index)
    }

    /// Gives its turn to the first file that was held up, since another has been closed.
    mutating func admit() {
        if !heldUp.isEmpty { insert(heldUp.removeFirst()) }
    }

    /// The sum of a number over the files that are open.
    func sum(_ number: (borrowing OfflineCapture) -> UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for file in waiting {
            switch file.capture {
            case .some(let capture): sum &+= number(capture)
            case .none: break
            }
        }
        return sum
    }
}
