import Fields

/// What is remarked where a message has more of something than receivers accept, as far as they hold that against the sender
/// (protocol.md section 2.1).
struct LimitRemarks: Sendable {
    let entries = Remark(
        "bitcoin.entries.over_limit", .error, .malformed,
        breaks: Rule("{command} message size", .misbehaving, of: "inv", "getdata", "addr", "addrv2"),
        "More entries than the {n} that receivers accept: they disconnect")
    let headers = Remark(
        "bitcoin.headers.over_limit", .error, .malformed,
        // Receivers look at the count before they read the headers.
        breaks: Rule("{command} message size", .misbehaving, of: "headers", isFoundFirst: true),
        "More headers than the {n} that receivers accept: they disconnect")
    let locator = Remark(
        "bitcoin.locator.over_limit", .error, .malformed,
        breaks: Rule("{command} locator size", .disconnect, of: "getheaders", "getblocks"),
        "More hashes than the {n} that receivers accept: they disconnect")
}
