import BitcoinP2P
import Fields
import Support
import Testing

/// The two alerts of protocol.md section 13.3, whole, and alerts that are not sound.
@Suite struct AlertTests {
    @Test func `the final alert`() {
        let dissected = Dissected("alert", Sample.of("alert")[0])
        #expect(dissected.outcome == .complete)
        #expect(dissected.annotations.isEmpty)
        #expect(dissected.info == " final alert \"URGENT: Alert key compromised, upgrade required\"")
        let signature =
            "30440220653febd6410f470f6bae11cad19c48413becb1ac2c17f908fd0fd53bdc3abd52"
            + "02206d0e9c96fe88d4a0f01ed9dedae2b6f9e00da94cad0fecaae66ecf689bf71b50"
        let expected = [
            "bitcoin.alert",
            "  bitcoin.alert.payload.length 96",
            "  bitcoin.alert.payload",
            "    bitcoin.alert.version 1",
            "    bitcoin.alert.relay_until 0",
            "    bitcoin.alert.expiration 2147483647",
            "    bitcoin.alert.id 2147483647",
            "    bitcoin.alert.is_final true (generated)",
            "    bitcoin.alert.cancel 2147483646",
            "    bitcoin.alert.set_cancel_length 1",
            "    bitcoin.alert.set_cancel 2147483647",
            "    bitcoin.alert.min_ver 0",
            "    bitcoin.alert.max_ver 2147483647",
            "    bitcoin.alert.set_sub_ver_length 0",
            "    bitcoin.alert.priority 2147483647",
            "    bitcoin.alert.comment.length 0",
            "    bitcoin.alert.comment",
            "    bitcoin.alert.status_bar.length 47",
            "    bitcoin.alert.status_bar URGENT: Alert key compromised, upgrade required",
            "    bitcoin.alert.reserved.length 0",
            "    bitcoin.alert.reserved",
            "  bitcoin.alert.signature.length 70",
            "  bitcoin.alert.signature " + signature,
            "    bitcoin.alert.signature.r 653febd6410f470f6bae11cad19c48413becb1ac2c17f908fd0fd53bdc3abd52",
            "    bitcoin.alert.signature.s 6d0e9c96fe88d4a0f01ed9dedae2b6f9e00da94cad0fecaae66ecf689bf71b50",
        ]
        #expect(dissected.listing == expected)
    }

    @Test func `alert 1010`() {
        let dissected = Dissected("alert", Sample.of("alert")[1])
        let status = "See bitcoin.org/feb20 if you have trouble connecting after 20 February"
        #expect(dissected.info == " 1010 \"\(status)\"")
        #expect(dissected["bitcoin.alert.relay_until"] == ["1329620535"])
        #expect(dissected["bitcoin.alert.expiration"] == ["1329792435"])
        #expect(dissected["bitcoin.alert.id"] == ["1010"])
        #expect(dissected["bitcoin.alert.is_final"].isEmpty)
        #expect(dissected["bitcoin.alert.cancel"] == ["1009"])
        #expect(dissected["bitcoin.alert.set_cancel"].isEmpty)
        #expect(dissected["bitcoin.alert.min_ver"] == ["10000"])
        #expect(dissected["bitcoin.alert.max_ver"] == ["61000"])
        #expect(dissected["bitcoin.alert.priority"] == ["100"])
        #expect(dissected["bitcoin.alert.status_bar"] == [status])
        #expect(dissected["bitcoin.alert.signature.r"].first?.hasPrefix("008389df45f0703f") == true)
        #expect(dissected["bitcoin.alert.signature.s"].first?.hasPrefix("09ec65e1c1aaeec1") == true)
    }

    /// Version, times, number and cancel of an alert about two user agents, then its texts.
    private static let payload = [UInt8](
        hex: """
            01000000 0000000000000000 0000000000000000 05000000 00000000 00 00000000 ffffffff \
            02 04 2f413a2f 02 1b5b 01000000 01 63 02 0a62 00
            """)

    private static func alert(_ payload: [UInt8], length: Int? = nil, signature: [UInt8] = [1, 2, 3]) -> [UInt8] {
        [UInt8(length ?? payload.count)] + payload + [UInt8(signature.count)] + signature
    }

    @Test func `user agents and texts are made harmless`() {
        let dissected = Dissected("alert", Self.alert(Self.payload))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.alert.set_sub_ver"] == ["/A:/", "\\x1b["])
        #expect(dissected["bitcoin.alert.max_ver"] == ["-1"])
        #expect(dissected["bitcoin.alert.comment"] == ["c"])
        #expect(dissected["bitcoin.alert.status_bar"] == ["\\nb"])
        #expect(dissected.info == " 5 \"\\nb\"")
    }

    @Test func `a newer format may have more fields`() {
        let dissected = Dissected("alert", Self.alert(Self.payload + [0xaa, 0xbb]))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.alert.payload.remainder"] == ["aabb"])
        #expect(dissected["bitcoin.alert.signature"] == ["010203"])
        #expect(dissected.structureProblem() == nil && dissected.tilingProblem() == nil)
    }

    @Test func `the signature is shown even where the payload ends early`() throws {
        let bytes = Self.alert(Self.payload, length: Self.payload.count - 4, signature: [])
        // The payload now ends behind the comment, and the status bar stands where the signature is looked for.
        let dissected = Dissected("alert", bytes)
        #expect(dissected.outcome == .truncated)
        #expect(dissected.annotations("bitcoin.alert.comment") == [])
        #expect(dissected["bitcoin.alert.signature.length"] == ["2"])
        #expect(dissected["bitcoin.alert.signature"] == ["0a62"])
        #expect(dissected.structureProblem() == nil && dissected.tilingProblem() == nil)
        #expect(Dissected.skim(try #require(MessageType.named("alert")), bytes).outcome == .truncated)
    }

    @Test func `a length beyond the message's end`() {
        let dissected = Dissected("alert", [0xfd, 0x10, 0x27] + Self.payload)
        #expect(dissected.outcome == .truncated)
        // All its fields are there, so what is cut is what would follow them.
        #expect(dissected["bitcoin.alert.reserved"] == [""])
        #expect(dissected.annotations("bitcoin.alert.payload.remainder") == ["bitcoin.message.ends_early"])
        #expect(dissected.structureProblem() == nil && dissected.tilingProblem() == nil)
    }

    @Test(arguments: [
        "3006020101020102", "3006020101020201", "3106020101020101", "3007020101020101", "30060201010201",
        "3006020001020101",
    ])
    func `what is no DER signature has no numbers`(_ signature: String) {
        let dissected = Dissected("alert", Self.alert(Self.payload, signature: [UInt8](hex: signature)))
        #expect(dissected.outcome == .complete)
        #expect(dissected["bitcoin.alert.signature"] == [signature])
        let isDER = signature == "3006020101020102"
        #expect(dissected["bitcoin.alert.signature.r"] == (isDER ? ["01"] : []))
        #expect(dissected["bitcoin.alert.signature.s"] == (isDER ? ["02"] : []))
    }
}
