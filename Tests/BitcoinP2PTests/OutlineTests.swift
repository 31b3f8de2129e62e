import BitcoinP2P
import Fields
import Support
import Testing

/// Which fields a message can be built of.
@Suite struct OutlineTests {
    private static let network = Network.mainnet

    private func paths(_ name: String) throws -> [String] {
        MessageOutline(of: try #require(MessageType.named(name)), network: Self.network).entries.map(\.path)
    }

    /// Groups come before their fields, and what follows is not among them.
    @Test func pathsOfMessages() throws {
        #expect(try paths("inv") == ["item/type", "item/hash"])
        #expect(try paths("ping") == ["nonce"])
        #expect(try paths("verack").isEmpty)
        #expect(Set(try paths("tx")).isSuperset(of: ["in/prev_output/hash", "in/seq", "out/value", "lock_time"]))
        #expect(Set(try paths("version")).isSuperset(of: ["addr_me/port", "user_agent", "start_height", "relay"]))
    }

    /// Of every type: each path once, each of a field of it, and nothing is missing that must be given.
    @Test func everyType() {
        for type in MessageTypes.standard.types {
            let entries = MessageOutline(of: type, network: Self.network).entries
            #expect(Set(entries.map(\.path)).count == entries.count, "\(type.name)")
            #expect(entries.allSatisfy { type.fields.contains($0.field) && !$0.path.isEmpty }, "\(type.name)")
            let names = Set(entries.map(\.field.declaration.name))
            do throws(BuildError) {
                _ = try MessageBuilder(network: Self.network).build(type, BuildValues())
            } catch {
                #expect(error.missing.allSatisfy { names.contains($0.field) }, "\(type.name): \(error)")
            }
        }
    }
}
