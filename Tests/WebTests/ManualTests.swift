#if Web
import Foundation
import Support
import Testing

/// The manual page says what the command takes.
@Suite struct ManualTests {
    @Test func manualAndHelpHaveTheSameOptions() throws {
        var help: Set<String> = []
        for line in try ListTests.lines(["serve", "--help"]) {
            // `  -v, --version     Print …`; what follows the names is a value or two spaces.
            guard let names = line.prefixMatch(of: /\ \ (-[^ ,]+(?:, -[^ ,]+)*)(?: |$)/) else { continue }
            for name in names.1.split(separator: ", ") { help.insert(String(name)) }
        }
        let page = ServedProgram.package.appendingPathComponent("man/btcshark-serve.1")
        var manual: Set<String> = ["-h", "--help"]
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") {
            guard let item = line.prefixMatch(of: /\.It Fl (.*)/) else { continue }
            for name in item.1.split(separator: " , ") {
                let word = name.prefix { $0 != " " }
                manual.insert(word.hasPrefix("\\-") ? "--" + word.dropFirst(2) : "-" + word)
            }
        }
        #expect(help.count > 10)
        #expect(help.subtracting(manual) == [], "missing in the manual")
        #expect(manual.subtracting(help) == [], "missing in --help")
    }

    @Test func wrongArguments() throws {
        for arguments in [
            [], ["-r", "x", "-i", "lo"], ["-r", "x", "--port", "65536"], ["-r", "x", "--max-messages", "0"],
            ["-r", "x", "--metrics-listen", "0.0.0.0:9332"], ["-r", "x", "--metrics-listen", "9332"],
            ["-r", "x", "--metrics-listen", "127.0.0.1:0"],
        ] {
            let (status, errors) = try Self.run(["serve"] + arguments)
            #expect(status == 1, "\(arguments): \(errors)")
            #expect(errors.hasPrefix("btcshark: "), "\(errors)")
        }
        let (status, errors) = try Self.run(["serve", "-r", "/nonexistent.pcap"])
        #expect(status == 2)
        #expect(errors.contains("/nonexistent.pcap: No such file or directory"))
        let (third, taken) = try Self.run([
            "serve", "-r", ServedProgram.capture("handshake.pcap"), "--listen", "192.0.2.77",
        ])
        #expect(third == 2, "\(taken)")
    }

    /// What is no capture ends at once, without an address: nobody has to open a page to hear of it.
    @Test func noCaptures() throws {
        let folder = try Folder()
        let files = [
            try folder.write([], as: "nothing.pcap"), try folder.write(Array("no capture\n".utf8), as: "words.pcap"),
            try folder.write([0xd4, 0xc3, 0xb2, 0xa1, 2, 0], as: "cut.pcap"),
        ]
        for file in files {
            let (status, errors) = try Self.run(["serve", "-r", file])
            #expect(status == 2, "\(file): \(errors)")
            #expect(errors.contains((file as NSString).lastPathComponent))
            #expect(try ListTests.lines(["serve", "-r", file]) == [])
        }
        // Beside a capture it is only said.
        let program = try ServedProgram(["-r", files[1], ServedProgram.capture("handshake.pcap")])
        #expect(try program.complete("/api/messages")["total"] as? Int ?? 0 > 0)
        #expect(program.errors.contains("words.pcap"))
    }

    private static func run(_ arguments: [String]) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = ServedProgram.path
        process.arguments = arguments
        let pipe = Foundation.Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
#endif
