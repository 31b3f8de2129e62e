import System

/// Why the keys of a node cannot be had.
public enum NodeKeysError: Error, Equatable, Sendable, CustomStringConvertible {
    case notRoot
    case noSuchProcess(String)
    /// A process of the kernel, which runs no program.
    case noProgram(process: Int32)
    case noSuchFile(String, reason: String)
    case notExecutable(String)
    case notELF(String)
    /// The name cannot be said in a bpftrace program.
    case unusableName(String)
    /// The probe is for another host, where only the whole path tells the program.
    case notAbsolute(String)
    case bpftraceMissing
    /// The file has no name for the function, and it is not found by what it says either.
    case noSymbol(String, why: String)
    case noUprobes
    /// bpftrace ended before it watched the program.
    case failed(words: String)
    case tooSlow(seconds: Int, words: String)
    case system(String)

    public var description: String {
        let (statement, advice) = sentences
        return "the node's keys are not available: \(statement)" + (advice.map { ". \($0)" } ?? "")
    }

    private var sentences: (statement: String, advice: String?) {
        switch self {
        case .notRoot: ("only root may watch a program", "Run it with sudo")
        case .noSuchProcess(let text):
            ("there is no process \(text.singleLine)", "See pidof bitcoind; for a file of that name write ./ before it")
        case .noProgram(let process): ("process \(process) is the kernel's own", "See pidof bitcoind")
        case .noSuchFile(let path, let reason):
            ("\(path.singleLine): \(reason)", "Name bitcoind's file, or its process")
        case .notExecutable(let path): ("\(path.singleLine) is not an executable file", "Name bitcoind itself")
        case .notELF(let path):
            ("\(path.singleLine) is not a program of machine code (ELF)", "Name bitcoind itself, not a script")
        case .unusableName(let path):
            (
                "the name \(path.singleLine) has a character that bpftrace does not accept: a control character, or "
                    + "one of " + KeyProbe.refusedCharacters.map { String($0) }.joined(separator: " "),
                "Give the program another name with ln"
            )
        case .notAbsolute(let path):
            (
                "\(path.singleLine) is not an absolute path",
                "Write it from the root, as on the node's host: /usr/bin/bitcoind"
            )
        case .bpftraceMissing: ("bpftrace is not installed", "Install it: apt install bpftrace")
        case .noSymbol(let path, let why):
            (
                "\(path.singleLine) does not say where its function \(KeyProbe.symbol) is, and a search did not find it: "
                    + why.singleLine,
                "Bitcoin Core 26 is the first with v2 connections. Use a bitcoind that is not stripped, or put the debug "
                    + "file of the release, bitcoind.dbg, beside it"
            )
        case .noUprobes:
            ("this kernel cannot watch programs", "It must be built with CONFIG_UPROBES and CONFIG_BPF_SYSCALL")
        case .failed(let words): ("bpftrace ended immediately" + Self.quoted(words), nil)
        case .tooSlow(let seconds, let words):
            ("bpftrace did not begin to watch within \(seconds) seconds" + Self.quoted(words), nil)
        case .system(let reason): (reason, nil)
        }
    }

    private static func quoted(_ words: String) -> String { words.isEmpty ? "" : " (bpftrace: \(words))" }
}
