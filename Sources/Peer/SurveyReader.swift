import Fields
import Output

/// Reads rows of a survey back.
public struct SurveyReader {
    /// What a text says, or the letters of a number or a word; null is not there.
    private var values: [String: [UInt8]] = [:]

    /// - Parameter line: Without its end.
    /// - Returns: Nil where it is no row of a survey.
    public init?(_ line: some Collection<UInt8>) {
        guard case .object(let members)? = try? JSONReader.read(Array(line)[...]) else { return nil }
        for member in members {
            switch member.value {
            case .string(let text), .number(let text): values[member.key] = Array(text.utf8)
            case .bool(let isSo): values[member.key] = Array("\(isSo)".utf8)
            case .null, .array, .object: break
            }
        }
        guard values["target"] != nil, values["outcome"] != nil else { return nil }
    }

    public var target: String { text("target") ?? "" }
    public var outcome: String { text("outcome") ?? "" }
    public var isV2: Bool { text("transport") == MeetingTransport.v2.rawValue }

    /// In nanoseconds since 1970, cut to whole microseconds.
    public var begun: Int64 {
        guard let text = text("begun"), let seconds = Double(text), abs(seconds) < 9e9 else { return 0 }
        return Int64(seconds * 1e6) * 1000
    }

    /// What the peer's `version` said; nil where none came.
    public var claims: Acquaintance.Claims? {
        guard values["version_ms"] != nil else { return nil }
        var claims = Acquaintance.Claims()
        claims.version = text("version").flatMap { Int64($0) }
        claims.services = text("services").flatMap { UInt64($0, radix: 16) }
        claims.timestamp = text("timestamp").flatMap { Int64($0) }
        claims.startHeight = text("start_height").flatMap { Int64($0) }
        claims.relays = text("relay").map { $0 == "true" }
        claims.userAgent = values["user_agent"].map { escaped in
            var text = TextBuffer()
            text.append(unescaping: escaped.span.bytes)
            return text.bytes
        }
        claims.receiver = values["addr_recv"].map {
            Acquaintance.Claims.Place(address: Self.safe($0), port: text("addr_recv_port").flatMap { UInt16($0) })
        }
        claims.sender = values["addr_from"].map { Acquaintance.Claims.Place(address: Self.safe($0)) }
        return claims
    }

    /// A file may have been edited: what is printed is made safe again.
    private static func safe(_ bytes: [UInt8]) -> [UInt8] {
        var text = TextBuffer()
        text.append(wire: bytes.span.bytes)
        return text.bytes
    }

    private func text(_ key: String) -> String? { values[key].map { String(decoding: $0, as: UTF8.self) } }
}
