import Fields
import Glibc
import Output

/// Standard error, unbuffered.
enum StandardError {
    static func write(_ text: String) {
        let output = ByteOutput(descriptor: STDERR_FILENO)
        output.buffer.append(text)
        output.flush()
    }

    /// A line for people: on a terminal it goes on in further ones, between words.
    static func say(_ line: String) {
        var text = TextBuffer()
        text.append(line)
        text.append("\n")
        if let width = Terminal.width(of: STDERR_FILENO) {
            LineFitter(.folded(after: 0, indent: 2), into: width).fit(&text)
        }
        write(text.string)
    }

    /// Complains of output that could not be written; that a reader went away is no failure.
    ///
    /// - Returns: Whether there was one.
    static func complain(ofFailed output: ByteOutput) -> Bool {
        guard output.errorNumber != 0 else { return false }
        let reason =
            output.errorNumber == ETIMEDOUT
            ? "nothing reads it, and the program was asked to end" : String(cString: strerror(output.errorNumber))
        complain("cannot write the output: \(reason)")
        return true
    }

    /// A message of several lines, named after the program. What it quotes of arguments is made harmless.
    static func complain(lines text: String) {
        var safe = TextBuffer()
        for line in "btcshark: \(text)".split(separator: "\n", omittingEmptySubsequences: false) {
            safe.append(quoting: String(line))
            safe.append("\n")
        }
        write(safe.string)
    }

    /// One message, named after the program. Names of files in it are made harmless.
    static func complain(_ text: String) {
        var safe = TextBuffer()
        safe.append(wire: Array(text.utf8).span.bytes)
        write("btcshark: \(safe.string)\n")
    }
}
