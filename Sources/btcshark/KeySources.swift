import ArgumentParser
import BitcoinP2P
import Glibc
import NodeKeys

/// Where the secrets of v2 connections come from: a key log, a running node, or both.
final class KeySources {
    let log: KeyLog
    private let node: NodeKeys?
    private let path: String
    /// A file that could be read at first, and now cannot, is told once.
    private var hasFailed = false

    /// Reads what is there. With a node this takes some seconds, and must be done as root.
    ///
    /// - Returns: Nil where there is neither a file, also none named by the environment, nor a node.
    init?(_ options: Options, isLive: Bool) throws {
        let environment = getenv("BIP324_KEYLOG").map { String(cString: $0) } ?? ""
        let path = options.keylog ?? (environment.isEmpty ? nil : environment)
        guard path != nil || options.nodeKeys != nil else { return nil }
        do {
            node = try options.nodeKeys.map { try NodeKeys(ProbedNode($0)) }
            var nodeLines: KeyLog.NodeLines?
            if let node { nodeLines = { take in node.readLines(take) } }
            log = KeyLog(path: path, nodeLines: nodeLines)
            self.path = path ?? ""
            try log.refresh()
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode((error is NodeKeysError ? Status.usage : Status.input).rawValue)
        }
        if !isLive { log.finish() }
        complain()
    }

    /// Reads what has come since. To be called about once a second, also where nothing is captured.
    func refresh() {
        do throws(KeyLogError) {
            try log.refresh()
        } catch {
            if !hasFailed { StandardError.complain("\(error)") }
            hasFailed = true
        }
        complain()
    }

    /// Has the node watched no longer.
    func finish() { node?.finish() }

    private func complain() {
        let (problems, more) = log.takeProblems()
        for problem in problems {
            StandardError.complain("\(problem.source == .node ? "the node's keys" : path): \(problem)")
        }
        if more > 0 { StandardError.complain("\(path): and \(more) more bad lines") }
        if let problem = node?.takeProblem() { StandardError.complain(problem) }
    }
}
