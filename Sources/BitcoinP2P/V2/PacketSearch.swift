/// Looks for the next packet of a direction after bytes were lost (BIP 324 has no mark between packets).
///
/// Where a packet begins and the packet's number must both be guessed; only what authenticates is taken. The places
/// tried are those at which a segment begins, and one that is known from a packet's length. The numbers tried are those
/// of the next ``packetBound`` packets, as far as they fit in between. At most places only packets up to
/// ``smallPacket`` bytes are tried, at the first ``largePlaces`` any: a wrong number makes some length at random, so
/// that otherwise megabytes would be tried in vain.
struct PacketSearch: Sendable {
    static let packetBound: UInt64 = 1024
    static let smallPacket = 16 << 10
    static let largePlaces = 4
    /// What Core accepts: a longer packet is not looked for.
    static let contentsLimit = 4_000_013
    private static let candidateLimit = 4096

    struct Position: Sendable {
        var offset: UInt64
        var number: UInt64
    }

    private struct Candidate {
        var start: UInt64
        var end: UInt64
        var number: UInt64
    }

    enum Step {
        case found(Position)
        /// How many bytes begin no packet.
        case skipped(Int)
        case needMore
    }

    /// Where a packet is known to begin that cannot be read, or is not there.
    private let anchor: Position
    /// Where the next packet should begin, if a length can be believed.
    private var guess: Position?
    /// Places whose first bytes are not there yet, ascending.
    private var places: [UInt64] = []
    private var placesTried = 0
    /// From here on the places are not known yet.
    private(set) var placesKnown: UInt64
    /// Those not yet tried; the one that ends first is the last.
    private var candidates: [Candidate] = []

    init(behind anchor: Position, guess: Position? = nil, from start: UInt64) {
        self.anchor = anchor
        self.guess = guess
        placesKnown = start
    }

    /// Bytes are missing up to `offset`.
    mutating func restart(at offset: UInt64) {
        candidates.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        if let place = guess, place.offset < offset { guess = nil }
        placesTried = 0
        placesKnown = max(placesKnown, offset)
    }

    /// Segments begin at these places, in ascending order; before `end` there are no others.
    mutating func add(places new: [UInt64], before end: UInt64) {
        for place in new where place >= placesKnown { places.append(place) }
        placesKnown = max(placesKnown, end)
    }

    /// - Parameter budget: How many bytes of large packets may be tried in vain; taken off.
    mutating func next(
        _ bytes: RawSpan, at offset: UInt64, isLast: Bool, lengths: inout LengthCipher, packets: inout PacketCipher,
        budget: inout Int, into buffer: inout V2PacketBuffer
    ) -> Step {
        let end = offset &+ UInt64(bytes.byteCount)
        takePlaces(bytes, at: offset, &lengths)
        while let candidate = candidates.last, candidate.end <= end {
            candidates.removeLast()
            guard candidate.start >= offset else { continue }
            let size = Int(candidate.end - candidate.start)
            if size > Self.smallPacket {
                guard budget >= size else { continue }
                budget -= size
            }
            let start = Int(candidate.start - offset)
            let sealed = bytes.extracting(start + LengthCipher.fieldLength..<start + size)
            if packets.open(sealed, number: candidate.number, authenticating: RawSpan(), into: &buffer) {
                return .found(Position(offset: candidate.start, number: candidate.number))
            }
        }
        let kept = isLast ? end : min(firstKept ?? end, end)
        return kept > offset ? .skipped(Int(kept - offset)) : .needMore
    }

    /// Nothing before this offset can be of use.
    private var firstKept: UInt64? {
        var first = guess?.offset ?? .max
        if let place = places.first { first = min(first, place) }
        for candidate in candidates { first = min(first, candidate.start) }
        return first == .max ? nil : first
    }

    /// Makes candidates of the places whose first bytes are there.
    private mutating func takePlaces(_ bytes: RawSpan, at offset: UInt64, _ lengths: inout LengthCipher) {
        let end = offset &+ UInt64(bytes.byteCount)
        let field = UInt64(LengthCipher.fieldLength)
        if let place = guess, place.offset &+ field <= end {
            guess = nil
            // The only one here of which no limit is expected.
            if place.offset >= offset,
                let length = lengths.length(bytes, at: Int(place.offset - offset), ofPacket: place.number)
            {
                insert(place, length)
            }
        }
        var taken = 0
        while taken < places.count, places[taken] &+ field <= end {
            if places[taken] >= offset { take(places[taken], bytes, at: offset, &lengths) }
            taken += 1
        }
        places.removeFirst(taken)
    }

    private mutating func take(_ place: UInt64, _ bytes: RawSpan, at offset: UInt64, _ lengths: inout LengthCipher) {
        guard place >= anchor.offset else { return }
        let most = placesTried < Self.largePlaces ? Self.contentsLimit : Self.smallPacket - V2Framer.overhead
        placesTried += 1
        // At the anchor itself stands its packet, after it one of the next.
        let distance = min((place - anchor.offset) / UInt64(V2Framer.overhead), Self.packetBound)
        let range = place == anchor.offset ? 0...0 : distance == 0 ? nil : 1...distance
        guard let range else { return }
        for step in range {
            let number = anchor.number &+ step
            guard let length = lengths.length(bytes, at: Int(place - offset), ofPacket: number), length <= most else {
                continue
            }
            insert(Position(offset: place, number: number), length)
        }
    }

    private mutating func insert(_ position: Position, _ length: Int) {
        let end = position.offset &+ UInt64(length + V2Framer.overhead)
        if candidates.count >= Self.candidateLimit {
            // The one that would have to wait longest goes.
            guard let longest = candidates.first, longest.end > end else { return }
            candidates.removeFirst()
        }
        var low = 0
        var high = candidates.count
        while low < high {
            let middle = (low + high) / 2
            if candidates[middle].end > end { low = middle + 1 } else { high = middle }
        }
        candidates.insert(Candidate(start: position.offset, end: end, number: position.number), at: low)
    }
}
