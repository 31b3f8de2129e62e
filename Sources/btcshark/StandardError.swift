import Dissection
import Glibc
import Output

/// Standard error, unbuffered.
enum StandardError {
    static func write(_ text: String) {
        let output = ByteOutput(descriptor: STDERR_FILENO)
        output.buffer.append(text)
        output.flush()
    }

    /// One message, named after the program.
    static func complain(_ text: String) { write("btcshark: \(text)\n") }
}
