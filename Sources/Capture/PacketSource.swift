/// Something that yields captured frames one after another: a file, several files, or an interface.
public protocol PacketSource: ~Copyable {
    /// Hands the next frame to `body`.
    ///
    /// The bytes belong to the source and are lent until `body` returns: their storage is used again for the next
    /// frame. Nothing is allocated for a frame.
    ///
    /// - Parameter body: Called once where there is a frame, else not at all.
    /// - Returns: False at the end of input; further calls return false again.
    /// - Throws: `CaptureError` where the input cannot be opened or read on. Every frame before has been handed out.
    ///   What a further call does is the source's to say.
    mutating func next(_ body: (FrameHeader, RawSpan) -> Void) throws(CaptureError) -> Bool
}
