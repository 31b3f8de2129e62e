import Support
import Testing

@testable import Capture

@Suite struct RecordBoundariesTests {
    /// A file's header, and records of these lengths.
    private func file(_ lengths: [Int]) -> (bytes: [UInt8], ends: [Int]) {
        var bytes = [UInt8](repeating: 0xff, count: 24)
        var ends = [24]
        for length in lengths {
            bytes += [UInt8](repeating: 0xff, count: 8)
            withUnsafeBytes(of: UInt32(length)) { bytes += $0 }
            bytes += [UInt8](repeating: 0xff, count: 4 + length)
            ends.append(bytes.count)
        }
        return (bytes, ends)
    }

    /// After the first bytes, written in pieces.
    private func records(
        _ format: CaptureFormat, in bytes: [UInt8], upTo length: Int, _ piece: Int
    ) -> RecordBoundaries {
        var records = RecordBoundaries(format)
        bytes.withUnsafeBytes { bytes in
            var place = 0
            while place < length {
                let end = min(length, place + piece)
                records.advance(over: bytes[place..<end])
                place = end
            }
        }
        return records
    }

    /// Written in pieces of any size, and cut anywhere: what is cut is what comes after the last complete record.
    @Test(arguments: [1, 2, 7, 16, 100, 5_000])
    func cutAnywhere(piece: Int) {
        let (bytes, ends) = file([0, 1, 60, 0, 0, 300, 15, 16, 17])
        for length in 0...bytes.count {
            let records = records(.pcap, in: bytes, upTo: length, piece)
            #expect(records.cut == length - (ends.last { $0 <= length } ?? 0))
            #expect(records.frames == UInt64(max(1, ends.count { $0 <= length }) - 1))
        }
    }

    /// Blocks of pcapng, whose length counts their headers; one that claims less than its header is over with it.
    @Test(arguments: [1, 3, 8, 5_000])
    func blocksCutAnywhere(piece: Int) {
        var bytes: [UInt8] = []
        var ends = [0]
        var frames = [0]
        for (index, length) in ([28, 12, 100, 32, 4, 300] as [UInt32]).enumerated() {
            // Of an Enhanced Packet Block, or of another.
            withUnsafeBytes(of: UInt32(index % 3 == 0 ? 5 : 6)) { bytes += $0 }
            withUnsafeBytes(of: length) { bytes += $0 }
            bytes += [UInt8](repeating: 0xff, count: max(0, Int(length) - 8))
            ends.append(bytes.count)
            frames.append((frames.last ?? 0) + (index % 3 == 0 ? 0 : 1))
        }
        for length in 0...bytes.count {
            let records = records(.pcapng, in: bytes, upTo: length, piece)
            #expect(records.cut == length - (ends.last { $0 <= length } ?? 0))
            #expect(records.frames == UInt64(frames[max(0, ends.count { $0 <= length } - 1)]))
        }
    }
}
