/// Which layers of a message are written: tshark's `-j` and `-J`.
public struct LayerChoice: Sendable {
    /// Those shown without what stands under their fields, but for fields and groups that are named here, too.
    public let layers: Set<String>
    /// Those shown with all that is in them.
    public let whole: Set<String>

    public init(layers: [String], whole: [String]) {
        self.layers = Set(layers)
        self.whole = Set(whole)
    }
}
