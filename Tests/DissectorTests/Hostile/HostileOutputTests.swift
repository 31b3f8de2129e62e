import Support
import Testing

/// How much one message becomes: text for people has a bound whatever the message; and how much that costs.
///
/// `make hostile` has messages of 4 MB, prints what each becomes in each format, and bounds the text by 40 MB.
@Suite(.serialized) struct HostileOutputTests {
    private static let size = Trial.isFull ? 4_000_000 : 900_000
    private static let text = [[], ["-V"], ["--annotate"], ["-x"]]
    private static let machine = [
        ["-T", "json"], ["-T", "jsonraw"], ["-T", "ek"], ["-T", "pdml"], ["-T", "ndjson"], ["-T", "psml"],
        ["-T", "fields", "-e", "bitcoin"],
    ]
    /// The larger of two budgets, and as much again for what is around.
    private static let mostLines = 360_000

    private func capture(_ message: LargeMessage, _ folder: Folder) throws -> String {
        try Flood.write(to: folder("large.pcap")) { flood in
            flood.open()
            flood.message(message.command, message.payload(Self.size))
        }
    }

    /// Every shape.
    @Test(arguments: LargeMessage.all.indices) func text(_ index: Int) throws {
        let message = LargeMessage.all[index]
        let folder = try Folder()
        let capture = try capture(message, folder)
        // In small, one of the forms that are cut for each shape.
        let forms = Trial.isFull ? Self.text : [[], Self.text[1 + index % 2]]
        for form in forms {
            let trial = try Trial(capture, form, memory: 512, keepsOutput: true)
            #expect(trial.status == 0, "\(message.name) \(form): \(trial.errors.suffix(300))")
            #expect(trial.output.count <= 40_000_000, "\(message.name) \(form)")
            let lines = trial.output.reduce(0) { $0 + ($1 == 0x0a ? 1 : 0) }
            if form != ["-x"] { #expect(lines <= Self.mostLines, "\(message.name) \(form)") }
            // A line, whatever the message says.
            if form.isEmpty { #expect(trial.output.count < 10_000, "\(message.name)") }
            if Trial.isFull { report(message, form, trial.output.count, trial.seconds) }
        }
    }

    /// What is cut says so, and how to see it; `--full` has it.
    @Test func said() throws {
        func shown(_ name: String, _ options: [String] = []) throws -> String {
            let message = try #require(LargeMessage.all.first { $0.name == name })
            let folder = try Folder()
            let capture = try capture(message, folder)
            let trial = try Trial(capture, ["-V"] + options, memory: 512, keepsOutput: true)
            return String(decoding: trial.output, as: UTF8.self)
        }
        let cut = try shown("outputs")
        #expect(cut.contains("[Left out: ") && cut.contains("; --full shows all]"))
        // What stands after the list.
        #expect(cut.contains("[Transaction ID: "))
        let whole = try shown("outputs", ["--full"])
        #expect(!whole.contains("[Left out: ") && whole.utf8.count > cut.utf8.count * 5 / 4)
        // Of more fields than are kept, that is said, too, though it is said of the last.
        #expect(try shown("witness items").contains("The message has more fields than are kept"))
    }

    /// Formats for programs are whole: their sizes are for the note.
    @Test(.enabled(if: Trial.isFull, "needs HOSTILE_PROGRAM"), arguments: LargeMessage.all.indices)
    func machine(_ index: Int) throws {
        let message = LargeMessage.all[index]
        let folder = try Folder()
        let capture = try capture(message, folder)
        for form in Self.machine {
            let trial = try Trial(capture, form, memory: 512, keepsOutput: true)
            #expect(trial.status == 0, "\(message.name) \(form): \(trial.errors.suffix(300))")
            report(message, form, trial.output.count, trial.seconds)
        }
    }

    private func report(_ message: LargeMessage, _ form: [String], _ size: Int, _ seconds: Double) {
        print("\(message.name) (\(message.command)) \(form.joined(separator: " ")): \(size) bytes, \(seconds) s")
    }
}
