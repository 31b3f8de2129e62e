import BitcoinP2P
import DisplayFilter
import Output
import Reassembly

/// What a dissection is told beside its input.
public struct PipelineOptions: Sendable {
    /// Ports to be taken for Bitcoin's beside the usual ones.
    public var ports: Set<UInt16> = []
    /// Stop after so many records.
    public var recordLimit: UInt64 = .max
    /// Bytes held of one direction of a connection while a hole is open or a message incomplete.
    public var bytesPerStream = Limits().bytesPerDirection
    /// Bytes held of all connections together.
    public var bytesInAll = Limits().totalBytes
    /// Nanoseconds of capture time for which a hole may still be filled after the other side has acknowledged it.
    public var gapGrace = Limits().grace

    /// How the time column is shown, where the columns of the summary line are wanted as fields; else nil.
    public var columns: TimeColumn?

    /// The secrets of v2 connections; nil where there are none. It is read again when a connection's is not in it.
    public var keys: KeyLog?
    /// The secret of a v2 connection may come after its first bytes, as in a live run: up to 1 MiB of each direction
    /// wait for it. See ``Pipeline/lookForKeys()``.
    public var waitsForKeys = false
    /// A v2 connection whose secret is not known yet has a record as soon as it is recognised, as in a live run, and not
    /// only at its end.
    public var tellsEncryptedAtOnce = false
    /// Magics of networks, such as custom signets, to be tried for v2 connections beside those that are known.
    public var magics: [UInt32] = []
    /// Records of v2 packets have their encrypted bytes, too.
    public var showsCiphertext = false

    /// Which messages are shown; all where nil.
    public var filter: Filter?

    public init() {}

    var limits: Limits {
        var limits = Limits()
        limits.bytesPerDirection = bytesPerStream
        limits.totalBytes = bytesInAll
        limits.grace = gapGrace
        return limits
    }
}
