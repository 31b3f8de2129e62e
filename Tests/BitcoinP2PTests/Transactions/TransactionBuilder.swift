import Support

/// A transaction put together by hand, for what no vector shows.
struct TransactionBuilder {
    struct Input {
        var outpoint = [UInt8](repeating: 0x11, count: 32) + [7, 0, 0, 0]
        var script: [UInt8] = []
        var sequence: UInt32 = .max
        var witness: [[UInt8]] = []
    }

    struct Output {
        var value: Int64 = 100_000_000
        var script: [UInt8] = []
    }

    var version: UInt32 = 2
    var inputs: [Input] = [Input()]
    var outputs: [Output] = [Output(script: [0x51])]
    var lockTime: UInt32 = 0

    var bytes: [UInt8] {
        let hasWitness = inputs.contains { !$0.witness.isEmpty }
        var bytes = littleEndian(version)
        if hasWitness { bytes += [0, 1] }
        bytes += compactSize(inputs.count)
        for input in inputs {
            bytes += input.outpoint + compactSize(input.script.count) + input.script
            bytes += littleEndian(input.sequence)
        }
        bytes += compactSize(outputs.count)
        for output in outputs {
            bytes += littleEndian(output.value) + compactSize(output.script.count) + output.script
        }
        if hasWitness {
            for input in inputs {
                bytes += compactSize(input.witness.count)
                for item in input.witness { bytes += compactSize(item.count) + item }
            }
        }
        return bytes + littleEndian(lockTime)
    }

    /// One input that is spent so.
    static func spending(_ script: [UInt8] = [], witness: [[UInt8]] = []) -> Dissected {
        var transaction = TransactionBuilder()
        transaction.inputs = [Input(script: script, witness: witness)]
        return Dissected("tx", transaction.bytes)
    }

    /// One output with that script.
    static func paying(_ script: [UInt8], _ value: Int64 = 100_000_000, magic: UInt32 = 0xf9be_b4d9) -> Dissected {
        var transaction = TransactionBuilder()
        transaction.outputs = [Output(value: value, script: script)]
        return Dissected("tx", transaction.bytes, magic: magic)
    }

    static func coinbase(
        _ script: [UInt8], outputs: [Output] = [Output(script: [0x51])], witness: [[UInt8]] = [],
        magic: UInt32 = 0xf9be_b4d9
    ) -> Dissected {
        var transaction = TransactionBuilder()
        let nothing = [UInt8](repeating: 0, count: 32) + [0xff, 0xff, 0xff, 0xff]
        transaction.inputs = [Input(outpoint: nothing, script: script, witness: witness)]
        transaction.outputs = outputs
        return Dissected("tx", transaction.bytes, magic: magic)
    }
}

/// Magics of the networks, read big-endian.
enum Magic {
    static let main: UInt32 = 0xf9be_b4d9
    static let testnet3: UInt32 = 0x0b11_0907
    static let testnet4: UInt32 = 0x1c16_3f28
    static let signet: UInt32 = 0x0a03_cf40
    static let regtest: UInt32 = 0xfabf_b5da
}

/// A push as short as can be.
func push(_ data: [UInt8]) -> [UInt8] {
    switch data.count {
    case ..<0x4c: [UInt8(data.count)] + data
    case ..<0x100: [0x4c, UInt8(data.count)] + data
    default: [0x4d] + littleEndian(UInt16(data.count)) + data
    }
}
