import BitcoinP2P
import Fields
import Records

/// `--find`: where a message has what was looked for, a line each, under its summary line.
public struct PlaceLines {
    /// How many are shown unless all are asked for.
    private static let limit = 10

    private let full: Bool
    private let colour: Colour

    public init(full: Bool, colour: Colour) {
        self.full = full
        self.colour = colour
    }

    func append(_ record: borrowing Record, to text: inout TextBuffer) {
        let places = record.places
        let shown = full ? places.texts.count : min(places.texts.count, Self.limit)
        for index in 0..<shown { append(to: &text) { $0.append(places.texts[index]) } }
        let more = places.texts.count - shown + places.more
        guard more > 0 else { return }
        append(to: &text) {
            $0.append("and ")
            $0.append(decimal: more)
            $0.append(more == 1 ? " more place" : " more places")
        }
    }

    /// Below the time.
    private func append(to text: inout TextBuffer, _ body: (inout TextBuffer) -> Void) {
        text.append(spaces: 6)
        colour.begin(.offset, in: &text)
        body(&text)
        colour.end(in: &text)
        text.append("\n")
    }
}
