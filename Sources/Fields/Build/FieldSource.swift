/// The other direction: gives a layout the bytes that it is about to read, and so builds a message.
///
/// A layout is written once. A cursor whose sink has ``SinkMode/build`` asks for each field before it reads it; counts,
/// flags and lengths then come back to the layout as if they had been received. Sinks that only take fields have the
/// empty implementations below, of which nothing remains in the compiled layout.
public protocol FieldSource: ~Copyable {
    /// Writes the bytes of the field that is read next at `start`.
    ///
    /// - Returns: Where they end; before the field's own end where the message ends within it.
    mutating func supply(_ field: Field, _ form: WireForm, at start: Int) throws(Stop) -> Int
    /// Whether there is a value of that field, not used yet, in the group that is open; or, where `entry` is given, in the
    /// next entry of that name.
    func isGiven(_ field: Field, in entry: Field?) -> Bool
    /// Whether values that are not given are made up.
    var fillsIn: Bool { get }
    /// Whether something is missing, so that no message comes of it: then all is asked for that a complete one has.
    var isLacking: Bool { get }
    /// The bytes within the layout that ended at `end` and began at `start` are those whose number
    /// ``WireForm/Source/extent`` stands for.
    mutating func learn(extent: Range<Int>)
}

extension FieldSource where Self: ~Copyable {
    @inlinable public mutating func supply(_: Field, _: WireForm, at start: Int) throws(Stop) -> Int { start }
    @inlinable public func isGiven(_: Field, in _: Field?) -> Bool { false }
    @inlinable public var fillsIn: Bool { false }
    @inlinable public var isLacking: Bool { false }
    @inlinable public mutating func learn(extent _: Range<Int>) {}
}
