import Support
import Testing

/// One way to make a dissector read other bytes than the receiver does.
struct Evasion: CustomTestStringConvertible, Sendable {
    let name: String
    /// Both SYNs negotiate them.
    var hasTimestamps = true
    /// No packet tells which copy the receiver took: that there was another is enough.
    var isUndecidable = false
    /// Payload of the SYN, made of the first bytes that are said.
    var synData: @Sendable ([UInt8]) -> [UInt8] = { _ in [] }
    /// What is done between the pings before and after.
    let play: @Sendable (Evader) throws -> Void

    var testDescription: String { name }

    init(
        _ name: String, hasTimestamps: Bool = true, isUndecidable: Bool = false,
        synData: @escaping @Sendable ([UInt8]) -> [UInt8] = { _ in [] },
        play: @escaping @Sendable (Evader) throws -> Void
    ) {
        self.name = name
        self.hasTimestamps = hasTimestamps
        self.isUndecidable = isUndecidable
        self.synData = synData
        self.play = play
    }

    /// The same pings with other nonces, which are recognised by their checksums.
    static func forged(_ pings: [UInt8], _ variant: UInt8 = 0xa5) -> [UInt8] {
        pings.enumerated().map { place, byte in place % 32 >= 24 ? byte ^ variant : byte }
    }

    static let all = strays + dropped + closing + overlaps + repeated

    // MARK: Beside the stream

    static let mebibyte = 1 << 20

    static let strays: [Evasion] = [
        Evasion("none") { _ in },
        Evasion("first-syn-again") { evader in
            try evader.put(at: Int(evader.start) - Int(evader.next)) { $0.flags = .syn }
        },
        Evasion("syn-60-MiB-ahead") { try $0.put(at: 60 * mebibyte) { $0.flags = .syn } },
        Evasion("byte-60-MiB-ahead-then-silence") {
            try $0.put([0x41], at: 60 * mebibyte)
            try $0.pause(2_500)
        },
        Evasion("four-bytes-1-GiB-ahead", hasTimestamps: false) { evader in
            for index in 0..<4 { try evader.put([UInt8(index)], at: 1_024 * mebibyte + index) }
        },
        Evasion("syn-at-the-expected-number") { evader in
            try evader.put { $0.flags = .syn }
            try evader.put { $0.flags = [.syn, .ack] }
        },
        Evasion("syn-with-data-at-the-expected-number") { evader in
            let ping = evader.ping()
            try evader.put(forged(ping)) { $0.flags = [.syn, .ack] }
            try evader.pause(50)
            try evader.say(ping)
        },
        Evasion("syn-with-data-not-acknowledged", synData: { $0 }) { _ in },
        Evasion("syn-with-other-data-not-acknowledged", synData: { forged($0) }) { _ in },
        Evasion("data-beyond-the-window") { evader in
            let ping = evader.ping()
            try evader.put(forged(ping), at: evader.window + 10_000)
            try evader.pause(50)
            try evader.say(ping)
        },
        Evasion("data-across-the-end-of-the-window") { evader in
            let end = evader.window
            let message = BitcoinMessage.tx(1, size: end + 10_000).bytes
            try evader.put(message[end - 16..<end + 16].map { $0 ^ 0xa5 }, at: end - 16)
            // What follows stops within the forged copy, of which one half is beyond the window.
            let stops = Array(stride(from: 0, to: end - 10, by: 1_400)) + [end - 10]
            for (start, stop) in zip(stops, stops.dropFirst()) { try evader.say(Array(message[start..<stop])) }
            try evader.pause(50)
            for start in stride(from: end - 10, to: message.count, by: 1_400) {
                try evader.say(Array(message[start..<min(start + 1_400, message.count)]))
            }
        },
        Evasion("keep-alive-with-a-byte") { evader in
            for byte: UInt8 in [0, 0x41, 0xf9] { try evader.put([byte], at: -1) { $0.flags = .ack } }
        },
    ]

    // MARK: Segments that the receiver drops

    /// A forged ping that `spoil` makes the receiver drop, then the true one.
    static func dropping(
        _ name: String, hasTimestamps: Bool = true, isUndecidable: Bool = false,
        _ spoil: @escaping @Sendable (inout RawSegment, Evader) -> Void
    ) -> Evasion {
        Evasion(name, hasTimestamps: hasTimestamps, isUndecidable: isUndecidable) { evader in
            for _ in 0..<3 {
                let ping = evader.ping()
                try evader.put(forged(ping)) { spoil(&$0, evader) }
                try evader.pause(50)
                // The kernel may have taken it: then the true one is a retransmission.
                try evader.say(ping)
            }
        }
    }

