import Testing

@testable import Capture

/// Comments of frames, of which a bounded number of bytes is kept.
@Suite struct CommentStoreTests {
    private func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    @Test func equalOnesAreKeptOnce() {
        var store = CommentStore(limit: 40)
        let first = store.place(of: bytes("one", "two"))
        let second = store.place(of: bytes("onetwo"))
        let empty = store.place(of: bytes("", ""))
        #expect(Set([0, first, second, empty]).count == 4)
        // 1,000 of them would not have room.
        for _ in 0..<1_000 { #expect(store.place(of: bytes("one", "two")) == first) }
        #expect(store[first] == bytes("one", "two"))
        #expect(store[second] == bytes("onetwo"))
        #expect(store[empty] == bytes("", ""))
        #expect(store[0].isEmpty && store[99].isEmpty && store.leftOut == 0)
    }

    @Test func whatHasNoRoomIsCounted() {
        var store = CommentStore(limit: 10)
        #expect(store.place(of: bytes("12345678")) == 1)
        #expect(store.place(of: bytes("a", "b")) == 0)
        #expect(store.place(of: bytes("12345678")) == 1)
        #expect(store.leftOut == 2)
        store.forgetAll()
        #expect(store[1].isEmpty)
        #expect(store.place(of: bytes("a", "b")) == 1)
        #expect(store[1] == bytes("a", "b") && store.leftOut == 2)
    }

    /// More than are known by their hash, and as long as an option can be.
    @Test func many() {
        var store = CommentStore(limit: CaptureNotes.commentLimit)
        for number in 0..<70_000 { #expect(store.place(of: bytes("comment \(number)")) == UInt32(number + 1)) }
        for number in [0, 1, 65_535, 65_536, 69_999] {
            #expect(store[UInt32(number + 1)] == bytes("comment \(number)"))
        }
        let long = [[UInt8](repeating: 7, count: Int(UInt16.max)), [8]]
        let place = store.place(of: long)
        #expect(store[place] == long)
    }
}
