import BitcoinP2P
import Reassembly
import Records

/// The connections that had a message, or are encrypted, by their numbers.
struct ConversationStates {
    /// How many have a state of their own.
    static let limit = 10_000
    /// Connections of higher numbers have none: four bytes are taken for each number up to here.
    private static let numberLimit = 1 << 22

    private(set) var states: ContiguousArray<ConversationState> = []
    /// Where the state of a number is; negative where there is none.
    private var places: ContiguousArray<Int32> = []
    private var lastNumber = UInt64.max
    private var lastPlace: Int32 = -1
    /// Messages of connections without a state, and their bytes.
    private(set) var others = (messages: UInt64(0), bytes: UInt64(0))

    var count: Int { states.count }

    subscript(place: Int32) -> ConversationState {
        _read { yield states[Int(place)] }
        _modify { yield &states[Int(place)] }
    }

    /// Where the state of that connection is; nil where it has none.
    func place(of number: UInt64) -> Int32? {
        guard number < UInt64(places.count) else { return nil }
        let place = places[Int(number)]
        return place < 0 ? nil : place
    }

    /// The same, and begins one where there is none and room for it.
    mutating func place(
        of number: UInt64, beginning make: () -> ConversationState
    ) -> Int32? {
        if number == lastNumber { return lastPlace }
        if let place = place(of: number) {
            (lastNumber, lastPlace) = (number, place)
            return place
        }
        guard states.count < Self.limit, number < UInt64(Self.numberLimit) else { return nil }
        while places.count <= Int(number) { places.append(-1) }
        let place = Int32(truncatingIfNeeded: states.count)
        places[Int(number)] = place
        states.append(make())
        (lastNumber, lastPlace) = (number, place)
        return place
    }

    /// When the first of these came.
    private(set) var firstOther: Int64?

    mutating func addOther(messages: UInt64, bytes: UInt64, at time: Int64) {
        firstOther = firstOther ?? time
        others.messages &+= messages
        others.bytes &+= bytes
    }
}
