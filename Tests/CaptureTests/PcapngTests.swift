import Foundation
import Support
import Testing

@testable import Capture

/// What pcapng files may hold (draft-ietf-opsawg-pcapng), sentence by sentence.
@Suite struct PcapngTests {
    private let folder: Folder
    init() throws { folder = try Folder() }

    private func read(_ file: BlockFile) throws -> (frames: [Recorded], error: CaptureError?, notes: CaptureNotes) {
        let path = try folder.write(file.bytes)
        let notes = CaptureNotes()
        var files = CaptureFiles(paths: [path], notes: notes)
        let (frames, error) = record(&files)
        return (frames, error, notes)
    }

    /// A section with one interface.
    private func simplest(bigEndian: Bool = false) -> BlockFile {
        var file = BlockFile(isBigEndian: bigEndian)
        file.section()
        file.interface()
        return file
    }

    @Test func sectionsOfBothByteOrders() throws {
        var file = BlockFile()
        for (index, bigEndian) in [false, true, true, false].enumerated() {
            file.section(bigEndian: bigEndian, minor: index == 2 ? 2 : 0)
            file.interface(UInt16(index), name: "if\(index)")
            file.packet([UInt8(index)], units: UInt64(index) << 32 | 7)
        }
        let (frames, error, notes) = try read(file)
        #expect(error == nil)
        #expect(frames.map(\.bytes) == [[0], [1], [2], [3]])
        #expect(frames.map(\.header.linkType.rawValue) == [0, 1, 2, 3])
        let times: [Int64] = (0..<4).map { ($0 << 32 + 7) * 1000 }
        #expect(frames.map(\.header.time) == times)
        // Interfaces are numbered over all sections, as Wireshark does.
        let interfaces = frames.map { notes.interface($0.header.interface) }
        #expect(interfaces.map { $0?.number } == [0, 1, 2, 3])
        #expect(interfaces.map { $0.map { String(decoding: $0.name, as: UTF8.self) } } == ["if0", "if1", "if2", "if3"])
    }

    @Test func interfacesDiffer() throws {
        var file = simplest()
        file.interface(101, snapLength: 96, resolution: 9, name: "tun0")
        file.interface(113, resolution: 0x80 | 10, offset: 5)
        // An interface may have no packets, and be described after packets of others.
        file.packet([1], interface: 1, units: 3_000_000_001)
        file.interface(276, resolution: 3, offset: -1)
        file.packet([2], interface: 0, units: 3_000_001)
        file.packet([3], interface: 2, units: 1536)
        file.packet([4], interface: 3, units: 2500)
        let (frames, error, _) = try read(file)
        #expect(error == nil)
        #expect(frames.map(\.header.linkType.rawValue) == [12, 1, 113, 276])
        #expect(frames.map(\.header.time) == [3_000_000_001, 3_000_001_000, 6_500_000_000, 1_500_000_000])
    }

    @Test(
        arguments: [
            (6, 0, 1, 1_000), (9, 0, 1, 1), (0, 0, 3, 3_000_000_000), (12, 0, 1_999, 1), (19, 0, .max, 1_844_674_407),
            (20, 0, .max, 184_467_440), (38, 0, .max, 0), (39, 0, .max, 0), (127, 0, .max, 0),
            (0x80, 0, 2, 2_000_000_000), (0x81, 0, 3, 1_500_000_000), (0xa0, 0, 1 << 31, 500_000_000),
            (0xbf, 0, .max, 1_999_999_999), (0xc0, 0, .max, 999_999_999), (0xff, 0, .max, 0), (0, 0, .max, .max),
            (6, .max, .max, .max), (6, .min, 0, .min), (9, 0, .max, .max), (6, 0, .max, .max),
            (0, -1, 1, 0), (9, 2, 5, 2_000_000_005),
        ] as [(UInt8, Int64, UInt64, Int64)])
    func clocks(_ resolution: UInt8, _ offset: Int64, _ units: UInt64, _ nanoseconds: Int64) {
        let clock = PcapngClock(resolution: resolution, offset: offset)
        #expect(clock.nanoseconds(units) == nanoseconds)
    }

    @Test(arguments: [false, true])
    func packetsLongerThanTheSnapLength(bigEndian: Bool) throws {
        var file = BlockFile(isBigEndian: bigEndian)
        file.section()
        file.interface(snapLength: 2)
        file.packet([1, 2, 3], original: 9)
        let frames = try read(file).frames
        #expect(frames.map(\.bytes) == [[1, 2, 3]] && frames[0].header.originalLength == 9)
    }

