import Foundation
import Testing

/// The same field values as tshark, for the fields that both have.
///
/// tshark puts the values of all messages of a frame on one line, so values are compared frame by frame. Where the two
/// differ by intent the values are brought to one form; each such rule, and each thing that tshark 4.0 misreads, has
/// its line in ``FieldOracle``.
@Suite(.enabled(if: Program.isInstalled("tshark"), "tshark is not installed"))
struct FieldOracleTests {
    @Test(arguments: [
        "handshake", "relay", "relay-ipv6", "addrv2", "bloom-filter", "block-filters", "txreconciliation",
    ])
    func sameValues(_ name: String) throws {
        let oracle = try #require(FieldOracle.shared)
        #expect(oracle.names.count > 70)
        let ours = try oracle.values("btcshark", "captures/\(name).pcap")
        let theirs = try oracle.values("tshark", "captures/\(name).pcap")
        #expect(ours.keys.sorted() == theirs.keys.sorted())
        var compared = 0
        var differences: [String] = []
        for (frame, their) in theirs {
            for name in oracle.names where !oracle.isMisread(name, their) {
                let left = oracle.normal(ours[frame]?[name] ?? [], of: name, isOurs: true)
                let right = oracle.normal(their[name] ?? [], of: name, isOurs: false)
                compared += right.count
                if left != right { differences.append("\(frame) \(name): \(left.prefix(3)) \(right.prefix(3))") }
            }
        }
        #expect(compared > 100)
        #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    }
}

/// What is compared, and how.
struct FieldOracle {
    /// Fields of both that have a value, with tshark's type and ours.
    private let types: [String: (theirs: String, ours: String)]
    let names: [String]

    /// One for all captures; nil where a program says nothing of its fields.
    static let shared = try? FieldOracle()

    private init() throws {
        // Of the 230,000 fields that tshark has, those of Bitcoin.
        let theirs = try Self.fields(Program.shell("tshark -G fields | grep -F bitcoin."))
        let ours = try Self.fields(Program.run(["-G", "fields"]))
        var types: [String: (String, String)] = [:]
        for (name, type) in theirs where type != "FT_NONE" && !name.hasSuffix("64") && name != "bitcoin.data.value" {
            // bitcoin.data.value: tshark's name for the data of filteradd, which have their own name here.
            if let own = ours[name] { types[name] = (type, own) }
        }
        self.types = types
        names = types.keys.sorted()
    }

    private static func fields(_ outcome: Outcome) throws -> [String: String] {
        try #require(outcome.status == 0)
        var types: [String: String] = [:]
        for line in outcome.outputText.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns[0] == "F", columns[2].hasPrefix("bitcoin.") else { continue }
            types[String(columns[2])] = String(columns[3])
        }
        return types
    }

    /// The values of each field in each frame.
    func values(_ program: String, _ path: String) throws -> [Int: [String: [String]]] {
        var arguments = [program, "-n", "-r", path, "-T", "fields", "-E", "aggregator=;", "-e", "frame.number"]
        if program == "tshark" { arguments += ["-Y", "bitcoin"] }
        for name in names { arguments += ["-e", name] }
        let outcome = try Program.other(arguments)
        try #require(outcome.status == 0, "\(outcome.errorText)")
        var frames: [Int: [String: [String]]] = [:]
        for line in outcome.outputText.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard columns.count == names.count + 1, let frame = Int(columns[0]) else { continue }
            for (name, column) in zip(names, columns.dropFirst()) where !column.isEmpty {
                frames[frame, default: [:]][name, default: []] += column.split(separator: ";").map(String.init)
            }
            frames[frame, default: [:]]["", default: []] = []
        }
        return frames
    }

    /// Frames of which tshark 4.0 gives other values than are on the wire.
    func isMisread(_ name: String, _ theirs: [String: [String]]) -> Bool {
        // It takes the marker of a segwit transaction for its number of inputs.
        let isSegwit = theirs["bitcoin.tx.input_count"]?.contains("0") == true
        // It does not split the services of addrv2.
        let isAddrV2 = theirs["bitcoin.command"]?.contains("addrv2") == true
        // It knows no compact blocks.
        let isCompact = ["cmpctblock", "blocktxn"].contains { theirs["bitcoin.command"]?.contains($0) == true }
        return (isSegwit || isCompact) && name.hasPrefix("bitcoin.tx.")
            || isAddrV2 && name.hasPrefix("bitcoin.services.")
    }

    func normal(_ values: [String], of name: String, isOurs: Bool) -> [String] {
        guard let type = types[name] else { return values }
        var values = values
        // tshark gives the transaction count of every header the name of the message's own count.
        if name == "bitcoin.headers.count" { values = Array(values.prefix(1)) }
        return values.map { value in
            switch type.theirs {
            case "FT_ABSOLUTE_TIME": isOurs ? value : Self.time(value)
            // Hashes: they have wire order, we that of block explorers.
            case "FT_BYTES"
            where isOurs && value.count == 64 && name.hasSuffix("hash")
                || isOurs && ["hash_start", "hash_stop", "prev_block", "merkle_root"].contains(where: name.hasSuffix):
                Self.reversed(value)
            // A height is signed with us.
            case "FT_UINT32" where value.hasPrefix("-"): Int32(value).map { String(UInt32(bitPattern: $0)) } ?? value
            default: value.hasPrefix("0x") ? UInt64(value.dropFirst(2), radix: 16).map(String.init) ?? value : value
            }
        }
    }

    /// `Mar 28, 2011 15:58:57.000000000 UTC` as `2011-03-28T15:58:57Z`.
    private static func time(_ text: String) -> String {
        let months = "JanFebMarAprMayJunJulAugSepOctNovDec"
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "." })
        guard parts.count >= 4, let month = months.range(of: parts[0]), let day = Int(parts[1]) else { return text }
        let number = months.distance(from: months.startIndex, to: month.lowerBound) / 3 + 1
        return String(format: "%@-%02d-%02dT%@Z", String(parts[2]), number, day, String(parts[3]))
    }

    private static func reversed(_ hex: String) -> String {
        let digits = Array(hex)
        return stride(from: digits.count - 2, through: 0, by: -2).map { String(digits[$0...$0 + 1]) }.joined()
    }
}
