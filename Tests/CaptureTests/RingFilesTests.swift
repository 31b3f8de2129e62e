import Foundation
import Support
import System
import Testing

@testable import Capture

/// Which files a ring takes over, and which it deletes.
@Suite struct RingFilesTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func name(_ number: Int) -> String { "name_0000\(number)_20200101000000.pcap" }

    /// Makes files of an earlier run, the first of them the oldest.
    private func makeFiles(_ numbers: ClosedRange<Int>) throws {
        for number in numbers {
            let path = try folder.write([1], as: name(number))
            let date = Date(timeIntervalSince1970: 1_600_000_000 + Double(number))
            try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
        }
    }

    private func open(_ name: String) throws -> Int32 {
        let file = Glibc.open(folder.path + "/" + name, O_WRONLY | O_CLOEXEC)
        try #require(file >= 0)
        return file
    }

    private func ring() throws -> RingFiles {
        let folder = try Descriptor(folderOf: self.folder.path + "/")
        return try RingFiles(RingFileName("name.pcap"), in: folder, owner: geteuid())
    }

    /// What somebody else writes now is none of the ring's files; but the next file has another number.
    @Test func markedFiles() throws {
        try makeFiles(1...3)
        let other = try open(name(3))
        #expect(WrittenMark.set(other))
        var files = try ring()
        #expect(files.names == [name(1), name(2)] && files.number == 3)
        let folder = try Descriptor(folderOf: self.folder.path + "/")
        #expect(files.delete(downTo: 0, in: folder) == nil)
        #expect(try self.folder.names() == [name(3)])
        // Who writes it has closed it.
        close(other)
        files = try ring()
        #expect(files.names == [name(3)])
    }

    /// What was begun to be written since is left there, and what this run has made is deleted though it is open.
    @Test func markedSince() throws {
        try makeFiles(1...3)
        var files = try ring()
        files.add(name(3), number: 3)
        let (other, own) = (try open(name(1)), try open(name(3)))
        #expect(WrittenMark.set(other) && WrittenMark.set(own))
        let folder = try Descriptor(folderOf: self.folder.path + "/")
        #expect(files.delete(downTo: 0, in: folder) == nil && files.names.isEmpty)
        #expect(try self.folder.names() == [name(1)])
        close(other)
        close(own)
    }

    @Test func onlyOneHasAMark() throws {
        try makeFiles(1...1)
        let (first, second) = (try open(name(1)), try open(name(1)))
        #expect(WrittenMark.set(first) && !WrittenMark.set(second))
        close(first)
        #expect(WrittenMark.set(second))
        close(second)
    }

    /// Numbers count up, whatever the clock did; those of rings that began again at 1 do not.
    @Test func order() throws {
        try makeFiles(1...3)
        let future = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: 7_200)]
        try FileManager.default.setAttributes(future, ofItemAtPath: folder.path + "/" + name(1))
        var files = try ring()
        #expect(files.names == [name(1), name(2), name(3)] && files.number == 3)
        let again = "name_00001_20200102000000.pcap"
        let path = try folder.write([1], as: again)
        let date = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1_600_000_100)]
        try FileManager.default.setAttributes(date, ofItemAtPath: path)
        files = try ring()
        #expect(files.names == [name(2), name(3), again, name(1)] && files.number == 3)
    }
}
