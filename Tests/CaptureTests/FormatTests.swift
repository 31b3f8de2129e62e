import Capture
import Support
import Testing

@Suite struct FormatTests {
    @Test func pcapAndPcapngGiveTheSameFrames() throws {
        let classic = record(sample("handshake.pcap"))
        let modern = record(sample("handshake.pcapng"))
        #expect(classic.error == nil && modern.error == nil)
        #expect(classic.frames.count == 41)
        // Only pcapng tells of interfaces.
        #expect(modern.frames.allSatisfy { $0.header.interface == 1 })
        let bare = modern.frames.map { frame in
            var frame = frame
            frame.header.interface = 0
            return frame
        }
        #expect(classic.frames == bare)
        let first = try #require(classic.frames.first)
        #expect(first.header.number == 1)
        #expect(first.header.time == 1_795_409_896_238_938_000)
        #expect(first.header.capturedLength == 74 && first.header.originalLength == 74)
        #expect(first.header.linkType.rawValue == 1)
        #expect(first.bytes.prefix(3) == [0x86, 0xc3, 0x50])
        #expect(classic.frames.map(\.header.number) == Array(1...41))
    }

    @Test func nanosecondsAreKept() throws {
        let (frames, error) = record(sample("handshake-sll2-nanosecond.pcap"))
        #expect(error == nil)
        #expect(frames.count == 41)
        #expect(frames.first?.header.linkType.name == "LINUX_SLL2")
        #expect(frames.contains { $0.header.time % 1_000 != 0 })
    }

    @Test(arguments: [false, true], [false, true])
    func byteOrdersAndPrecisions(bigEndian: Bool, nanoseconds: Bool) throws {
        let folder = try Folder()
        let frame = SampleFrame(seconds: 1_231_006_505, fraction: 123_456, bytes: [1, 2, 3], originalLength: 1_500)
        let path = try folder.write(pcap([frame, frame], nanoseconds: nanoseconds, bigEndian: bigEndian))
        let (frames, error) = record(path)
        #expect(error == nil)
        #expect(frames.count == 2)
        let first = try #require(frames.first)
        #expect(first.bytes == [1, 2, 3])
        #expect(first.header.capturedLength == 3 && first.header.originalLength == 1_500)
        #expect(first.header.time == 1_231_006_505_000_000_000 + (nanoseconds ? 123_456 : 123_456_000))
    }

    @Test(arguments: [false, true])
    func pcapngByteOrders(bigEndian: Bool) throws {
        let folder = try Folder()
        let path = try folder.write(
            pcapng(
                [(0, 1_231_006_505_000_000_007, [1, 2, 3]), (0, 1_231_006_505_000_000_008, [])], bigEndian: bigEndian)
        )
        let (frames, error) = record(path)
        #expect(error == nil)
        #expect(frames.map(\.header.time) == [1_231_006_505_000_000_007, 1_231_006_505_000_000_008])
        #expect(frames.map(\.bytes) == [[1, 2, 3], []])
    }

    /// libpcap alone gives a time before 1970 in one byte order, and one after 2038 in the other.
    @Test(arguments: [false, true])
    func secondsPast2038AreUnsigned(bigEndian: Bool) throws {
        let folder = try Folder()
        let times: [UInt32] = [0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]
        let path = try folder.write(pcap(times.map { SampleFrame(seconds: $0) }, bigEndian: bigEndian))
        #expect(record(path).frames.map(\.header.time) == times.map { Int64($0) * 1_000_000_000 })
    }

    @Test func absurdTimesDoNotTrap() throws {
        let folder = try Folder()
        let fraction = SampleFrame(seconds: .max, fraction: .max)
        for nanoseconds in [false, true] {
            for bigEndian in [false, true] {
                let path = try folder.write(pcap([fraction], nanoseconds: nanoseconds, bigEndian: bigEndian))
                #expect(record(path).frames.count == 1)
            }
        }
        // Whole seconds as units: far more than 64 bits of nanoseconds hold.
        let seconds = SampleInterface(resolution: 0)
        let path = try folder.write(
            pcapng([(0, 9_300_000_000, []), (0, .max, [])], interfaces: [seconds]), as: "far.pcapng"
        )
        let (frames, error) = record(path)
        #expect(error == nil)
        #expect(frames.first?.header.time == .max)
        #expect(frames.count == 2)
    }

    @Test func aFileWithoutFramesJustEnds() throws {
        let folder = try Folder()
        var capture = try OfflineCapture(path: try folder.write(pcap([])))
        let (frames, error) = record(&capture)
        #expect(frames.isEmpty && error == nil)
        #expect(try capture.next { _, _ in } == false)
    }

    @Test func linkTypesAreNamed() {
        #expect(LinkTypeNumber(rawValue: 1).description == "1 (EN10MB, Ethernet)")
        #expect(LinkTypeNumber(rawValue: 113).name == "LINUX_SLL")
        #expect(LinkTypeNumber(rawValue: 113).explanation == "Linux cooked v1")
        #expect(LinkTypeNumber(rawValue: 9_999).description == "9999")
    }

    @Test func libpcapTellsItsVersion() {
        #expect(Libpcap.version.hasPrefix("libpcap version 1."))
    }
}
