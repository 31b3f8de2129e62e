import ArgumentParser
import BitcoinP2P
import Glibc
import Keys

/// Where the secrets of v2 connections come from: a key log, a running node, or both.
final class KeySources {
    let log: KeyLog
    private let node: NodeKeys?
    /// Of the file; nil where there is none.
    let path: String?
    /// The last problem that was said: each is said once, also where the file was not there at first.
    private var lastProblem: String?

    /// Reads what is there. With a node this takes some seconds, and must be done as root.
    ///
    /// - Returns: Nil where there is neither a file, also none named by the environment, nor a node.
    init?(_ options: Options, isLive: Bool) throws {
        let path = Self.path(options)
        guard path != nil || options.nodeKeys != nil, options.decode == nil else { return nil }
        do throws(NodeKeysError) {
            node = try Self.node(options)
            if let note = node?.note, !options.reallyQuiet { StandardError.complain(note) }
        } catch {
            StandardError.complain("\(error)")
            throw ExitCode(Status.usage.rawValue)
        }
        var nodeLines: KeyLog.NodeLines?
        if let node { nodeLines = { take in node.readLines(take) } }
        log = KeyLog(path: path, nodeLines: nodeLines)
        self.path = path
        do throws(KeyLogError) {
            try log.refresh()
        } catch {
            StandardError.complain("\(error)" + (isLive && !error.isFinal ? ". btcshark keeps looking for it" : ""))
            lastProblem = "\(error)"
            // A node may write it yet; and what the environment names is meant for other runs, too.
            guard isLive || options.keylog == nil else { throw ExitCode(Status.input.rawValue) }
        }
        if !isLive { log.finish() }
        complain()
    }

    /// Of the file; nil where neither an option nor the environment names one.
    static func path(_ options: Options) -> String? {
        let environment = getenv("BIP324_KEYLOG").map { String(cString: $0) } ?? ""
        return options.keylog ?? (environment.isEmpty ? nil : environment)
    }

    private static func node(_ options: Options) throws(NodeKeysError) -> NodeKeys? {
        guard let text = options.nodeKeys else { return nil }
        return try NodeKeys(ProbedNode(text))
    }

    /// Reads what has come since. To be called once a second or more often, also where nothing is
    /// captured.
    func refresh() {
        do throws(KeyLogError) {
            try log.refresh()
        } catch {
            let problem = "\(error)"
            if problem != lastProblem { StandardError.complain(problem) }
            lastProblem = problem
        }
        complain()
    }

    /// Has the node watched no longer.
    func finish() { node?.finish() }

    private func complain() {
        let (problems, more) = log.takeProblems()
        for problem in problems {
            StandardError.complain("\(problem.source == .node ? "the node's keys" : path ?? ""): \(problem)")
        }
        if more > 0 { StandardError.complain("\(path ?? ""): and \(more) more bad lines") }
        // What asked us to end may have asked bpftrace, too.
        if let problem = node?.takeProblem(mayEnd: Signals.isEndRequested) { StandardError.complain(problem) }
    }
}
