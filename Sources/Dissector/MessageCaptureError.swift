import Capture

/// Why a file of captured messages cannot be read, or read on. Every message before it has been shown.
public enum MessageCaptureError: Error, Sendable, CustomStringConvertible {
    /// The file or folder cannot be opened or read.
    case file(CaptureError)
    /// A folder without such files.
    case nothingFound(path: String)
    /// A record that begins at `offset` claims more payload than a message can have, so nobody knows where the next one
    /// begins: `skipped` bytes are left.
    case lengthImpossible(path: String, offset: UInt64, length: UInt32, skipped: UInt64)
    /// The file ends within the record that begins at `offset`.
    case cutShort(path: String, offset: UInt64)

    /// One sentence for the user, without a final full stop.
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .nothingFound(let path):
            "\(path): holds no files of messages, as a node writes them with -capturemessages: msgs_recv.dat, msgs_sent.dat"
        case .lengthImpossible(let path, let offset, let length, let skipped):
            "\(Self.name(path)): is damaged at byte \(offset): no message can have \(length) bytes. "
                + "The last \(skipped) bytes of the file are skipped"
        case .cutShort(let path, let offset):
            "\(Self.name(path)): is cut short in the message at byte \(offset); a node may still be writing it"
        }
    }

    private static func name(_ path: String) -> String { path == "-" ? "standard input" : path }
}
