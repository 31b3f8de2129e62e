import Support

/// A payload that is made to have as many fields, or as much text, as its bytes allow: what it becomes as text is many
/// times as large.
struct LargeMessage: Sendable {
    let name: String
    let command: String
    /// One of about so many bytes.
    let payload: @Sendable (Int) -> [UInt8]

    private init(_ name: String, _ command: String, _ payload: @escaping @Sendable (Int) -> [UInt8]) {
        self.name = name
        self.command = command
        self.payload = payload
    }

    /// A list of entries of these bytes after `head`.
    private static func list(
        _ name: String, _ command: String, of entry: [UInt8], after head: [UInt8] = [], then tail: [UInt8] = []
    ) -> LargeMessage {
        LargeMessage(name, command) { size in
            let count = max(1, (size - head.count - tail.count - 5) / entry.count)
            return head + compactSize(count) + repeated(entry, count) + tail
        }
    }

    // MARK: Transactions

    private static let outpoint = [UInt8](repeating: 0x11, count: 32) + [7, 0, 0, 0]
    private static let input = outpoint + [0, 0xff, 0xff, 0xff, 0xff]
    private static let output: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0, 0]
    /// The smallest that there is.
    private static let small = [2, 0, 0, 0] + [1] + input + [1] + output + [0, 0, 0, 0]
    private static let header = [UInt8](repeating: 6, count: 80)

    private static func spending(_ script: [UInt8]) -> [UInt8] {
        outpoint + compactSize(script.count) + script + [0xff, 0xff, 0xff, 0xff]
    }

    private static func paying(_ script: [UInt8]) -> [UInt8] {
        [1, 0, 0, 0, 0, 0, 0, 0] + compactSize(script.count) + script
    }

    private static func inputs(_ name: String, _ script: [UInt8]) -> LargeMessage {
        .list(name, "tx", of: spending(script), after: [2, 0, 0, 0], then: [1] + output + [0, 0, 0, 0])
    }

    private static func outputs(_ name: String, _ script: [UInt8]) -> LargeMessage {
        .list(name, "tx", of: paying(script), after: [2, 0, 0, 0, 1] + input, then: [0, 0, 0, 0])
    }

    private static func witness(_ name: String, of item: [UInt8]) -> LargeMessage {
        .list(
            name, "tx", of: compactSize(item.count) + item, after: [2, 0, 0, 0, 0, 1, 1] + input + [1] + output,
            then: [0, 0, 0, 0])
    }

    /// A transaction of one input that has so many witness items without bytes.
    private static func witnessed(_ items: Int) -> [UInt8] {
        [2, 0, 0, 0, 0, 1, 1] + input + [1] + output + compactSize(items) + [UInt8](repeating: 0, count: items)
            + [0, 0, 0, 0]
    }

    private static let signature =
        [0x30, 0x44, 2, 32] + [UInt8](repeating: 0x21, count: 32) + [2, 32] + [UInt8](repeating: 0x22, count: 32) + [1]
    private static let key = [2] + [UInt8](repeating: 0x33, count: 32)
    /// Pays to any of sixteen keys.
    private static let multisig = [0x51] + repeated([33] + key, 16) + [0x60, 0xae]

    // MARK: All

    static let all: [LargeMessage] = [
        .list("indexes", "getblocktxn", of: [0], after: [UInt8](repeating: 6, count: 32)),
        .list("inventory", "inv", of: [1, 0, 0, 0] + [UInt8](repeating: 3, count: 32)),
        .list("locator", "getheaders", of: [UInt8](repeating: 3, count: 32), after: [1, 0, 1, 0]),
        .list("addresses", "addr", of: [UInt8](repeating: 0, count: 26) + [1, 2, 3, 4]),
        .list("empty addresses", "addrv2", of: [0, 0, 0, 0, 0, 9, 0, 0, 0]),
        .list("block headers", "headers", of: header + [0]),
        .list("filter headers", "cfheaders", of: [UInt8](repeating: 3, count: 32), after: [0] + header.prefix(64)),
        .list("checkpoints", "cfcheckpt", of: [UInt8](repeating: 3, count: 32), after: [0] + header.prefix(32)),
        .list("merkle hashes", "merkleblock", of: [UInt8](repeating: 3, count: 32), after: header + [9, 0, 0, 0]),
        .list("short ids", "cmpctblock", of: [1, 2, 3, 4, 5, 6], after: header + [UInt8](repeating: 0, count: 8)),
        .list("prefilled", "cmpctblock", of: [0] + small, after: header + [UInt8](repeating: 0, count: 9)),
        .list("small transactions", "block", of: small, after: header),
        .list("block transactions", "blocktxn", of: small, after: [UInt8](repeating: 6, count: 32)),
        .list("witnessed transactions", "block", of: witnessed(9_000), after: header),
        .list("few witness items", "block", of: witnessed(40), after: header),
        .witness("witness items", of: []),
        .witness("signatures", of: signature),
        .witness("keys", of: key),
        .inputs("inputs", []),
        .inputs("signature scripts", [UInt8(signature.count)] + signature + [33] + key),
        .inputs("pushes", repeated([1, 7], 200)),
        .outputs("outputs", []),
        .outputs("data carriers", [0x6a, 1, 0x41]),
        .outputs("multisig", multisig),
        .outputs("operations", [UInt8](repeating: 0xad, count: 9_000)),
        LargeMessage("one script", "tx") { size in
            [2, 0, 0, 0, 1] + input + [1] + paying([UInt8](repeating: 0xba, count: size)) + [0, 0, 0, 0]
        },
        LargeMessage("one tapscript", "tx") { size in
            let control = [0xc0] + [UInt8](repeating: 0x44, count: 32)
            return [2, 0, 0, 0, 0, 1, 1] + input + [1] + output + [2] + compactSize(size)
                + [UInt8](repeating: 0xba, count: size) + [33] + control + [0, 0, 0, 0]
        },
        .list("outpoints", "getutxos", of: outpoint, after: [1]),
        .list(
            "unspent", "utxos", of: [1, 0, 0, 0, 0, 0, 0, 0] + output,
            after: [0, 0, 0, 0] + [UInt8](repeating: 6, count: 32) + [0]),
        .list("ids", "reconcildiff", of: [1, 2, 3, 4], after: [1]),
        .list(
            "targets", "uproof", of: [5], after: [UInt8](repeating: 6, count: 32) + [0], then: [0]),
        .list(
            "leaves", "uproof", of: [2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
            after: [UInt8](repeating: 6, count: 32) + [0, 0]),
        LargeMessage("agents", "alert") { size in
            let agents = max(1, size - 64)
            let inner =
                [UInt8](repeating: 1, count: 4 + 8 + 8 + 4 + 4) + [0] + [UInt8](repeating: 1, count: 8)
                + compactSize(agents) + [UInt8](repeating: 0, count: agents) + [0, 0, 0, 0, 0, 0, 0]
            return compactSize(inner.count) + inner + [0]
        },
        LargeMessage("agent", "version") { size in
            [UInt8](repeating: 0, count: 80) + compactSize(size) + [UInt8](repeating: 0x1b, count: size) + [
                0, 0, 0, 0, 1,
            ]
        },
        LargeMessage("bytes", "nonesuch") { size in [UInt8](repeating: 0x1b, count: size) },
    ]
}
