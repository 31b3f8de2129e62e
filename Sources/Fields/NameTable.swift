/// The names of ``ValueNames``, to be looked up by value.
final class NameTable: Sendable {
    let entries: [ValueNames.Entry]
    /// Values, ascending, and where in ``entries`` each stands first.
    private let values: [UInt64]
    private let places: [Int]
    /// All names in one, and where that of each entry ends.
    private let text: [UInt8]
    private let ends: [Int]
    /// No name has a quote, a backslash or a control character.
    let isPlain: Bool

    init(_ entries: [ValueNames.Entry]) {
        self.entries = entries
        var firsts: [(value: UInt64, place: Int)] = []
        let ascending = entries.indices.sorted { (entries[$0].value, $0) < (entries[$1].value, $1) }
        for place in ascending where firsts.last?.value != entries[place].value {
            firsts.append((entries[place].value, place))
        }
        values = firsts.map(\.value)
        places = firsts.map(\.place)
        var text: [UInt8] = []
        ends = entries.map { entry in
            text += entry.name.utf8
            return text.count
        }
        self.text = text
        isPlain = text.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }
    }

    /// Where in ``entries`` the first with `value` stands.
    func place(of value: UInt64) -> Int? {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low &+ high) / 2
            if values[middle] < value { low = middle &+ 1 } else { high = middle }
        }
        return low < values.count && values[low] == value ? places[low] : nil
    }

    func append(nameOf value: UInt64, to output: inout TextBuffer) -> Bool {
        guard let place = place(of: value) else { return false }
        let start = place > 0 ? ends[place - 1] : 0
        text.withUnsafeBytes { output.append(copying: UnsafeRawBufferPointer(rebasing: $0[start..<ends[place]])) }
        return true
    }
}
