import Fields

/// The one-byte names that v2 transport has for the commands sent most (BIP 324; protocol.md section 11.3).
public enum ShortMessageIdentifiers {
    /// Says that the command follows in 12 bytes.
    public static let long: UInt8 = 0

    /// The commands in the order of their identifiers, the first of which is 1.
    static let commands: [Command] = [
        // BIP 324
        Command("addr"), Command("block"), Command("blocktxn"), Command("cmpctblock"), Command("feefilter"),
        Command("filteradd"), Command("filterclear"), Command("filterload"), Command("getblocks"),
        Command("getblocktxn"), Command("getdata"), Command("getheaders"), Command("headers"), Command("inv"),
        Command("mempool"), Command("merkleblock"), Command("notfound"), Command("ping"), Command("pong"),
        Command("sendcmpct"), Command("tx"), Command("getcfilters"), Command("cfilter"), Command("getcfheaders"),
        Command("cfheaders"), Command("getcfcheckpt"), Command("cfcheckpt"), Command("addrv2"),
        // BIP 183 (draft)
        Command("uproof"), Command("getuproof"), Command("uttls"), Command("getuttls"), Command("usummary"),
        Command("utreexotx"), Command("uroot"), Command("geturoot"),
        // BIP 434 (draft)
        Command("feature"),
    ]

    /// The command of that identifier; nil for ``long``, and where none is assigned.
    public static func command(of identifier: UInt8) -> Command? {
        let index = Int(identifier) - 1
        return commands.indices.contains(index) ? commands[index] : nil
    }

    /// How many of them BIP 324 has itself.
    private static let settledCount = 28

    /// The identifier of that command in BIP 324; nil where it has none, so that the command must be sent in full.
    ///
    /// What only drafts assign is not given: most nodes would not know what it stands for, but all know the command.
    public static func identifier(of command: Command) -> UInt8? {
        commands.prefix(settledCount).firstIndex(of: command).map { UInt8($0 + 1) }
    }

    static let names = ValueNames(
        [(UInt64(long), "12-byte command", "the command follows in ASCII, padded with NUL to 12 bytes")]
            + commands.enumerated().map { (UInt64($0 + 1), $1.name, "stands for the command \($1.name)") })
}
