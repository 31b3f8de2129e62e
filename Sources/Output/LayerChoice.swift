/// Which layers of a message are written: tshark's `-j` and `-J`.
public struct LayerChoice: Sendable {
    /// Those shown without what stands under their fields, but for fields and groups that are named here, too.
    public let layers: Set<String>
    /// Those shown with all that is in them.
    public let complete: Set<String>

    public init(layers: [String], complete: [String]) {
        self.layers = Set(layers)
        self.complete = Set(complete)
    }
}
