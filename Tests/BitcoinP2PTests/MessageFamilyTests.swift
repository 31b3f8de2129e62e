import Testing

@testable import BitcoinP2P

/// Pictures colour messages by these.
@Suite struct MessageFamilyTests {
    @Test(
        arguments: [
            (.block, "block cmpctblock getblocktxn blocktxn"), (.header, "headers getheaders sendheaders"), (.tx, "tx"),
            (.ask, "inv getdata notfound getblocks mempool"), (.addr, "addr addrv2 getaddr sendaddrv2"),
            (
                .filter,
                "filterload filteradd filterclear merkleblock getcfilters cfilter getcfheaders cfheaders cfcheckpt"
            ),
            (.talk, "version verack ping pong feefilter sendcmpct wtxidrelay sendtxrcncl reject"),
            (.other, "sendpackages _service nobody-knows"),
        ] as [(MessageFamily, String)])
    func familyOfACommand(_ family: MessageFamily, _ commands: String) throws {
        for name in commands.split(separator: " ") {
            let command = try #require(Command(name: String(name)))
            #expect(MessageFamily(of: command) == family, "\(name)")
        }
    }

    /// What nodes say today is about something.
    @Test func noCurrentTypeIsOther() {
        #expect(MessageTypes.standard.types.filter { $0.standing == .current && $0.family == .other }.isEmpty)
    }
}
