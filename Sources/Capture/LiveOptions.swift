/// How to capture from an interface.
public struct LiveOptions: Hashable, Sendable {
    /// Lengths in bytes of which a frame can be taken: up to the most that libpcap reads.
    public static let snapLengths = 1...262_144
    /// Sizes in MiB that the kernel's buffer can have.
    public static let bufferSizes = 1...2_047

    /// How many bytes of a frame are taken at most, within ``snapLengths``; the rest is lost.
    public var snapLength = Self.snapLengths.upperBound

    /// Whether frames for other hosts are asked for too.
    public var isPromiscuous = true

    /// The kernel's buffer, in MiB, within ``bufferSizes``. The kernel takes this memory at once.
    public var bufferMebibytes = 16

    public var filter = CaptureFilter.all

    public init() {}

    /// With each number brought into its range.
    var clamped: LiveOptions {
        var options = self
        options.snapLength = Self.clamp(snapLength, Self.snapLengths)
        options.bufferMebibytes = Self.clamp(bufferMebibytes, Self.bufferSizes)
        return options
    }

    private static func clamp(_ number: Int, _ range: ClosedRange<Int>) -> Int {
        min(max(number, range.lowerBound), range.upperBound)
    }
}
