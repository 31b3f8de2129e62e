import ArgumentParser
import Capture
import Dissector
import Foundation
import Output
import Support
import Testing

@testable import btcshark

/// Whatever comes from the wire, a terminal gets only what it can show.
@Suite struct GoldenPrintableTests {
    private static let forms: [[String]] = [
        [], ["-V"], ["-x"], ["-V", "-x", "--full"], ["--annotate"], ["-t", "ud"], ["-q", "-z", "expert"],
        ["-T", "fields", "-e", "bitcoin.command", "-e", "frame.number", "-e", "ip.src", "-e", "bitcoin.inv.hash"],
    ]
    /// For programs, which hand on what they read, and the tables at the end.
    private static let moreForms: [[String]] = [
        ["-T", "tabs"], ["-T", "json"], ["-T", "json", "-x"], ["-T", "jsonraw"], ["-T", "ek"], ["-T", "pdml"],
        ["-T", "ndjson"], ["-q", "-z", "conv,tcp"], ["-q", "-z", "bitcoin,tree"],
        ["-T", "ndjson", "-q", "-z", "conv,tcp"], ["-T", "psml"], ["-T", "json", "-J", "tcp bitcoin"],
        ["-o", "gui.column.format:A,%m,B,%Cus:bitcoin.version.user_agent,C,%i"], ["-q", "-z", "io,phs"],
        ["-q", "-z", "follow,tcp,ascii,0"], ["-q", "-z", "endpoints,tcp"], ["-q", "-z", "io,stat,1,bitcoin"],
        [
            "-T", "fields", "-e", "bitcoin.version.user_agent", "-e", "bitcoin.command", "-e", "_ws.col.info", "-E",
            "quote=d", "-E", "separator=,",
        ],
    ]
    static let captures =
        ((try? FileManager.default.contentsOfDirectory(
            atPath: Program.root.appendingPathComponent("captures").path)) ?? [])
        .filter { $0.contains(".pcap") }.sorted()

    private func check(_ outcome: Outcome, _ what: @autoclosure () -> String) {
        #expect(!outcome.signalled && [0, 2].contains(outcome.status), "\(what()): \(outcome.status)")
        #expect(unprintable(outcome.output) == [], "\(what())")
        #expect(unprintable(outcome.errors) == [], "\(what())")
    }

    @Test(arguments: captures)
    func everyCapture(_ name: String) throws {
        for form in Self.forms {
            let outcome = try Program.run(["-r", "captures/\(name)"] + form)
            check(outcome, "\(form)")
            #expect(outcome.status == 0)
        }
    }

    @Test func hostileTexts() throws {
        for form in Self.forms + Self.moreForms {
            let outcome = try Program.run(["-r", "Inputs/hostile.pcap"] + form)
            check(outcome, "\(form)")
            #expect(outcome.status == 0, "\(form): \(outcome.errorText)")
        }
        let lines = try Program.run(["-r", "Inputs/hostile.pcap"]).outputText.split(separator: "\n")
        #expect(lines.count == 6, "a message is a line, whatever is in it")
        #expect(lines.contains { $0.contains("\\x1b[31mred\\x07") })
    }

    /// A file may have any name, too.
    @Test func hostileFileNames() throws {
        let name = "\u{1b}[31mred\u{7}\n.pcap"
        check(try Program.run(["-r", name]), "a file that is missing")
        let file = Program.workspace.appendingPathComponent(name)
        try Data("no capture".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try Program.run(["-r", name])
        check(outcome, "a file that is no capture")
        #expect(outcome.status == 2 && outcome.errorText.contains("\\x1b[31mred"))
    }

    /// Damage anywhere: the program ends by itself, with all that could be read. Each form once by the program, and
    /// then in this process, which costs less.
    @Test(arguments: 0..<300)
    func mutations(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes = try Inputs.capture("handshake.pcap")
        for _ in 0...generator.next() % 8 {
            // Mostly behind the file's own header, so that there is something to dissect.
            let from = generator.next() % 10 == 0 ? 0 : 24
            let at = from + Int(generator.next() % UInt64(bytes.count - from))
            switch generator.next() % 4 {
            case 0: bytes[at] = UInt8(truncatingIfNeeded: generator.next())
            case 1: bytes[at] ^= 1 << (generator.next() % 8)
            case 2: bytes.remove(at: at)
            default: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: at)
            }
        }
        if generator.next() % 8 == 0 { bytes.removeLast(Int(generator.next() % UInt64(bytes.count))) }
        let forms = Self.forms + Self.moreForms
        let form = forms[seed % forms.count]
        if seed < forms.count {
            check(try Program.run(["-r", "-"] + form, input: Data(bytes)), "seed \(seed), \(form)")
        } else {
            let found = unprintable(try Self.printed(bytes, form))
            #expect(found == [], "seed \(seed), \(form)")
        }
    }

    /// What the program writes with these options for a capture of these bytes, as far as it can be read.
    private static func printed(_ capture: [UInt8], _ form: [String]) throws -> Data {
        let folder = try Folder()
        let input = try folder.write(capture)
        let target = try folder.write([], as: "output")
        let arguments = LetterClusters.split(["-r", input] + form)
        let plan = try Plan(try #require(try Btcshark.parseAsRoot(arguments) as? Btcshark).options)
        let file = try #require(FileHandle(forWritingAtPath: target))
        let output = ByteOutput(descriptor: file.fileDescriptor)
        let writer = WriterGroup(plan.presentation.makeWriters(output))
        var pipeline = Pipeline(plan.pipeline, writer: writer)
        var files = CaptureFiles(paths: [input])
        writer.begin()
        var isUnreadable = false
        while !isUnreadable {
            do {
                let more = try files.next { header, bytes in
                    do { try pipeline.receive(header, bytes) } catch { isUnreadable = true }
                }
                if !more { break }
            } catch { break }
        }
        pipeline.finish()
        writer.end()
        output.flush()
        try file.close()
        return try Data(contentsOf: URL(fileURLWithPath: target))
    }
}
