#if Peer
import ArgumentParser
import BitcoinP2P
import Capture
import Dissector
import Fields
import Glibc
import Peer
import Records

/// The nodes that the `addr` and `addrv2` messages of a capture tell of.
enum CaptureTargets {
    /// Whether a file is a capture, by its first bytes: no text begins so.
    static func recognises(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start: UInt32 = 0
        // Of a pipe nothing is taken away.
        guard pread(descriptor, &start, 4, 0) == 4 else { return false }
        return beginnings.contains(UInt32(bigEndian: start))
    }

    /// pcap of either byte order and precision, pcapng; gzip, zstd, xz, LZ4 around one.
    private static let beginnings: Set<UInt32> = [
        0xa1b2_c3d4, 0xd4c3_b2a1, 0xa1b2_3c4d, 0x4d3c_b2a1, 0x0a0d_0d0a, 0x28b5_2ffd, 0xfd37_7a58, 0x0422_4d18,
        // gzip's method and flags, which are deflate and mostly none or a name.
        0x1f8b_0800, 0x1f8b_0808,
    ]

    static func read(_ path: String, _ network: Network) throws -> TargetList {
        let sink = AddressSink(network)
        var pipeline = Pipeline(PipelineOptions(), writer: sink)
        var files = CaptureFiles(paths: [path])
        var failure: (any Error)?
        do {
            while failure == nil {
                let isMore = try files.next { header, bytes in
                    do { try pipeline.receive(header, bytes) } catch { failure = error }
                }
                if !isMore { break }
            }
        } catch { failure = error }
        pipeline.finish()
        if let failure {
            StandardError.complain("\(failure)")
            throw ExitCode(Status.input.rawValue)
        }
        return sink.targets
    }
}

/// Takes the addresses out of messages.
private final class AddressSink: RecordSink {
    private(set) var targets = TargetList()
    private let network: Network
    private let texts: Set<Field>
    private let ports: Set<Field>
    let wants: Wants

    init(_ network: Network) {
        self.network = network
        func fields(_ names: String...) -> Set<Field> { Set(names.compactMap { Catalog.field(named: $0) }) }
        texts = fields("bitcoin.address.text", "bitcoin.addrv2.address")
        ports = fields("bitcoin.address.port", "bitcoin.addrv2.port")
        wants = Wants(.fields, fields: texts.union(ports))
    }

    func begin() {}
    func end() {}

    /// An address, and then its port, of each entry.
    func write(_ record: borrowing Record, _ bytes: RawSpan) {
        // `version` has addresses, too: of itself, and of who called.
        guard record.command == Command("addr") || record.command == Command("addrv2"), !record.hasProblem else {
            return
        }
        var host: String?
        for index in record.tree.nodes.indices {
            let node = record.tree.nodes[index]
            if texts.contains(node.field) {
                let text = record.tree.bytes(of: node, in: bytes).withUnsafeBytes { Array($0) }
                host = String(decoding: text, as: UTF8.self)
            } else if ports.contains(node.field), let name = host {
                host = nil
                guard node.value > 0, let parsed = Target(name, defaultPort: 1) else { continue }
                targets.add(Target(parsed.host, port: UInt16(truncatingIfNeeded: node.value)))
            }
        }
    }
}
#endif
