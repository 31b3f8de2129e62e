import Foundation
import Support
import Synchronization
import Testing

@testable import Capture

/// Bytes without a period that frames are cut from.
private let noise: [UInt8] = {
    var generator = SeededGenerator(seed: 7)
    return generator.bytes(20_000)
}()

/// The part of the noise that is the frame of a number: length and place tell the number.
private func part(_ number: UInt64, longest: Int) -> Range<Int> {
    var generator = SeededGenerator(seed: number)
    let start = Int(generator.next() % 10_000)
    return start..<start + Int(generator.next() % UInt64(longest + 1))
}

/// Whether these are the bytes of that number's frame.
private func isFrame(_ bytes: RawSpan, _ number: UInt64, longest: Int) -> Bool {
    let part = part(number, longest: longest)
    return bytes.withUnsafeBytes { bytes in
        noise.withUnsafeBytes { noise in
            guard bytes.count == part.count else { return false }
            guard let start = bytes.baseAddress, let expected = noise.baseAddress else { return false }
            return memcmp(start, expected + part.lowerBound, bytes.count) == 0
        }
    }
}

/// What a consumer saw.
private struct Seen {
    var frames: UInt64 = 0
    var torn = 0
    var disordered = 0
    var last: Int64 = -1

    mutating func take(_ entry: FrameQueue.Entry, _ bytes: RawSpan, longest: Int) {
        frames += 1
        if entry.time <= last { disordered += 1 }
        last = entry.time
        let number = UInt64(entry.time)
        if entry.originalLength != UInt32(truncatingIfNeeded: number) { torn += 1 }
        if !isFrame(bytes, number, longest: longest) { torn += 1 }
    }
}

extension FrameQueue {
    fileprivate func offer(_ number: UInt64, longest: Int) {
        noise.withUnsafeBytes {
            offer(
                time: Int64(number), originalLength: UInt32(truncatingIfNeeded: number),
                UnsafeRawBufferPointer(rebasing: $0[part(number, longest: longest)]))
        }
    }
}

@Suite struct FrameQueueTests {
    @Test func framesComeOutAsTheyWentIn() throws {
        let queue = try FrameQueue(capacity: 1 << 16)
        for number in 0..<20 as Range<UInt64> { queue.offer(number, longest: 900) }
        queue.close()
        var seen = Seen()
        while queue.next(milliseconds: 0, { seen.take($0, $1, longest: 900) }) == .frame {}
        #expect(seen.frames == 20 && seen.torn == 0 && seen.disordered == 0)
        #expect(queue.dropped == 0)
        #expect(queue.next(milliseconds: 0) { _, _ in } == .end)
        #expect(queue.next(milliseconds: 0) { _, _ in } == .end, "the end stays")
    }

    @Test func anEmptyQueueIsIdle() throws {
        let queue = try FrameQueue(capacity: 4096)
        #expect(queue.next(milliseconds: 0) { _, _ in } == .idle)
        #expect(queue.next(milliseconds: 1) { _, _ in } == .idle)
        queue.close()
        #expect(queue.next(milliseconds: -1) { _, _ in } == .end)
    }

    /// Any interleaving of one thread: nothing is lost but what was counted, and a frame that fits is never dropped.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func randomSteps(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let longest = [0, 1, 15, 16, 17, 100, 1_000, 3_000][Int(generator.next() % 8)]
        let queue = try FrameQueue(capacity: 4096)
        var seen = Seen()
        var offered: UInt64 = 0
        for _ in 0..<2_000 {
            if generator.next() % 2 == 0 {
                queue.offer(offered, longest: longest)
                offered += 1
            } else {
                _ = queue.next(milliseconds: 0) { seen.take($0, $1, longest: longest) }
            }
        }
        queue.close()
        while queue.next(milliseconds: 0, { seen.take($0, $1, longest: longest) }) != .end {}
        #expect(seen.frames + queue.dropped == offered)
        #expect(seen.torn == 0 && seen.disordered == 0)
        // A random walk of small frames fills 4 KiB now and then; large ones often.
        if longest >= 1_000 { #expect(queue.dropped > 0) }
    }

