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

    /// Many ports after each other are a range.
    @Test func ranges() throws {
        let text = CaptureFilter.ports(Set(9000...9999).union([1, 5, 6])).text { _ in true }
        #expect(text.hasPrefix("tcp and (port 1 or port 5 or port 6 or portrange 9000-9999) or "))
        #expect(CaptureFilter.ports(Set(0...65535)).text { _ in true }.hasPrefix("tcp and (portrange 0-65535) or "))
    }

    @Test func withinInterfaces() {
        #expect(CaptureFilter.within([2, 7], .all).text { _ in true } == "ifindex 2 or ifindex 7")
        #expect(
            CaptureFilter.within([2], .expression("port 1 or port 2")).text { _ in true }
                == "(ifindex 2) and (port 1 or port 2)")
    }
}
