/// How to capture from an interface.
public struct LiveOptions: Hashable, Sendable {
    /// How many bytes of a frame are taken at most, 1 to 262,144; the rest is lost.
    public var snapLength = 262_144

    /// Whether frames for other hosts are asked for too.
    public var isPromiscuous = true

    /// The kernel's buffer, in MiB, 1 to 2,047. The kernel takes this memory at once.
    public var bufferMebibytes = 16

    public var filter = CaptureFilter.all

    public init() {}
}
