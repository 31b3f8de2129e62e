import BitcoinP2P
import Fields
import Output

/// Sums over time, in both directions, for each way that may be up.
struct FlowBins: Sendable {
    private var bins = [TimeBins](repeating: TimeBins(), count: 2 * Directions.count)
    private(set) var total: UInt64 = 0

    mutating func add(_ amount: UInt64, _ ups: Directions.Ups, isFromInitiator: Bool, at time: Int64) {
        total &+= amount
        for way in 0..<Directions.count {
            guard let up = ups[way] else { continue }
            bins[2 * way + (up == isFromInitiator ? 0 : 1)].add(amount, at: time)
        }
    }

    func sums(_ way: Int, isUp: Bool, step: Int64, count: Int) -> [UInt64] {
        bins[2 * way + (isUp ? 0 : 1)].sums(step: step, count: count)
    }
}

/// How long answers of one kind took, as places on a logarithmic axis.
struct AnswerTimes: Sendable {
    private(set) var places = [UInt32](repeating: 0, count: Scales.Logarithmic.places + 1)
    private(set) var count: UInt64 = 0

    mutating func add(_ time: Int64) {
        count &+= 1
        places[Int(Scales.Logarithmic.place(of: time).rounded())] &+= 1
    }
}

/// A remark, how often it was made and where first.
struct RemarkTally: Sendable {
    let remark: Remark
    var count: UInt64 = 0
    let frame: UInt64
    /// Of the first message with it; what is no message has none.
    let command: Command?
    let peer: [UInt8]
}
