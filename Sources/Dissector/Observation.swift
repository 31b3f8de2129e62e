/// What is noted of packets, whatever they carry: each of these has what those before it have.
public enum Observation: Int, Comparable, Sendable {
    case none
    /// Of each message the frame that brought its first byte; and holes that are left.
    case messages
    /// ``Pipeline/facts``, too.
    case connections
    /// How many header bytes what was captured has cost, too.
    case bytes

    public static func < (left: Observation, right: Observation) -> Bool { left.rawValue < right.rawValue }
}
