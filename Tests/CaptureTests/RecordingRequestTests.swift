import Foundation
import Support
import System
import Testing

@testable import Capture

@Suite struct RecordingRequestTests {
    /// Two connected sockets, as the helper and its process have.
    private final class Ends {
        let asking: Int32
        private(set) var answering: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
            (asking, answering) = (ends[0], ends[1])
        }

        func hangUp() {
            close(answering)
            answering = -1
        }

        deinit { for end in [asking, answering] where end >= 0 { close(end) } }
    }

    @Test func whatIsSentIsReceived() throws {
        let ends = try Ends()
        let requests = [
            RecordingRequest(.create, RecordingName()),
            RecordingRequest(.delete, RecordingName(number: .max, time: -1)),
            RecordingRequest(.create, RecordingName(number: 7, time: 1_763_900_000)),
        ]
        for request in requests { #expect(request.send(to: ends.asking)) }
        for request in requests { #expect(RecordingRequest(receivedFrom: ends.answering) == request) }
    }

    /// Whoever asks may say anything.
    @Test(arguments: [[], [0], [2, 1, 1], [.max, 1, 1]] as [[UInt64]])
    func whatIsNoRequest(words: [UInt64]) throws {
        let ends = try Ends()
        #expect(words.withUnsafeBytes { send(ends.asking, $0.baseAddress, $0.count, 0) } == words.count * 8)
        #expect(RecordingRequest(receivedFrom: ends.answering) == nil)
    }

    @Test func answers() throws {
        let ends = try Ends()
        let folder = try Folder()
        let file = open(try folder.write([1, 2, 3]), O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        RecordingRequest.answer(0, file, to: ends.answering)
        RecordingRequest.answer(EACCES, -1, to: ends.answering)
        var received: Int32 = -1
        #expect(RecordingRequest.answer(from: ends.asking, &received) == 0)
        let descriptor = try Descriptor(owning: received)
        #expect(descriptor.number != file && descriptor.contents(limit: 10) == [1, 2, 3])
        #expect(RecordingRequest.answer(from: ends.asking, &received) == EACCES && received == -1)
    }

    @Test func nobodyIsThere() throws {
        let ends = try Ends()
        ends.hangUp()
        var file: Int32 = 5
        #expect(!RecordingRequest(.create, RecordingName()).send(to: ends.asking))
        #expect(RecordingRequest.answer(from: ends.asking, &file) == EPIPE && file == -1)
        #expect(RecordingRequest(receivedFrom: ends.asking) == nil)
    }

    @Test func names() {
        #expect(RecordingName().path(in: "/a/b.pcap", isRing: false) == "/a/b.pcap")
        let next = RecordingName(number: 3, time: 0).path(in: "/a.d/b", isRing: true)
        #expect(next.wholeMatch(of: #/\/a\.d\/b_00003_\d{14}/#) != nil)
    }
}
