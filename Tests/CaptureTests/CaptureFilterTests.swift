import Testing

@testable import Capture

@Suite struct CaptureFilterTests {
    private let bare = "tcp port (8333 or 18333) or (ip proto 6 and ip[6:2] & 0x1fff != 0) or ip6[6] == 44"

    @Test func portsWhereVLANsAreKnown() {
        #expect(CaptureFilter.ports([18333, 8333]).text { _ in true } == "\(bare) or (vlan and (\(bare)))")
    }

    @Test func portsWhereTheyAreNot() {
        #expect(CaptureFilter.ports([8333, 18333]).text { !$0.contains("vlan") } == bare)
    }

    @Test func clausesThatTheLinkTypeRefusesAreLeftOut() {
        #expect(
            CaptureFilter.ports([1]).text { !$0.contains("vlan") && !$0.contains("ip6") }
                == "tcp port (1) or (ip proto 6 and ip[6:2] & 0x1fff != 0)")
        #expect(CaptureFilter.ports([]).text { $0 == "tcp" } == "tcp")
    }

    @Test func whatTheUserWroteIsLeftAlone() {
        #expect(CaptureFilter.expression("tcp and x").text { _ in false } == "tcp and x")
        #expect(CaptureFilter.all.text { _ in true } == "")
    }
}
