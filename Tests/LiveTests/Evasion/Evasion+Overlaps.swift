import Support

/// Bytes that come more than once, each time others.
extension Evasion {
    /// Copies of a ping behind a hole: of each the range, and whether it is the true one. At the end `filler` fills the hole,
    /// or more.
    private static func held(
        _ name: String, _ copies: [(range: Range<Int>, isTrue: Bool)], filler: Int = 32
    ) -> Evasion {
        Evasion("overlap-" + name) { evader in
            let pings = evader.pings(2)
            let forgery = forged(pings)
            for (range, isTrue) in copies {
                try evader.put(Array((isTrue ? pings : forgery)[range]), at: range.lowerBound)
            }
            try evader.put(Array(pings[..<filler]))
            try evader.claim(64)
        }
    }

    /// A forged copy behind a hole that `spoil` makes the receiver drop, then the true one.
    private static func dropped(
        _ name: String, _ spoil: @escaping @Sendable (inout RawSegment, Evader) -> Void
    ) -> Evasion {
        Evasion("held-" + name) { evader in
            let pings = evader.pings(2)
            try evader.put(Array(forged(pings)[32...]), at: 32) { spoil(&$0, evader) }
            try evader.put(Array(pings[32...]), at: 32)
            try evader.put(Array(pings[..<32]))
            try evader.claim(64)
        }
    }

    static let overlaps: [Evasion] = [
        dropped("with-a-wrong-checksum") { segment, _ in segment.isChecksumWrong = true },
        dropped("with-an-old-timestamp") { segment, evader in
            segment.timestamps?.value = evader.lastTimestamp &- 5_000
        },
        dropped("without-ack-flag") { segment, _ in segment.flags = .psh },
        dropped("that-acknowledges-the-unsent") { segment, _ in segment.acknowledgment &+= 1 },
        held("cover", [(58..<62, false), (32..<64, true)]),
        held("engulf", [(32..<64, true), (58..<62, false)]),
        held("tail", [(32..<60, true), (56..<64, false)]),
        held("head", [(58..<64, true), (32..<61, false)]),
        held("same", [(32..<64, false), (32..<64, true)]),
        held("in-order-over-held", [(32..<64, false)], filler: 64),
        held("in-order-over-a-part-of-held", [(32..<64, false)], filler: 60),
        held("two-covered", [(56..<58, false), (60..<62, false), (55..<63, true), (32..<64, false)]),
        held("cover-with-the-same-end", [(58..<64, false), (32..<64, true)]),
        held("cover-with-the-same-beginning", [(32..<60, false), (32..<64, true)]),
        held("between-two", [(32..<58, false), (62..<64, false), (56..<63, true)]),
        // None begins where a held one ends: Linux may join such, as the memory behind their buffers allows, and then they
        // cover and are covered as one.
        Evasion("overlaps-at-random") { evader in
            for _ in 0..<6 {
                let pings = evader.pings(8)
                for variant: UInt8 in 1...24 {
                    let start = Int.random(in: 4..<pings.count / 2, using: &evader.random) * 2
                    let length = Int.random(in: 0..<min((pings.count - start) / 2, 30), using: &evader.random) * 2 + 1
                    let copy = forged(pings, variant)
                    try evader.put(Array(copy[start..<start + length]), at: start)
                }
                // The holes that are left, from the last to the first.
                for start in stride(from: pings.count - 32, through: 0, by: -32) {
                    try evader.put(Array(pings[start..<start + 32]), at: start)
                }
                try evader.claim(pings.count)
            }
        },
    ]

    static let repeated: [Evasion] = [
        Evasion("retransmission-that-differs") { evader in
            let ping = evader.ping()
            try evader.say(ping)
            try evader.put(forged(ping), at: -32)
            try evader.pause(50)
            try evader.put(Array(forged(ping)[20...]), at: -12)
        },
        Evasion("retransmission-that-differs-and-goes-on") { evader in
            let pings = evader.pings(2)
            try evader.say(Array(pings[..<32]))
            try evader.put(forged(pings), at: -32)
            // The kernel takes the second half of it.
            try evader.say(Array(pings[32...]))
        },
        Evasion("reordered-and-repeated") { evader in
            for _ in 0..<5 {
                let pings = evader.pings(12)
                var pieces: [Range<Int>] = []
                var at = 0
                while at < pings.count {
                    let end = min(pings.count, at + Int.random(in: 1...50, using: &evader.random))
                    pieces.append(at..<end)
                    at = end
                }
                pieces += pieces.filter { _ in evader.random.chance(30) }
                pieces.shuffle(using: &evader.random)
                for piece in pieces { try evader.put(Array(pings[piece]), at: piece.lowerBound) }
                try evader.claim(pings.count)
            }
        },
        // The reader does not see the byte before the one that the pointer leads to.
        Evasion("urgent-byte") { evader in
            for place in [1, 16, 31] {
                let ping = evader.ping()
                let bytes = ping[..<place] + [0x55] + ping[place...]
                try evader.put(Array(bytes)) {
                    $0.flags = [.ack, .psh, .urg]
                    $0.urgentPointer = UInt16(place + 1)
                }
                try evader.claim(bytes.count)
                try evader.pause(30)
                // What follows before it has been read would bring it back.
                try evader.say(evader.ping())
            }
        },
        Evasion("urgent-byte-alone") { evader in
            let ping = evader.ping()
            try evader.say(Array(ping[..<20]))
            try evader.put([0x55]) {
                $0.flags = [.ack, .urg]
                $0.urgentPointer = 1
            }
            try evader.claim(1)
            try evader.pause(30)
            try evader.say(Array(ping[20...]))
        },
        Evasion("urgent-byte-of-the-next-segment") { evader in
            let ping = evader.ping()
            let bytes = Array(ping[..<20] + [0x55] + ping[20...])
            try evader.put(Array(bytes[..<10])) {
                $0.flags = [.ack, .urg]
                $0.urgentPointer = 21
            }
            try evader.claim(10)
            try evader.say(Array(bytes[10...]))
        },
        Evasion("urgent-pointer-without-data") { evader in
            let ping = evader.ping()
            try evader.put {
                $0.flags = [.ack, .urg]
                $0.urgentPointer = 21
            }
            try evader.say(Array(ping[..<20] + [0x55] + ping[20...]))
        },
        Evasion("urgent-pointer-of-0") { evader in
            let ping = evader.ping()
            try evader.put([0x55] + ping) { $0.flags = [.ack, .urg] }
            try evader.claim(33)
        },
        Evasion("urgent-pointer-without-flag") { evader in
            try evader.put(evader.ping()) { $0.urgentPointer = 5 }
            try evader.claim(32)
        },
    ]
}
