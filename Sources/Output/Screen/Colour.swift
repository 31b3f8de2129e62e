import BitcoinP2P
import Fields
import Records

/// Terminal colours, or none.
public struct Colour: Sendable {
    public enum Role: Sendable {
        case problem, heading, offset
        case family(MessageFamily)
        /// Which way it went; nothing where that is not known.
        case sender(Record.Sender)
    }

    public let isOn: Bool

    public init(isOn: Bool) { self.isOn = isOn }

    /// Appends what `body` does, in the colour of a role.
    package func append(as role: Role, to text: inout TextBuffer, _ body: (inout TextBuffer) -> Void) {
        guard isOn, let code = Self.code(of: role) else { return body(&text) }
        text.append(code)
        body(&text)
        end(in: &text)
    }

    func begin(_ role: Role, in text: inout TextBuffer) {
        if isOn, let code = Self.code(of: role) { text.append(code) }
    }

    func end(in text: inout TextBuffer) {
        if isOn { text.append("\u{1b}[0m") }
    }

    /// Colours of the terminal's own, since its ground is not known.
    private static func code(of role: Role) -> StaticString? {
        switch role {
        case .problem: "\u{1b}[31m"
        case .heading: "\u{1b}[1m"
        case .offset: "\u{1b}[2m"
        case .family(let family): code(of: family)
        case .sender(.initiator): "\u{1b}[36m"
        case .sender(.responder): "\u{1b}[32m"
        case .sender(.unknown): nil
        }
    }

    private static func code(of family: MessageFamily) -> StaticString {
        switch family {
        case .block: "\u{1b}[34m"
        case .header: "\u{1b}[36m"
        case .tx: "\u{1b}[33m"
        case .ask: "\u{1b}[35m"
        case .addr: "\u{1b}[32m"
        case .filter: "\u{1b}[93m"
        case .talk: "\u{1b}[90m"
        case .other: "\u{1b}[95m"
        }
    }
}
