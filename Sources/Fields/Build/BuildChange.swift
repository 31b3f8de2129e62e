/// Another value for one field of a message that is there.
public struct BuildChange: Sendable {
    /// A field, and which of several of that name in its group, from 0.
    public struct Step: Sendable {
        public let name: String
        public let index: Int?

        public init(_ name: String, index: Int? = nil) {
            self.name = name
            self.index = index
        }
    }

    enum Value: Sendable {
        case text([UInt8])
        case wire([UInt8])
    }

    let steps: [Step]
    let value: Value

    /// - Parameter steps: Groups from the outermost one on, then the field; groups may be left out.
    public init(_ steps: [Step], text: String) {
        self.steps = steps
        value = .text(Array(text.utf8))
    }

    /// Another value as its bytes on the wire.
    public init(_ steps: [Step], wire: [UInt8]) {
        self.steps = steps
        value = .wire(wire)
    }

    /// As it was written: `item[2]/hash`.
    public var path: String {
        steps.map { step in step.index.map { "\(step.name)[\($0)]" } ?? step.name }.joined(separator: "/")
    }
}

extension BuildValues {
    /// Gives the first field that the change names another value; false where there is none.
    ///
    /// - Parameter isUsed: For each value whether a field takes it: what follows from others cannot be changed.
    public mutating func make(_ change: BuildChange, where isUsed: [Bool]) -> Bool {
        guard let place = place(of: change.steps[...], in: 0..<values.count, isUsed) else { return false }
        switch change.value {
        case .text(let text): replace(place, text: text)
        case .wire(let bytes): replace(place, wire: bytes)
        }
        return true
    }

    private func place(
        of steps: ArraySlice<BuildChange.Step>, in range: Range<Int>, _ isUsed: [Bool]
    ) -> Int? {
        guard let step = steps.first else { return nil }
        var left = step.index ?? 0
        var index = range.lowerBound
        while index < range.upperBound {
            let value = values[index]
            if value.isGroup == (steps.count > 1), index < isUsed.count, isUsed[index],
                BuildValues.Name.names(step.name, value.name.text)
            {
                if left == 0 {
                    if steps.count == 1 { return index }
                    if let place = place(of: steps.dropFirst(), in: index + 1..<value.end, isUsed) { return place }
                } else {
                    left -= 1
                }
            }
            index = value.end
        }
        // Groups that were not named.
        index = range.lowerBound
        while index < range.upperBound {
            let value = values[index]
            if value.end > index + 1, let place = place(of: steps, in: index + 1..<value.end, isUsed) { return place }
            index = value.end
        }
        return nil
    }
}
