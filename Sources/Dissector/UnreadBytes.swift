import BitcoinP2P
import Reassembly

/// The bytes of a direction that cannot be read: the first of them, their number, and the first and last frames.
struct UnreadBytes {
    private var key: [UInt8] = []
    private(set) var count: UInt64 = 0
    private var first: Origin?
    private(set) var last = Origin(frame: 0, time: 0)

    mutating func add(_ bytes: RawSpan, at offset: UInt64, _ provenance: borrowing Provenance) {
        let end = offset &+ UInt64(bytes.byteCount)
        let origin = provenance.completion(at: end)
        if first == nil { first = provenance.origins(of: offset..<end).first ?? origin }
        last = origin
        count &+= UInt64(bytes.byteCount)
        let wanted = TransportDetector.v2KeyLength - key.count
        if wanted > 0 { bytes.extracting(first: wanted).withUnsafeBytes { key.append(contentsOf: $0) } }
    }

    /// They can be read after all, or belong to nothing: answers how many there were.
    mutating func takeCount() -> UInt64 {
        defer { count = 0 }
        return count
    }

    /// - Parameter missing: Bytes that were not captured.
    func direction(missing: UInt64) -> EncryptedDirection {
        EncryptedDirection(
            key: key, byteCount: count, missing: missing, startTime: first?.time ?? last.time, last: last)
    }
}
