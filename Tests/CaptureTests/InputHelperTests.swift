import CLinux
import Foundation
import Support
import System
import Testing

@testable import Capture

/// The process that opens inputs: what it is begun with, and what it refuses.
@Suite struct InputHelperTests {
    /// Sends requests, each with a file or -1; answers what came back, nil where the process has ended.
    private func ask(_ requests: [(InputHelper.Request, UInt64, Int32)]) throws -> [Int64?] {
        var ends: [Int32] = [-1, -1]
        try #require(linux_packet_sockets(&ends) == 0)
        let (asking, answering) = (ends[0], ends[1])
        let isOver = DispatchGroup()
        isOver.enter()
        Thread {
            if var process = InputHelperProcess([InputHelper.argument]) { process.run(on: answering) }
            close(answering)
            isOver.leave()
        }.start()
        let answers = requests.map { request, value, file -> Int64? in
            let words = [request.rawValue, value]
            _ = words.withUnsafeBytes { linux_send_with_descriptor(asking, $0.baseAddress, $0.count, file) }
            var (answer, opened) = (0 as Int64, -1 as Int32)
            let count = linux_receive_with_descriptor(asking, &answer, 8, &opened)
            if opened >= 0 { close(opened) }
            return count == 8 ? answer : nil
        }
        close(asking)
        isOver.wait()
        return answers
    }

    private func list(_ bytes: [UInt8]) throws -> Descriptor {
        let list = try Descriptor(memoryFileNamed: "paths")
        try list.write(all: bytes.span.bytes)
        return list
    }

    /// More than the arguments of a program may be: 2 MiB as a rule.
    @Test func manyPaths() throws {
        let folder = try Folder()
        let real = try folder.write([1])
        let name = String(repeating: "x", count: 200)
        let paths = (0..<20_000).map { "\(folder.path)/\(name)\($0)" } + [real]
        let list = try list((paths + [""]).flatMap { Array($0.utf8) + [0] })
        let answers = try ask([
            (.begin, 20_001, list.number), (.open, 0, -1), (.open, 20_000, -1), (.open, 20_001, -1),
        ])
        #expect(answers == [0, Int64(ENOENT), 0, Int64(EACCES)])
    }

    /// The paths come once, before all else.
    @Test func otherBeginnings() throws {
        let list = try list(Array("/dev/null\0\0".utf8))
        #expect(try ask([(.open, 0, -1)]) == [nil])
        #expect(try ask([(.begin, 1, -1)]) == [nil])
        #expect(try ask([(.begin, 2, list.number)]) == [nil])
        #expect(try ask([(.begin, 1, list.number), (.begin, 1, list.number)]) == [0, nil])
        let cut = try self.list(Array("/dev/null\0".utf8))
        #expect(try ask([(.begin, 1, cut.number)]) == [nil])
    }

    /// What the process that asks has made is taken back, but neither once there is something in it nor what has come in its
    /// place.
    @Test(arguments: [[], [1]] as [[UInt8]]) func output(holds bytes: [UInt8]) throws {
        let folder = try Folder()
        let output = try folder.write([])
        let list = try list(Array("\(output)\0".utf8))
        let file = try #require(FileHandle(forWritingAtPath: output))
        try file.write(contentsOf: bytes)
        #expect(try ask([(.begin, 0, list.number), (.removeOutput, 0, -1)]) == [0, 0])
        #expect(FileManager.default.fileExists(atPath: output) == !bytes.isEmpty)
    }
}
