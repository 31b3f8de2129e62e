/// What stands in for fields that are not given.
public struct BuildFill: Sendable {
    /// Whether what is not among ``values`` is zero, or empty; else it is missing.
    public let isZero: Bool
    /// Taken first, by name.
    public let values: [Field: BuildFill.Content]

    public enum Content: Sendable {
        case number(UInt64)
        case bytes([UInt8])
    }

    /// Nothing stands in.
    public static let nothing = BuildFill(isZero: false)
    /// Zero does.
    public static let zero = BuildFill(isZero: true)

    public init(isZero: Bool, _ values: [Field: Content] = [:]) {
        self.isZero = isZero
        self.values = values
    }

    func value(of field: Field) -> Content? { values[field] }
}
