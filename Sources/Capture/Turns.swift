/// Which file each frame was of, as runs of frames of one file: files one after another are a run each, however long;
/// where two alternate, a run is two bytes.
struct Turns {
    /// Of each run the file and the number of frames, both as LEB128; the last one is not in it yet.
    private var bytes: [UInt8] = []
    private var last = Turn(file: 0, frames: 0)

    /// Frames of one file that follow one another.
    struct Turn: Equatable {
        var file: Int
        var frames: UInt64
    }

    /// Adds a frame of this file.
    mutating func add(_ file: Int) {
        if file != last.file, last.frames > 0 {
            put(UInt64(last.file))
            put(last.frames)
            last.frames = 0
        }
        last.file = file
        last.frames &+= 1
    }

    /// The runs from the first one on.
    var reader: Reader { Reader(bytes: bytes, last: last.frames > 0 ? last : nil) }

    private mutating func put(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    struct Reader: IteratorProtocol {
        fileprivate let bytes: [UInt8]
        fileprivate var last: Turn?
        private var position = 0

        fileprivate init(bytes: [UInt8], last: Turn?) {
            self.bytes = bytes
            self.last = last
        }

        mutating func next() -> Turn? {
            guard position < bytes.count else { return last.take() }
            return Turn(file: Int(truncatingIfNeeded: take()), frames: take())
        }

        private mutating func take() -> UInt64 {
            var (number, shift): (UInt64, UInt64) = (0, 0)
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                number |= UInt64(byte & 0x7f) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            return number
        }
    }
}
