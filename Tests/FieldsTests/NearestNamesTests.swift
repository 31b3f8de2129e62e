import Fields
import Testing

/// Names that are suggested to somebody who gave another.
@Suite struct NearestNamesTests {
    private static let names = [
        "bitcoin.version", "bitcoin.version.version", "bitcoin.version.start_height", "bitcoin.version.user_agent",
        "bitcoin.version.user_agent.length", "bitcoin.version.nonce", "bitcoin.version.relay", "bitcoin.block.version",
        "bitcoin.tx.txid", "bitcoin.tx.lock_time", "bitcoin.tx.in", "bitcoin.tx.in.seq", "bitcoin.tx.out.value",
        "bitcoin.inv.type", "bitcoin.inv.hash", "bitcoin.feefilter.value", "bitcoin.command", "bitcoin.fraud",
        "bitcoin.tx", "bitcoin.addr", "bitcoin.alert.id", "bitcoin.tx.hash",
        "ip", "tcp.port", "ip.src", "ip.dst", "frame.number",
    ]

    private func first(_ name: String, among names: [String] = Self.names) -> String {
        let text = NearestNames.suggestion(for: name, among: names)
        return String(text.dropFirst(" Did you mean ".count).prefix { $0 != "," && $0 != "?" })
    }

    @Test(arguments: [
        // The last component.
        ("version", "bitcoin.version"), ("txid", "bitcoin.tx.txid"), ("start_height", "bitcoin.version.start_height"),
        ("tx.txid", "bitcoin.tx.txid"), ("Bitcoin.Command", "bitcoin.command"),
        ("bitcoin.txid", "bitcoin.tx.txid"), ("bitcoin.hash", "bitcoin.inv.hash"),
        // A letter or two; those of the first part do not count where it is right.
        ("vesion", "bitcoin.version"), ("bitcon.version", "bitcoin.version"), ("bitcoin.cmd", "bitcoin.command"),
        ("bitcoin.comand", "bitcoin.command"), ("tcp.prt", "tcp.port"), ("bitcoin.inv.hsh", "bitcoin.inv.hash"),
        // The same words, or other words for the same.
        ("bitcoin.version.height", "bitcoin.version.start_height"),
        ("bitcoin.version.agent", "bitcoin.version.user_agent"),
        ("bitcoin.tx.locktime", "bitcoin.tx.lock_time"), ("bitcoin.tx.input.sequence", "bitcoin.tx.in.seq"),
        ("bitcoin.transaction.output.amount", "bitcoin.tx.out.value"), ("subver", "bitcoin.version.user_agent"),
        ("ip.source", "ip.src"), ("bitcoin.feefilter.feerate", "bitcoin.feefilter.value"),
        // Part of a word.
        ("locktime", "bitcoin.tx.lock_time"),
    ])
    func isMeant(_ given: String, _ meant: String) { #expect(first(given) == meant) }

    @Test func noName() {
        for name in ["", "a", "bitcoin.zz", "xyzzy", "zzzzzzzz", "q", String(repeating: "bitcoin.", count: 1000)] {
            #expect(NearestNames.suggestion(for: name, among: Self.names) == "", "\(name)")
        }
        #expect(NearestNames.suggestion(for: "version", among: []) == "")
    }

    /// Fields of other protocols share letters and last words with ours, and mean something else.
    @Test(arguments: ["http", "dns", "tls", "icmp", "udp", "udp.port", "http.request", "dns.id", "ssl.record.version2"])
    func otherProtocols(_ name: String) {
        let text = NearestNames.suggestion(forField: name, among: Self.names + ["bitcoin.uttls", "bitcoin.request"])
        #expect(text == " btcshark knows Bitcoin and what carries it.")
    }

    /// Of ours the likest are named all the same, also those without the first part.
    @Test(arguments: [
        "version", "subver", "tcp.prt", "vesion", "frame.nummber", "ip.source", "locktime", "bitcoin.cmd",
    ])
    func ownFields(_ name: String) {
        let text = NearestNames.suggestion(forField: name, among: Self.names)
        #expect(text.hasPrefix(" Did you mean ") && text == NearestNames.suggestion(for: name, among: Self.names))
        #expect(NearestNames.suggestion(forField: "bitcoin.zz", among: Self.names) == "")
    }

    /// What only looks alike is left out where something means the same.
    @Test func onlyTheBest() {
        #expect(
            NearestNames.suggestion(for: "bitcoin.version.height", among: Self.names)
                == " Did you mean bitcoin.version.start_height?")
        #expect(NearestNames.suggestion(for: "txid", among: Self.names) == " Did you mean bitcoin.tx.txid?")
        let many = NearestNames.suggestion(for: "version", among: Self.names)
        #expect(many == " Did you mean bitcoin.version, bitcoin.block.version, bitcoin.version.version?")
    }

    @Test func typesOfMessages() {
        let types = ["tx", "ping", "pong", "headers", "getheaders", "version", "verack", "block"]
        #expect(first("transaction", among: types) == "tx")
        #expect(first("pnig", among: types) == "ping")
        #expect(first("header", among: types) == "headers")
    }
}
