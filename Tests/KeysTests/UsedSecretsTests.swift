import BitcoinP2P
import Testing

@testable import Keys

@Suite struct UsedSecretsTests {
    private func key(_ number: UInt8) throws -> EllSwiftKey {
        let bytes = [UInt8](repeating: number, count: EllSwiftKey.byteCount)
        let key = EllSwiftKey(bytes.span.bytes)
        return try #require(key)
    }

    private func secret(_ number: UInt8) throws -> SharedSecret {
        try #require(SharedSecret([UInt8](repeating: number, count: SharedSecret.byteCount)))
    }

    /// Each line once, in the order in which they came, as key logs have them.
    @Test func all() throws {
        let used = UsedSecrets(isOfSelection: false)
        #expect(used.takeLines().isEmpty && used.count == 0)
        try used.note(key(1), secret(2), of: 0)
        try used.note(key(3), secret(4), of: 1)
        try used.note(key(1), secret(2), of: 2)
        #expect(try used.takeLines() == KeyLog.line(key(1), secret(2)) + KeyLog.line(key(3), secret(4)))
        #expect(used.takeLines().isEmpty && used.count == 2)
        try used.note(key(5), secret(6), of: 3)
        #expect(try used.takeLines() == KeyLog.line(key(5), secret(6)))
    }

    /// A connection may be selected before anything of it was decrypted, and after.
    @Test func ofSelectedConnections() throws {
        let used = UsedSecrets(isOfSelection: true)
        try used.note(key(1), secret(1), of: 10)
        try used.note(key(2), secret(2), of: 20)
        used.select(30)
        used.select(20)
        used.select(20)
        try used.note(key(3), secret(3), of: 30)
        #expect(try used.takeLines() == KeyLog.line(key(2), secret(2)) + KeyLog.line(key(3), secret(3)))
        #expect(used.count == 2 && used.leftOut == 0)
        used.select(40)
        #expect(used.takeLines().isEmpty)
    }

    /// Of a connection that began in a file which is complete.
    @Test func late() throws {
        let used = UsedSecrets(isOfSelection: false)
        try used.note(key(1), secret(1), of: 4)
        used.completeFile(before: 6)
        try used.note(key(1), secret(1), of: 4)
        try used.note(key(2), secret(2), of: 6)
        #expect(used.late == 0)
        try used.note(key(3), secret(3), of: 5)
        used.completeFile(before: 2)
        try used.note(key(4), secret(4), of: 5)
        #expect(used.late == 2 && used.count == 4)
    }

    /// Lines that are too short or too long for a secret, and a last one without its end.
    @Test func linesOfAFile() throws {
        let embedded = EmbeddedSecrets()
        let long = Array("BIP324_SHARED_SECRET ".utf8) + [UInt8](repeating: 0x20, count: KeyLog.lineLimit)
        var lines: [UInt8] = []
        for _ in 0..<10_000 { lines += Array("a\n\n".utf8) }
        lines += try long + KeyLog.line(key(1), secret(1))
        lines += try KeyLog.line(key(2), secret(2)).dropLast()
        embedded.add(lines, of: 0)
        #expect(try embedded[key(1), 0] == nil && embedded[key(2), 0] == secret(2))
        #expect(embedded.unreadBytes == 0)
    }

    /// What is written is read again.
    @Test func linesAreAKeyLog() throws {
        let used = UsedSecrets(isOfSelection: false)
        for number in 0..<200 as Range<UInt8> { try used.note(key(number), secret(number), of: UInt64(number)) }
        let embedded = EmbeddedSecrets()
        embedded.add(used.takeLines(), of: 7)
        for number in 0..<200 as Range<UInt8> { #expect(try embedded[key(number), 7] == secret(number)) }
    }
}
