import Fields
import Glibc
import System

/// The rows that a survey has written before: it is not to call those targets again.
public enum SurveyFile {
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    /// What is left of a file that a run which was ended has written.
    public struct Rows: Sendable {
        /// Whole rows.
        public var count = 0
        /// Their targets, as ``Target/text`` has them.
        public var targets: Set<String> = []
        /// Bytes up to the end of the last whole row.
        public var length = 0
    }

    /// Opens the file to which rows are added.
    ///
    /// - Parameters:
    ///   - resumes: Rows that are there stay; else there may be none.
    ///   - network: The name of the one that they must be of.
    /// - Returns: A descriptor, which the caller closes, and what the file holds. A row that was cut off is removed: it
    ///   would make one line with the next.
    public static func open(
        _ path: String, resumes: Bool, network: String
    ) throws(Problem) -> (descriptor: Int32, rows: Rows) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Problem(description: "\(path): \(SystemFailure().message)") }
        do throws(Problem) {
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw Problem(description: "\(path): another survey writes to it")
            }
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw Problem(description: "\(path): \(SystemFailure().message)")
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                if resumes { throw Problem(description: "\(path): --resume needs a regular file") }
                return (descriptor, Rows())
            }
            if !resumes {
                guard status.st_size == 0 else {
                    throw Problem(
                        description: "\(path): has rows already: --resume goes on with them, or name another file")
                }
                return (descriptor, Rows())
            }
            let rows = try read(descriptor, path, network)
            guard ftruncate(descriptor, off_t(rows.length)) == 0 else {
                throw Problem(description: "\(path): \(SystemFailure().message)")
            }
            return (descriptor, rows)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Reads the rows of a file, from where it stands.
    private static func read(_ descriptor: Int32, _ path: String, _ network: String) throws(Problem) -> Rows {
        var rows = Rows()
        var rest: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Problem(description: "\(path): \(SystemFailure().message)") }
            if count == 0 {
                guard rest.starts(with: beginning) || beginning.starts(with: rest) else {
                    throw Problem(description: "\(path): line \(rows.count + 1) is no row of a survey")
                }
                return rows
            }
            rest += block.prefix(count)
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0a) {
                guard let target = target(of: rest[start..<end]) else {
                    throw Problem(description: "\(path): line \(rows.count + 1) is no row of a survey")
                }
                guard isOf(network, rest[start..<end]) else {
                    throw Problem(description: "\(path): line \(rows.count + 1) is of another network than \(network)")
                }
                rows.targets.insert(target)
                rows.count += 1
                rows.length += end + 1 - start
                start = end + 1
            }
            rest.removeFirst(start)
            // No row is as long: what has no end of line here is another kind of file.
            guard rest.count < 1 << 20 else { throw Problem(description: "\(path): no file of a survey") }
        }
    }

    private static let beginning = Array("{\"\(SurveyRow.targetKey)\":\"".utf8)

    /// Whether a row says so; what a peer may have put into it comes later.
    private static func isOf(_ network: String, _ row: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: row.prefix(2000), as: UTF8.self)
        guard let key = text.firstRange(of: "\"network\":\"") else { return false }
        return text[key.upperBound...].prefix { $0 != "\"" } == network
    }

    /// The target of a row, which begins with it; it needs no escapes.
    static func target(of row: some BidirectionalCollection<UInt8>) -> String? {
        guard row.starts(with: beginning), row.last == 0x7d else { return nil }
        return String(decoding: row.dropFirst(beginning.count).prefix { $0 != 0x22 }, as: UTF8.self)
    }
}
