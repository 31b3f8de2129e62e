import Fields

extension TextBuffer {
    /// Appends the address of the output script at `script`, as the network of that form writes it, and nothing where
    /// such outputs have no address. Answers whether there is one.
    @discardableResult
    mutating func append(
        addressOf type: OutputType, _ script: Range<Int>, of bytes: RawSpan, on network: Network.Addresses
    ) -> Bool {
        switch type {
        case .pubkeyHash:
            guard script.count == 25 else { return false }
            Base58Check.append(
                network.pubkeyHash, bytes.extracting(script.dropFirst(3).dropLast(2)), to: &self)
        case .scriptHash:
            guard script.count == 23 else { return false }
            Base58Check.append(
                network.scriptHash, bytes.extracting(script.dropFirst(2).dropLast()), to: &self)
        case .witnessKeyHash, .witnessScriptHash, .taproot, .anchor, .witnessUnknown:
            guard let program = WitnessProgram(script, of: bytes) else { return false }
            Bech32.append(network.prefix, program.version, bytes.extracting(program.program), to: &self)
        case .nonstandard, .nullData, .pubkey, .multisig: return false
        }
        return true
    }
}