    @Test(arguments: [false, true])
    func simplePackets(bigEndian: Bool) throws {
        var file = BlockFile(isBigEndian: bigEndian)
        file.section()
        file.interface(snapLength: 4)
        file.interface(113)
        file.simplePacket([1, 2, 3])
        file.packet([5], units: 70)
        file.simplePacket([1, 2, 3, 4], original: 60)
        let (frames, error, _) = try read(file)
        #expect(error == nil)
        #expect(frames.map(\.bytes) == [[1, 2, 3], [5], [1, 2, 3, 4]])
        #expect(frames.map(\.header.originalLength) == [3, 1, 60])
        #expect(frames.map(\.header.hasTime) == [false, true, false])
        #expect(frames.map(\.header.time) == [0, 70_000, 70_000])
        #expect(frames.map(\.header.linkType.rawValue) == [1, 1, 1])
    }

    @Test(arguments: [false, true])
    func obsoletePackets(bigEndian: Bool) throws {
        var file = BlockFile(isBigEndian: bigEndian)
        file.section()
        file.interface()
        file.interface(113)
        file.obsoletePacket([1, 2, 3, 4, 5], interface: 1, units: 1 << 33)
        file.obsoletePacket([9], drops: 3)
        let path = try folder.write(file.bytes)
        var files = CaptureFiles(paths: [path])
        let (frames, error) = record(&files)
        #expect(error == nil)
        #expect(frames.map(\.bytes) == [[1, 2, 3, 4, 5], [9]])
        #expect(frames.map(\.header.linkType.rawValue) == [113, 1])
        #expect(frames[0].header.time == (1 << 33) * 1_000)
        #expect(files.drops == 3)
    }

    @Test(arguments: [false, true])
    func whatTellsNothingOfPackets(bigEndian: Bool) throws {
        var file = BlockFile(isBigEndian: bigEndian)
        file.section()
        for type: UInt32 in [4, 7, 8, 9, 10, 0xbad, 0x4000_0bad, 0x8000_0001, .max] {
            file.block(type) { $0.bytes = Array(repeating: 0xff, count: 1 + Int(type % 50)) }
        }
        file.interface()
        file.block(4) { _ in }
        file.packet([7])
        // Bigger than what is looked at.
        file.block(0xbad) { $0.bytes = Array(repeating: 1, count: Int(PcapngFile.blockLimit) + 9) }
        file.block(5) { $0.bytes = Array(repeating: 1, count: Int(PcapngFile.blockLimit) + 9) }
        file.packet([8])
        let (frames, error, _) = try read(file)
        #expect(error == nil)
        #expect(frames.map(\.bytes) == [[7], [8]])
    }

