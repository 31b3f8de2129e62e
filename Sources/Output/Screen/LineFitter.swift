import Fields

/// Fits lines into the width of a terminal.
package struct LineFitter: Sendable {
    package enum Manner: Sendable {
        /// `…` stands for what has no room, but a hash, key or address is written in full, to be copied.
        case cut
        /// A line goes on in further ones, between words: indented by `indent` columns more than what stands first in
        /// it at or after a column.
        case folded(after: Int, indent: Int)
        /// The same, but all further ones are indented by that number of columns.
        case continued(indent: Int)
    }

    private let width: Int
    private let manner: Manner

    /// - Parameter width: In columns.
    package init(_ manner: Manner, into width: Int) {
        self.manner = manner
        self.width = width
    }

    /// Fits the lines of a text that begin at `start`.
    package func fit(_ text: inout TextBuffer, from start: Int = 0) {
        guard hasLongLine(text.bytes[min(start, text.count)...]) else { return }
        let lines = text.bytes[start...]
        text.bytes = Array(text.bytes[..<start])
        var begin = start
        while begin < lines.endIndex {
            let end = lines[begin...].firstIndex(of: 0x0a) ?? lines.endIndex
            append(lines[begin..<end], to: &text)
            if end < lines.endIndex { text.append("\n") }
            begin = end + 1
        }
    }

    /// A line has at least as many bytes as columns.
    private func hasLongLine(_ bytes: ArraySlice<UInt8>) -> Bool {
        var begin = bytes.startIndex
        while begin < bytes.endIndex {
            let end = bytes[begin...].firstIndex(of: 0x0a) ?? bytes.endIndex
            if end - begin > width { return true }
            begin = end + 1
        }
        return false
    }

    private func append(_ line: ArraySlice<UInt8>, to text: inout TextBuffer) {
        switch manner {
        case .cut: text.append(line, cutTo: width, keepsIdentifiers: true)
        case .folded(let column, let indent): append(line, foldedAfter: column, indent, to: &text)
        case .continued(let indent): append(line, foldedAfter: 0, 0, margin: min(indent, width / 2), to: &text)
        }
    }

    private func append(
        _ line: ArraySlice<UInt8>, foldedAfter column: Int, _ indent: Int, margin known: Int? = nil,
        to text: inout TextBuffer
    ) {
        var begin = line.startIndex
        // Where the text begins that is folded; nil before it.
        var margin = known
        var position = 0
        var colour: Range<Int>?
        var space: (at: Int, position: Int, colour: Range<Int>?)?
        for step in ScreenSteps(line) {
            if step.isEscape {
                colour = line[step.range].elementsEqual(Self.endOfColours) ? nil : step.range
                continue
            }
            let isSpace = line[step.range.lowerBound] == 0x20
            if !isSpace, margin == nil, position >= column { margin = min(position + indent, width / 2) }
            if isSpace, let margin, position > margin { space = (step.range.lowerBound, position, colour) }
            position += step.columns
            guard position > width, let margin, let last = space else { continue }
            text.bytes.append(contentsOf: line[begin..<last.at])
            if last.colour != nil { text.bytes.append(contentsOf: Self.endOfColours) }
            text.append("\n")
            text.append(spaces: margin)
            if let colour = last.colour { text.bytes.append(contentsOf: line[colour]) }
            begin = last.at + 1
            position = margin + position - last.position - 1
            space = nil
        }
        text.bytes.append(contentsOf: line[begin...])
    }

    private static let endOfColours = Array("\u{1b}[0m".utf8)
}