    /// It takes as much as its capacity says, all around the ring, and then drops.
    @Test func capacity() throws {
        let queue = try FrameQueue(capacity: 4096)
        let bytes = [UInt8](repeating: 1, count: 48)  // 64 with its entry
        for round in 0..<10 {
            for number in 0..<70 {
                bytes.withUnsafeBytes { queue.offer(time: Int64(number), originalLength: 48, $0) }
            }
            // After the first round a gap is written, which takes the place of one.
            #expect(queue.dropped == UInt64(6 + 7 * round))
            var count = 0
            while queue.next(milliseconds: 0, { entry, _ in if entry.time == count { count += 1 } }) == .frame {}
            #expect(count == (round == 0 ? 64 : 63))
        }
        [UInt8](repeating: 1, count: 5_000).withUnsafeBytes { queue.offer(time: 0, originalLength: 0, $0) }
        #expect(queue.dropped == 70, "longer than the whole queue")
    }

    /// Two threads: a consumer that now reads fast, now dawdles, now sleeps.
    @Test(arguments: [(1, 1 << 12, 60), (2, 1 << 14, 1_500), (3, 1 << 16, 1_500), (4, 1 << 12, 0), (5, 1 << 20, 9_000)])
    func threads(seed: UInt64, capacity: Int, longest: Int) throws {
        let queue = try FrameQueue(capacity: capacity)
        let offered: UInt64 = 60_000
        let thread = Thread {
            var generator = SeededGenerator(seed: seed)
            for number in 0..<offered {
                queue.offer(number, longest: longest)
                if generator.next() % 512 == 0 { usleep(UInt32(generator.next() % 300)) }
            }
            queue.close()
        }
        thread.start()
        var generator = SeededGenerator(seed: seed &+ 100)
        var seen = Seen()
        reading: while true {
            switch queue.next(milliseconds: 20, { seen.take($0, $1, longest: longest) }) {
            case .end: break reading
            case .idle: break
            case .frame: if generator.next() % 1_024 == 0 { usleep(UInt32(generator.next() % 1_000)) }
            }
        }
        #expect(seen.frames + queue.dropped == offered)
        #expect(seen.torn == 0 && seen.disordered == 0)
        #expect(seen.frames > 0)
    }

    /// Each frame is waited for without end: one missed ring of the bell and this hangs.
    @Test(.timeLimit(.minutes(5)))
    func everySleepIsEnded() throws {
        let queue = try FrameQueue(capacity: 4096)
        let back = try FrameQueue(capacity: 4096)
        let rounds: UInt64 = 5_000
        let thread = Thread {
            for number in 0..<rounds {
                while back.next(milliseconds: -1, { _, _ in }) != .frame {}
                queue.offer(number, longest: 8)
            }
            queue.close()
        }
        thread.start()
        var seen = Seen()
        for number in 0..<rounds {
            back.offer(number, longest: 8)
            while queue.next(milliseconds: -1, { seen.take($0, $1, longest: 8) }) != .frame {}
        }
        // A ring that came too late for the sleep before may be left over.
        var step = FrameQueue.Step.idle
        while step == .idle { step = queue.next(milliseconds: -1) { _, _ in } }
        #expect(step == .end)
        #expect(seen.frames == rounds && seen.torn == 0 && seen.disordered == 0)
    }

    /// Frames after dropped ones say how many were dropped before them, wherever the ring ends.
    @Test func whatWasDroppedIsCountedWhereItWas() throws {
        let queue = try FrameQueue(capacity: 4096)
        var handedOut: UInt64 = 0
        var number: UInt64 = 0
        for round in 1..<200 {
            for _ in 0..<round % 40 + 60 {
                queue.offer(number, longest: 100)
                number += 1
            }
            var left = round % 7 == 0 ? 3 : Int.max
            while left > 0,
                queue.next(
                    milliseconds: 0,
                    { entry, _ in
                        #expect(UInt64(entry.time) == handedOut + queue.droppedBefore)
                        handedOut += 1
                    }) == .frame
            { left -= 1 }
        }
        #expect(queue.dropped > 1_000 && queue.droppedBefore <= queue.dropped)
        #expect(handedOut + queue.dropped <= number)
    }
}