    @Test(arguments: [false, true])
    func options(bigEndian: Bool) throws {
        var file = BlockFile(isBigEndian: bigEndian)
        file.section()
        file.interface(name: String(repeating: "n", count: 300))
        file.packet([1, 2, 3]) {
            $0.option(1, Array("first".utf8))
            $0.option(0x7777, [1, 2, 3, 4, 5])
            $0.put(2, 4 as UInt16)
            $0.put(2 as UInt32)
            $0.put(4, 8 as UInt16)
            $0.put(5 as UInt64)
            $0.option(1, Array("second".utf8))
            $0.put(0, 0 as UInt16)
            $0.option(1, Array("after the end".utf8))
        }
        // Options may lack their end, and one may be longer than its block.
        file.packet([4]) { $0.option(1, Array("open".utf8)) }
        file.packet([5]) {
            $0.put(1, 400 as UInt16)
            $0.bytes += [1, 2, 3, 4]
        }
        let path = try folder.write(file.bytes)
        var files = CaptureFiles(paths: [path])
        let (frames, error) = record(&files)
        #expect(error == nil)
        let comments = frames.map {
            files.notes.comments($0.header.comment).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(comments == [["first", "second"], ["open"], []])
        #expect(frames.map(\.header.isOutgoing) == [true, false, false])
        #expect(files.notes.interface(frames[0].header.interface)?.name.count == 255)
        #expect(files.drops == 5)
    }

    @Test func drops() throws {
        var file = simplest()
        file.interface()
        file.statistics(drops: 1, systemDrops: 2)
        file.statistics(drops: 3, systemDrops: 4)
        file.statistics(1, drops: 10, systemDrops: 0)
        // No such interface.
        file.statistics(9, drops: 100, systemDrops: 100)
        file.section()
        file.interface()
        file.statistics(drops: 1_000, systemDrops: 0)
        let path = try folder.write(file.bytes)
        var files = CaptureFiles(paths: [path, path])
        #expect(record(&files).error == nil)
        #expect(files.drops == 2 * 1_017)
    }

    /// Statistics that say nothing of drops, or of one kind of them, leave the others as they were.
    @Test func statisticsThatSayLess() throws {
        var file = simplest()
        file.statistics(drops: 1, systemDrops: 2)
        for (code, value) in [(5, 10), (4, 100), (7, 20), (4, 200)] as [(UInt16, UInt64)] {
            file.block(5) {
                $0.put(0, 0, 0 as UInt32)
                $0.put(code, 8)
                $0.put(value)
                $0.put(0, 0 as UInt16)
            }
        }
        var files = CaptureFiles(paths: [try folder.write(file.bytes)])
        #expect(record(&files).error == nil)
        #expect(files.drops == 30)
    }

    /// A block of secrets that is too long is skipped, and counted; one of other secrets is none of ours.
    @Test func secretsThatAreNotRead() throws {
        var file = simplest()
        for type in [0x544c_534b, 0x5741_5247] as [UInt32] {
            file.block(10) {
                $0.put(type, 17 << 20)
                $0.bytes += [UInt8](repeating: 0x0a, count: 17 << 20)
            }
        }
        file.packet([1])
        let path = try folder.write(file.bytes)
        var files = CaptureFiles(paths: [path])
        let (frames, error) = record(&files)
        #expect(error == nil && frames.count == 1)
        #expect(files.notes.unreadSecretBytes == 17 << 20 && files.notes.takeSecrets().isEmpty)
        guard let compressed = try folder.compress(path, with: "gzip") else { return }
        files = CaptureFiles(paths: [compressed])
        #expect(record(&files).error == nil)
        #expect(files.notes.unreadSecretBytes == 17 << 20)
    }

    // MARK: Cut and damaged

    /// It is not taken for one that the snap length has cut.
    @Test(arguments: [0, 3, 100] as [UInt32]) func aSimplePacketWithoutRoom(snapLength: UInt32) throws {
        var file = BlockFile()
        file.section()
        file.interface(snapLength: snapLength)
        file.simplePacket([1, 2, 3, 4], original: 60)
        let (frames, error, _) = try read(file)
        if snapLength == 3 {
            #expect(error == nil && frames.map(\.bytes) == [[1, 2, 3]])
        } else {
            #expect(error?.problem == .damaged && frames.isEmpty)
        }
    }

    /// Every cut but those between two blocks is an error that says where, and loses no frame before it.
    @Test(arguments: [false, true])
    func everyCut(bigEndian: Bool) throws {
        var file = BlockFile(isBigEndian: bigEndian)
        var ends: [Int: Int] = [:]
        file.section()
        ends[file.bytes.count] = 0
        file.interface()
        ends[file.bytes.count] = 0
        for count in 1...3 {
            file.packet(Array(repeating: 7, count: count))
            ends[file.bytes.count] = count
        }
        file.simplePacket([1])
        ends[file.bytes.count] = 4
        file.block(4) { $0.bytes = [1, 2, 3, 4] }
        ends[file.bytes.count] = 4
        for length in 12..<file.bytes.count {
            let (frames, error) = record(try folder.write(file.bytes.prefix(length)))
            let before = ends.keys.filter { $0 <= length }.max() ?? 0
            #expect(frames.count == ends[before, default: 0])
            if ends[length] != nil {
                #expect(error == nil)
            } else {
                #expect(error?.problem == .cutShort && error?.offset == UInt64(before), "\(length)")
                #expect(error?.frame == (before == 0 ? nil : UInt64(frames.count + 1)))
            }
        }
    }

    @Test func textOfACut() throws {
        var file = simplest()
        file.packet([1, 2, 3])
        let path = try folder.write(file.bytes.dropLast(5))
        #expect(
            record(path).error?.description
                == "\(path): is cut short at frame 1, in the block at byte 52 (an enhanced packet block of 36 bytes, "
                + "of which 31 are there)")
    }

