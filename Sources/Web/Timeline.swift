#if Web
import BitcoinP2P
import Fields
import Output

/// Messages and bytes over time, by family and side.
struct Timeline {
    /// The most intervals.
    static let mostBins = 1_000

    /// Of each series, a family's of one side, the sums of all intervals one after another.
    private struct Sums {
        static let series = FamilyName.all.count * Side.allCases.count

        let count: Int
        var messages: [UInt64]
        var bytes: [UInt64]

        init(count: Int) {
            self.count = count
            messages = [UInt64](repeating: 0, count: Self.series * count)
            bytes = messages
        }

        /// - Parameter place: Of the interval; one that is not there is left out.
        mutating func add(_ family: Int, _ side: Side, _ place: Int, _ messages: UInt64, _ bytes: UInt64) {
            guard place >= 0, place < count else { return }
            let at = (family * Side.allCases.count + Int(side.rawValue)) * count + place
            self.messages[at] &+= messages
            self.bytes[at] &+= bytes
        }

        func range(_ series: Int) -> Range<Int> { series * count..<(series + 1) * count }

        /// Those that have something.
        var known: [Int] {
            (0..<Self.series).filter { series in
                range(series).contains { messages[$0] > 0 || bytes[$0] > 0 }
            }
        }
    }

    /// The sums of a list, as JSON without its braces.
    ///
    /// - Parameters:
    ///   - isOfAll: Then bytes that cannot be read are there, too.
    ///   - time: Nil for all times.
    static func append(
        _ rows: RowList, isOfAll: Bool, _ time: ClosedRange<Int64>?, bins: Int, _ index: MessageIndex,
        to text: inout TextBuffer
    ) {
        let all = index.rows()
        let start = all.start ?? 0
        let known = index.read { state in
            (begin: state.begin, end: state.end, unread: state.unread, gaps: Array(state.gaps))
        }
        let end = max(known.end &- start, 0)
        let span = time ?? max(min(known.begin &- start, 0), -Query.latestTime)...min(end, Query.latestTime)
        // The bytes of what cannot be read are known by no more intervals than this.
        let isUnread = isOfAll && known.unread.contains { !$0.isEmpty }
        let most = isUnread ? min(bins, TimeBins.mostIntervals) : bins
        let step = TimeSteps.step(of: span.upperBound &- span.lowerBound, atMost: most)
        // Intervals begin at multiples of their width.
        let first = (span.lowerBound - (span.lowerBound < 0 ? step - 1 : 0)) / step * step
        let count = min(Int(clamping: (span.upperBound &- first) / step) + 1, most + 1)
        var sums = Sums(count: count)
        rows.forEach { number in
            guard let entry = all[number], entry.kind != .direction else { return }
            let time = entry.time &- start
            guard span.contains(time) else { return }
            sums.add(entry.familyCode, entry.side, Int(clamping: (time &- first) / step), 1, UInt64(entry.length))
        }
        if isUnread {
            // They count from the first frame on.
            let before = Int(clamping: (0 &- first) / step)
            for side in Side.allCases {
                let unread = known.unread[Int(side.rawValue)].sums(step: step, count: count)
                for (place, bytes) in unread.enumerated() where bytes > 0 {
                    sums.add(MessageFamily.allCases.count, side, before + place, 0, bytes)
                }
            }
        }
        let gaps = known.gaps.map { $0 &- start }
        text.append("\"from_ns\":")
        text.append(decimal: Int(first))
        text.append(member: "step_ns", step)
        text.append(member: "bins", count)
        text.append(member: "end_ns", end)
        text.append(",\"series\":[")
        for (place, key) in sums.known.enumerated() {
            if place > 0 { text.append(",") }
            text.append("{\"family\":")
            text.append(jsonString: FamilyName.all[key / Side.allCases.count].utf8)
            text.append(",\"dir\":")
            text.append((Side(rawValue: UInt8(key % Side.allCases.count)) ?? .unknown).json)
            text.append(",\"messages\":")
            text.append(jsonNumbers: sums.messages[sums.range(key)])
            text.append(",\"bytes\":")
            text.append(jsonNumbers: sums.bytes[sums.range(key)])
            text.append("}")
        }
        text.append("],\"gaps_ns\":")
        text.append(jsonNumbers: gaps)
    }
}

extension TextBuffer {
    /// `[1,2]`
    mutating func append(jsonNumbers numbers: some Sequence<some BinaryInteger>) {
        append("[")
        for (place, number) in numbers.enumerated() {
            if place > 0 { append(",") }
            append(decimal: Int(clamping: number))
        }
        append("]")
    }
}
#endif
