import FuzzSupport

// Segments of a few connections on Bitcoin's port. An operation is a byte of flags, a place in the stream, a length and
// so many bytes; places are near each other, so that segments overlap, repeat and leave holes. The input's
// length chooses how records are made.
fuzz { start, count in
    var input = Input(start, count)
    var sinkhole = Sinkhole(usesRecordThread: count & 1 != 0, collectsFrames: count & 2 != 0)
    while !input.isEmpty {
        let choice = input.byte()
        var packet = Packet()
        packet.fromServer = choice & 1 != 0
        packet.client = 1 + (choice >> 1 & 3)
        // Streams begin just before the sequence number wraps around.
        packet.sequence = 0xffff_ff00 &+ UInt32(input.word() & 0x3ff)
        packet.acknowledgment = 0xffff_ff00 &+ UInt32(input.word() & 0x3ff)
        packet.flags = [0x10, 0x10, 0x10, 0x18, 0x02, 0x12, 0x11, 0x14][Int(choice >> 5)]
        packet.payload = input.bytes(Int(input.byte()))
        // Now and then the snap length cuts the frame.
        var frame = packet.frame
        let original = frame.count
        if choice & 0x18 == 0x18 { frame = Array(frame.prefix(96)) }
        sinkhole.receive(frame, linkType: 1, originalLength: original, after: Int64(choice & 8) * 50_000_000)
    }
    sinkhole.finish()
    return 0
}
