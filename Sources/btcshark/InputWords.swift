import ArgumentParser
import DisplayFilter
import Dissector
import Glibc

/// The words after the options, where there is `-r`: captures, as the shell gives them for `-r *.pcap`, or a display filter.
///
/// All together they may be one filter, as in tshark. Else a word that is a filter by itself is one, and of the others those
/// that are files are captures; so `./name` is always a file.
struct InputWords {
    private(set) var files: [String] = []
    /// One filter, when they are joined.
    private(set) var filter: [String] = []
    /// Files whose names are taken for the filter.
    private(set) var hidden: [String] = []

    /// - Parameter hasFilter: There is a filter with `-Y`: then words are files.
    init(_ words: [String], hasFilter: Bool) {
        if hasFilter {
            // What is not there, the reading will complain of.
            files = words
            return
        }
        if Self.isFilter(words.joined(separator: " ")) {
            filter = words
        } else {
            // As *.pcap FILTER, where the filter may be of several words.
            let first = words.firstIndex { !Self.isCapture($0) } ?? words.endIndex
            let rest = words[first...]
            if rest.isEmpty || Self.isFilter(rest.joined(separator: " ")) {
                files = Array(words[..<first])
                filter = Array(rest)
            } else {
                files = words.filter(Self.isCapture)
                filter = words.filter { !Self.isCapture($0) }
            }
        }
        let isGlob = !files.isEmpty
        hidden = filter.filter { Self.isFilter($0) && (isGlob ? Self.exists($0) : Self.isRegular($0)) }
    }

    private static func isCapture(_ word: String) -> Bool { isFile(word) && !isFilter(word) }

    /// Whether a word names a file, or cannot be meant for anything else.
    private static func isFile(_ word: String) -> Bool {
        // A slash alone is an operator that filters do not have, and no folder of captures.
        if word == "/" { return false }
        return word == "-" || ["/", "./", "../"].contains(where: word.hasPrefix) || exists(word)
    }

    private static func exists(_ path: String) -> Bool {
        // Also a link that leads nowhere, so that it is complained of as such.
        var status = stat()
        return lstat(path, &status) == 0
    }

    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func isFilter(_ text: String) -> Bool {
        guard text.contains(where: { !$0.isWhitespace }) else { return false }
        return (try? Filter(text, resolve: RecordNames.fields(named:), names: { [] })) != nil
    }

    /// Whether a word that is neither was meant for a file.
    static func looksLikeFile(_ word: String) -> Bool {
        let endings = [".pcap", ".pcapng", ".cap", ".ntar", ".dat", ".gz", ".zst", ".xz", ".bz2", ".lz4"]
        return !exists(word) && (word.contains("/") || endings.contains(where: word.hasSuffix))
    }
}
