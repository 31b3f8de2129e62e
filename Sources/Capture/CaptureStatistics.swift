/// What became of the frames of a live capture, counted apart by who lost them.
///
/// `received` is the sum of the frames recorded, or handed out where nothing is recorded, those that still wait for
/// that, `droppedByKernel` and `droppedByUs`. What the interface drops nobody has seen, so it is not among them.
public struct CaptureStatistics: Hashable, Sendable {
    /// Frames that passed the filter.
    public var received: UInt64
    /// Frames lost since the kernel's buffer was full: we did not come to read in time.
    public var droppedByKernel: UInt64
    /// Frames lost in the network card or its driver since the capture began; always 0 where libpcap cannot tell.
    public var droppedByInterface: UInt64
    /// Frames lost since our own queue was full: what takes them first, the recording or else the output, is slower
    /// than the network.
    public var droppedByUs: UInt64
    /// Frames that were recorded and not handed out, since the output is slower than the network. They are not lost.
    public var notShown: UInt64

    public init(
        received: UInt64 = 0, droppedByKernel: UInt64 = 0, droppedByInterface: UInt64 = 0, droppedByUs: UInt64 = 0,
        notShown: UInt64 = 0
    ) {
        self.received = received
        self.droppedByKernel = droppedByKernel
        self.droppedByInterface = droppedByInterface
        self.droppedByUs = droppedByUs
        self.notShown = notShown
    }

    /// What has come since `before`, an earlier state of the same capture.
    func since(_ before: Self) -> Self {
        Self(
            received: received &- min(received, before.received),
            droppedByKernel: droppedByKernel &- min(droppedByKernel, before.droppedByKernel),
            droppedByInterface: droppedByInterface &- min(droppedByInterface, before.droppedByInterface),
            droppedByUs: droppedByUs &- min(droppedByUs, before.droppedByUs),
            notShown: notShown &- min(notShown, before.notShown))
    }

    /// Whether anything is missing in what was recorded or handed out.
    public var hasDrops: Bool { droppedByKernel > 0 || droppedByInterface > 0 || droppedByUs > 0 || notShown > 0 }
}

/// A count that goes on where the kernel's own, of 32 bits, begins again at 0.
struct WideCount {
    private(set) var total: UInt64 = 0
    private var last: UInt32 = 0

    /// Takes the counter's new state. It must be looked at before it has gone all the way round.
    mutating func advance(to state: UInt32) {
        total &+= UInt64(state &- last)
        last = state
    }
}