    /// A damaged block, what is said of it, and whether a frame may precede it.
    private static let damages: [(String, @Sendable (inout BlockFile) -> Void)] = [
        ("multiple of 4", { $0.block(6, length: 37) { $0.bytes = Array(repeating: 0, count: 24) } }),
        ("not at least 12", { $0.block(0x77, length: 8) { _ in } }),
        ("not at least 12", { $0.block(0x77, length: 0) { _ in } }),
        ("not at least 32", { $0.block(6, length: 12) { _ in } }),
        ("not at least 16", { $0.block(3) { _ in } }),
        ("not at least 20", { $0.block(1) { _ in } }),
        ("at most 16777216 are read", { $0.block(6, length: 0xffff_fffc) { _ in } }),
        ("at most 16777216 are read", { $0.block(1, length: 0xffff_fffc) { _ in } }),
        ("at its end", { $0.block(4, end: 16) { $0.bytes = [1, 2, 3, 4, 5] } }),
        ("at its end", { $0.block(6, end: 16) { $0.bytes = Array(repeating: 0, count: 24) } }),
        ("no room", { $0.packet([1, 2, 3], captured: 5) }),
        ("no room", { $0.packet([], captured: .max) }),
        ("interface 1, where the section has 1", { $0.packet([1], interface: 1) }),
        ("interface 4294967295", { $0.packet([1], interface: .max) }),
        ("interface 7", { $0.obsoletePacket([1], interface: 7) }),
        ("byte-order magic", { $0.section(magic: 0x1234) }),
        ("version 2.0", { $0.section(major: 2) }),
        ("version 1.1", { $0.section(minor: 1) }),
        (
            "interface 0, where the section has 0",
            {
                $0.section()
                $0.simplePacket([1])
            }
        ),
    ]

    @Test(arguments: damages.indices, [false, true])
    func damage(_ index: Int, bigEndian: Bool) throws {
        let (words, damage) = Self.damages[index]
        var file = simplest(bigEndian: bigEndian)
        file.packet([1])
        damage(&file)
        file.packet([2])
        let path = try folder.write(file.bytes)
        let (frames, error) = record(path)
        #expect(frames.map(\.bytes) == [[1]])
        let found = try #require(error)
        #expect(found.problem == .damaged && found.frame == 2 && found.isIncomplete)
        #expect(found.description.contains(words) && found.description.contains("in the block at byte "))
    }

    @Test func aLengthWithoutItsBytesCostsNothing() throws {
        // All that is claimed is within the limit, and nothing of it is there.
        var file = simplest()
        file.block(6, length: PcapngFile.blockLimit) { _ in }
        #expect(try read(file).error?.problem == .cutShort)
        // Nor is there a block of nearly 4 GiB.
        var other = simplest()
        other.block(0xbad, length: 0xffff_fffc) { _ in }
        let error = try read(other).error
        #expect(error?.problem == .cutShort && error?.offset == 52)
    }

    @Test func tooManyInterfaces() throws {
        var file = BlockFile()
        file.section()
        for _ in 0..<PcapngFile.interfaceLimit { file.block(1) { $0.put(1, 0 as UInt64) } }
        file.packet([1], interface: UInt32(PcapngFile.interfaceLimit - 1))
        #expect(try read(file).frames.count == 1)
        file.block(1) { $0.put(1, 0 as UInt64) }
        let error = try read(file).error
        #expect(error?.problem == .damaged && error?.detail == "more than 65536 interfaces in a section")
    }

    /// Whatever the bytes are, reading ends, and every frame lies in its block.
    @Test func nonsense() throws {
        var generator = SeededGenerator(seed: 19)
        var whole = simplest()
        whole.packet(Array(0..<60), units: 5) { $0.option(1, [65]) }
        whole.section(bigEndian: true)
        whole.interface(113, resolution: 9)
        whole.simplePacket([1, 2, 3, 4, 5])
        whole.obsoletePacket([6, 7])
        whole.statistics(drops: 1, systemDrops: 1)
        for _ in 0..<3_000 {
            var bytes = whole.bytes
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let place = Int.random(in: 12..<bytes.count, using: &generator)
                bytes[place] =
                    [0, 1, 3, 4, 6, 0xff, UInt8.random(in: 0...255, using: &generator)]
                    .randomElement(using: &generator) ?? 0
            }
            let (frames, _) = record(try folder.write(bytes))
            #expect(frames.allSatisfy { $0.bytes.count <= bytes.count })
        }
    }

    // MARK: Beside other readers

    @Test func throughAPipeAndCompressed() throws {
        var file = simplest()
        for index in 0..<2_000 { file.packet(Array(repeating: UInt8(index & 255), count: index), units: UInt64(index)) }
        let path = try folder.write(file.bytes)
        let plain = record(path)
        #expect(plain.error == nil && plain.frames.count == 2_000)
        if let compressed = try folder.compress(path, with: "gzip") {
            #expect(record(compressed).frames == plain.frames)
        }
    }
}
