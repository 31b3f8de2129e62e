import Reassembly
import Support
import Testing

@testable import Dissector

/// Segments that receivers drop for what is in their headers, end to end.
@Suite struct DroppedSegmentTests {
    private let version = framed("version", [UInt8](repeating: 0, count: 86))
    private let ping = framed("ping", filler(8))
    private let forged = framed("ping", [UInt8](repeating: 0xfa, count: 8))

    private static let md5: [UInt8] = [19, 18] + [UInt8](repeating: 7, count: 16) + [1, 1]

    /// A forged ping before the true one.
    ///
    /// - Parameters:
    ///   - isOpen: No handshake is captured.
    ///   - all: Done to all frames but the forged one.
    ///   - one: Done to the forged one.
    private func talk(isOpen: Bool = false, all: (inout Packet) -> Void = { _ in }, one: (inout Packet) -> Void)
        throws -> Findings
    {
        var talk = Talk(isOpen: isOpen)
        talk.send(.client, version)
        talk.packet(.client, forged, at: talk.client.sent)
        let place = talk.packets.count - 1
        talk.send(.client, ping)
        talk.settle()
        for index in talk.packets.indices {
            if index == place { one(&talk.packets[index]) } else { all(&talk.packets[index]) }
        }
        return try dissect(talk.packets)
    }

    private func nonces(_ findings: Findings) -> [[UInt8]] {
        findings.records.filter { $0.command == "ping" }.map { Array($0.bytes.suffix(8)) }
    }

    private func isTrue(_ findings: Findings, but reason: UnusedReason) -> Bool {
        nonces(findings) == [filler(8)] && findings.counts.bytes.unused[reason] == 32
            && findings.counts.bytes.unused.total == 32
    }

    /// The first copy is read; the other one differs.
    private func isForged(_ findings: Findings) -> Bool {
        nonces(findings) == [[UInt8](repeating: 0xfa, count: 8)] && findings.counts.bytes.unused.total == 0
            && findings.counts.bytes.differing > 0
    }

    @Test func headerChecksum() throws {
        #expect(try isTrue(talk { $0.bytes[14 + 11] = 1 }, but: .headerChecksum))
        #expect(try isForged(talk { $0.bytes[14 + 11] = 0 }))
        #expect(UnusedReason.headerChecksum.text == "wrong IP checksum")
    }

    /// A tool has changed addresses: then nothing follows from a wrong sum.
    @Test func allHeaderChecksums() throws {
        let result = try talk(all: { $0.bytes[14 + 11] = 1 }) { $0.bytes[14 + 11] = 1 }
        #expect(isForged(result))
        #expect(result.counts.missingBytes == 0)
    }

    /// A SYN with it opens nothing, and a RST ends nothing.
    @Test func headerChecksumOfOthers() throws {
        for flags: Talk.Flags in [.syn, .reset] {
            var talk = Talk()
            talk.send(.client, version)
            talk.packet(.client, [], at: talk.client.sent, flags)
            talk.packets[talk.packets.count - 1].bytes[14 + 11] = 1
            talk.send(.client, ping)
            talk.settle()
            let result = try dissect(talk.packets)
            #expect(nonces(result) == [filler(8)] && result.counts.connections == 1)
        }
    }

    @Test func signature() throws {
        #expect(try isTrue(talk { $0.insert(options: Self.md5) }, but: .signature))
        #expect(try isTrue(talk { $0.insert(options: [29, 4, 1, 1]) }, but: .signature))
        #expect(UnusedReason.signature.text == "TCP signature that nobody agreed on")
    }

    /// Agreed on by the SYN, or by one that was not captured.
    @Test func signaturesOfAll() throws {
        let all: (inout Packet) -> Void = { $0.insert(options: Self.md5) }
        #expect(try isForged(talk(all: all, one: all)))
        #expect(try isForged(talk(isOpen: true) { $0.insert(options: Self.md5) }))
    }
}

extension Packet {
    /// Puts options into a TCP header without any.
    fileprivate mutating func insert(options: [UInt8]) {
        bytes.insert(contentsOf: options, at: 14 + 40)
        originalLength += options.count
        let length = (Int(bytes[16]) << 8 | Int(bytes[17])) + options.count
        bytes.replaceSubrange(16..<18, with: [UInt8(length >> 8), UInt8(length & 255)])
        bytes[14 + 32] = UInt8(5 + options.count / 4) << 4
    }
}
