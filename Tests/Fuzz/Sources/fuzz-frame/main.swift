import FuzzSupport

// Frames of any link type: one byte chooses it, one says how long the frame is, and so on to the end. The input's
// length chooses how records are made.
let linkTypes: [Int32] = [
    0, 1, 9, 12, 14, 50, 51, 101, 108, 113, 228, 229, 276, 104, 105, 107, 109, 117, 127, 149, 192, 204, 205, 206, 239,
    258, 281, 282, 284, 285,
]

fuzz { start, count in
    var input = Input(start, count)
    var sinkhole = Sinkhole(usesRecordThread: count & 1 != 0, collectsFrames: count & 2 != 0)
    while !input.isEmpty {
        let linkType = linkTypes[Int(input.byte()) % linkTypes.count]
        let length = Int(input.byte()) * 4
        let frame = input.bytes(length)
        sinkhole.receive(frame, linkType: linkType, originalLength: frame.count + Int(input.byte() & 7))
    }
    sinkhole.finish()
    return 0
}
