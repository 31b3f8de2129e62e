#if Web
import Fields
import Output

/// What is said of all of the capture.
extension ServedCapture {
    /// The answer of `/api/capture`.
    var accountJSON: TextBuffer {
        let known = known
        let index = index
        var text = TextBuffer()
        text.append("{\"name\":")
        let title = known.names.count > 1 ? "\(known.names[0]) and \(known.names.count - 1) more" : known.names.first
        text.append(jsonText: title ?? "")
        text.append(",\"files\":")
        text.append(jsonStrings: known.names.prefix(100))
        text.append(member: "version", version.utf8)
        text.append(",\"link_types\":")
        text.append(jsonStrings: known.linkTypes.prefix(100))
        text.append(member: "live", isTrue: isLive)
        text.append(member: "complete", isTrue: isComplete)
        index.read { state in
            text.append(member: "indexed", state.count)
            text.append(member: "frames", state.frame)
            text.append(member: "capped", isTrue: index.isCapped)
            text.append(member: "connections", state.connections.count)
            text.append(",\"t0\":")
            if let start = state.start {
                text.append("\"")
                TimeText.append(nanoseconds: start, decimals: 9, to: &text)
                text.append("\"")
            } else {
                text.append("null")
            }
            text.append(member: "decimals", state.decimals)
            text.append(member: "end_ns", state.start.map { max(0, state.end &- $0) } ?? 0)
            text.append(member: "remarks", state.remarked)
        }
        text.append(member: "bytes_read", known.bytesRead)
        text.append(",\"bytes_total\":")
        if let total = known.bytesTotal { text.append(decimal: total) } else { text.append("null") }
        text.append(member: "generation", 1)
        text.append(member: "closing", known.counts.utf8)
        text.append(member: "keys", Self.words(ofEncrypted: known.encryptedStreams).utf8)
        text.append(",\"doubt\":")
        if let doubt = known.doubt ?? index.trouble { text.append(jsonText: doubt) } else { text.append("null") }
        text.append(member: "dropped", known.kernelDropped)
        text.append(",\"statistics\":[")
        for (place, asked) in Statistics.Asked.all.enumerated() {
            text.append(place > 0 ? ",{\"name\":" : "{\"name\":")
            text.append(jsonString: asked.name.utf8)
            text.append(member: "meaning", asked.meaning.utf8)
            text.append("}")
        }
        text.append("]}")
        return text
    }

    private static func words(ofEncrypted count: UInt64) -> String {
        if count == 0 { return "" }
        let what = count == 1 ? "1 direction is encrypted" : "\(count) directions are encrypted"
        return "\(what): serve --keylog FILE reads v2 connections whose secrets it has."
    }
}

extension TextBuffer {
    /// `["a","b"]`
    fileprivate mutating func append(jsonStrings strings: some Sequence<String>) {
        append("[")
        for (place, string) in strings.enumerated() {
            if place > 0 { append(",") }
            append(jsonText: string)
        }
        append("]")
    }

    /// Text that may quote anybody's, such as the name of a file.
    fileprivate mutating func append(jsonText text: String) {
        var shown = TextBuffer()
        shown.append(quoting: text)
        append(jsonString: shown.bytes)
    }
}
#endif
