import ArgumentParser
import Glibc
import Traffic

@main
struct Generate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a capture of Bitcoin traffic: the same bytes for the same arguments.",
        discussion: "Counts of frames and of messages per command go to standard error.")

    @Option(help: "What to write.") var kind: TrafficKind = .relay
    @Option(help: "MiB of the file, about; handshakes have no size.") var size = 512
    @Option(help: "Connections (default: relay 125, blocks 4, handshakes 100000, stalled 1000).") var flows: Int?
    @Option(help: "Another seed, other bytes.") var seed: UInt64 = 1
    @Option(help: "The file; - is standard output.") var output: String

    func validate() throws {
        guard size >= 0, size < 1 << 30 else { throw ValidationError("--size must be 0 or more, in MiB") }
        guard flows ?? 1 > 0 else { throw ValidationError("--flows must be at least 1") }
    }

    func run() throws {
        let counts = try TrafficWriter.write(
            kind, to: CaptureFile(path: output), size: size << 20, flows: flows ?? kind.usualFlows, seed: seed)
        var report = "frames \(counts.frames)\nconnections \(counts.connections)\nbytes \(counts.bytes)\n"
        report += "messages \(counts.messages.total)\n"
        for row in counts.messages.rows { report += "\(row.command) \(row.count)\n" }
        report.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension TrafficKind: ExpressibleByArgument {}
