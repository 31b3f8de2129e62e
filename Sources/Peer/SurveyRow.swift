import BitcoinP2P
import Fields
import Output

/// A line of JSON for each target: what a survey keeps of it.
public struct SurveyRow {
    /// The key by which a row names its target, the first of each row.
    public static let targetKey = "target"

    /// Adds the row, with the end of its line.
    ///
    /// Times are milliseconds since the call began; what did not come is null.
    public static func append(_ target: Target, _ known: Acquaintance, _ network: Network, to text: inout TextBuffer) {
        var row = Object()
        row.add("target", target.text)
        row.add("address", known.address?.text)
        row.add("network", network.name)
        row.add("transport", known.transport.rawValue)
        row.add("outcome", known.outcome.word)
        row.add("reason", known.reason)
        row.add(raw: "begun", seconds(known.begun))
        row.add(raw: "connect_ms", milliseconds(known.connected))
        row.add(raw: "version_ms", milliseconds(known.versionCame))
        row.add(raw: "verack_ms", milliseconds(known.verackCame))
        row.add(raw: "pong_ms", milliseconds(known.pongCame))
        row.add(raw: "end_ms", milliseconds(known.ended))
        append(known.claims, to: &row)
        row.add("fingerprint", known.order.isEmpty ? nil : known.fingerprint)
        row.add(raw: "bytes", "\(known.bytesReceived)")
        text.append("{")
        text.append(row.text)
        text.append("}\n")
    }

    private static func append(_ claims: Acquaintance.Claims, to row: inout Object) {
        row.add(raw: "version", claims.version.map { "\($0)" })
        // As text: many readers of JSON have no 64-bit numbers.
        row.add("services", claims.services.map { hexadecimal($0) })
        row.add(raw: "timestamp", claims.timestamp.map { "\($0)" })
        row.add("user_agent", claims.userAgent.map { safe($0) })
        row.add(raw: "start_height", claims.startHeight.map { "\($0)" })
        row.add(raw: "relay", claims.relays.map { "\($0)" })
        row.add("addr_recv", claims.receiver.map { String(decoding: $0.address, as: UTF8.self) })
        row.add(raw: "addr_recv_port", claims.receiver?.port.map { "\($0)" })
        row.add("addr_from", claims.sender.map { String(decoding: $0.address, as: UTF8.self) })
    }

    private struct Object {
        private(set) var text = TextBuffer()

        mutating func add(_ key: StaticString, _ value: String?) {
            begin(key)
            if let value { text.append(jsonString: value.utf8) } else { text.append("null") }
        }

        mutating func add(raw key: StaticString, _ value: String?) {
            begin(key)
            text.append(value ?? "null")
        }

        private mutating func begin(_ key: StaticString) {
            text.append(text.isEmpty ? "\"" : ",\"")
            text.append(key)
            text.append("\":")
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        var text = TextBuffer()
        TimeText.append(nanoseconds: nanoseconds, decimals: 9, to: &text)
        return text.string
    }

    /// With three decimals, cut.
    private static func milliseconds(_ duration: Duration?) -> String? {
        duration.map {
            let (seconds, attoseconds) = $0.components
            let microseconds =
                UInt64(clamping: seconds) &* 1_000_000 &+ UInt64(clamping: attoseconds / 1_000_000_000_000)
            var text = TextBuffer()
            text.append(decimal: microseconds / 1000)
            text.append(".")
            text.append(decimal: microseconds % 1000, width: 3)
            return text.string
        }
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        var text = TextBuffer()
        text.append(hexadecimal: value, digits: 16)
        return text.string
    }

    /// As trees show text of the wire, escaped.
    private static func safe(_ bytes: [UInt8]) -> String {
        var text = TextBuffer()
        text.append(wire: bytes.span.bytes)
        return text.string
    }
}