    static let dropped: [Evasion] = [
        dropping("data-with-a-wrong-checksum") { segment, _ in segment.isChecksumWrong = true },
        dropping("data-with-a-wrong-ip-checksum") { segment, _ in segment.isHeaderChecksumWrong = true },
        dropping("data-without-ack-flag") { segment, _ in segment.flags = .psh },
        dropping("data-without-any-flag") { segment, _ in segment.flags = [] },
        dropping("data-with-an-old-timestamp") { segment, evader in
            segment.timestamps?.value = evader.timestamp &- 100_000
        },
        dropping("data-with-a-timestamp-one-back") { segment, evader in
            segment.timestamps?.value = evader.lastTimestamp &- 1
        },
        dropping("data-with-a-timestamp-two-back") { segment, evader in
            segment.timestamps?.value = evader.lastTimestamp &- 2
        },
        Evasion("timestamp-ahead-in-order") { evader in
            let ping = evader.ping()
            // The kernel remembers it, and drops what is older.
            try evader.put {
                $0.flags = .ack
                $0.timestamps?.value &+= 100_000
            }
            try evader.put(forged(ping))
            try evader.pause(50)
            evader.timestampShift = 200_000
            try evader.say(ping)
        },
        Evasion("timestamp-ahead-out-of-order") { evader in
            let pings = evader.pings(2)
            try evader.put(Array(pings[32...]), at: 32) { $0.timestamps?.value &+= 100_000 }
            try evader.put(Array(pings[..<32]))
            try evader.claim(64)
        },
        dropping("data-without-the-timestamp") { segment, _ in segment.timestamps = nil },
        dropping("data-that-acknowledges-the-unsent") { segment, _ in segment.acknowledgment &+= 1_000 },
        dropping("data-that-acknowledges-one-unsent-byte") { segment, _ in segment.acknowledgment &+= 1 },
        dropping("data-that-acknowledges-1-GiB-back") { segment, _ in segment.acknowledgment &-= 1 << 30 },
        Evasion("data-that-acknowledges-1-GiB-back-behind-unread") { evader in
            // The kernel has memory at hand: then its fast path takes the bytes before it looks at the number.
            evader.reader.hold()
            try evader.say(evader.ping())
            try evader.say(evader.ping())
            let ping = evader.ping()
            try evader.put(forged(ping)) { $0.acknowledgment &-= 1 << 30 }
            try evader.pause(50)
            evader.reader.release()
            try evader.say(ping)
        },
        dropping("data-that-acknowledges-1-GiB-back-with-another-window") { segment, _ in
            segment.acknowledgment &-= 1 << 30
            segment.window = 500
        },
        dropping("data-that-acknowledges-1-GiB-back-without-timestamps", hasTimestamps: false) { segment, _ in
            segment.acknowledgment &-= 1 << 30
        },
        dropping("data-that-acknowledges-100-bytes-back") { segment, _ in
            segment.acknowledgment &-= 100
            segment.window = 500
        },
        dropping("data-that-acknowledges-300-bytes-back-with-another-window") { segment, _ in
            segment.acknowledgment &-= 300
            segment.window = 500
        },
        dropping("data-with-an-md5-option") { segment, _ in
            segment.options = [1, 1, 19, 18] + [UInt8](repeating: 7, count: 16)
        },
        dropping("data-for-another-station", isUndecidable: true) { segment, _ in
            segment.destinationMAC = [2, 0, 0, 0, 0, 9]
        },
        dropping("data-in-a-vlan", isUndecidable: true) { segment, _ in segment.vlan = 5 },
        // The route ends here, and yet Linux takes no such packet (accept_source_route).
        dropping("data-with-a-source-route", isUndecidable: true) { segment, _ in
            segment.headerOptions = [131, 7, 8, 192, 0, 2, 1, 0]
        },
        Evasion("fragments-that-differ", isUndecidable: true) { evader in
            let ping = evader.ping()
            let forgery = evader.segment(forged(ping))
            var truth = forgery
            truth.payload = ping
            // The header's 32 bytes and 16 of the payload, then the rest.
            try evader.put(frame: forgery.fragments(48)[1])
            try evader.put(frame: truth.fragments(48)[1])
            try evader.put(frame: truth.fragments(48)[0])
            try evader.pause(50)
            try evader.say(ping)
        },
    ]

    // MARK: False ends

    static let closing: [Evasion] = [
        Evasion("fin-with-a-wrong-checksum") { evader in
            try evader.put {
                $0.flags = [.fin, .ack]
                $0.isChecksumWrong = true
            }
        },
        Evasion("fin-without-ack-flag") { try $0.put { $0.flags = .fin } },
        Evasion("fin-with-an-old-timestamp") { evader in
            try evader.put {
                $0.flags = [.fin, .ack]
                $0.timestamps?.value = evader.timestamp &- 100_000
            }
        },
        Evasion("fin-beyond-the-window") { evader in
            try evader.put(at: evader.window + 1_000) { $0.flags = [.fin, .ack] }
        },
        Evasion("fin-beyond-a-hole-that-more-fills") { evader in
            let pings = evader.pings(3)
            try evader.put(at: 32) { $0.flags = [.fin, .ack] }
            try evader.say(pings)
        },
        Evasion("fin-beyond-a-hole-then-data-of-two") { evader in
            let pings = evader.pings(2)
            try evader.put(at: 32) { $0.flags = [.fin, .ack] }
            try evader.put(Array(pings[40...]), at: 40)
            try evader.put(Array(pings[..<44]))
            try evader.claim(64)
        },
        Evasion("fin-beyond-a-hole-that-is-filled") { evader in
            let ping = evader.ping()
            try evader.put(at: 32) { $0.flags = [.fin, .ack] }
            try evader.put(ping)
            try evader.pause(50)
            // Nobody reads what is behind the end.
            try evader.put(evader.ping(), at: 33)
            evader.isOver = true
        },
        Evasion("rst-outside-of-the-window") { evader in
            for offset in [-1, -40_000, evader.window + 10_000, 1 << 30] {
                try evader.put(at: offset) { $0.flags = .rst }
                try evader.put(at: offset) { $0.flags = [.rst, .ack] }
            }
        },
        Evasion("rst-in-the-window") { evader in
            for offset in [1, 32, 1_000] {
                try evader.put(at: offset) { $0.flags = .rst }
                try evader.put(at: offset) { $0.flags = [.rst, .ack] }
            }
        },
        Evasion("rst-with-a-wrong-checksum") { evader in
            try evader.put {
                $0.flags = .rst
                $0.isChecksumWrong = true
            }
        },
        Evasion("rst-at-the-expected-number") { evader in
            try evader.put { $0.flags = .rst }
            evader.isOver = true
        },
    ]
}
