/// Finds the names that somebody may have meant who gave another.
public enum NearestNames {
    /// ` Did you mean a, b?` with up to three names; empty where there is none. First come names that end with what was
    /// given, then those a letter or two away, then those that have the same words, or others for the same thing.
    public static func suggestion(for name: String, among names: [String]) -> String {
        suggestion(of: near(name, among: names))
    }

    /// The same for a field, as `http` or `dns.qry.name`: of another protocol no field is like it, whatever letters or last
    /// word they share.
    public static func suggestion(forField name: String, among names: [String]) -> String {
        let near = near(name, among: names)
        // Of several parts the first decides: `udp.port` is two letters from `tcp.port`, and another thing.
        if !name.contains("."), let best = near.first?.rank.likeness, best <= .words { return suggestion(of: near) }
        return isKnown(firstPartOf: name, among: names)
            ? suggestion(of: near) : " btcshark knows Bitcoin and what carries it."
    }

    /// Whether a word of any name is the first part of this one, but for a letter or two.
    private static func isKnown(firstPartOf name: String, among names: [String]) -> Bool {
        guard name.utf8.count <= 100, let first = name.lowercased().split(separator: ".").first else { return false }
        let letters = Array(first.utf8)
        let known = Set(names.flatMap { $0.lowercased().split { !$0.isLetter && !$0.isNumber } })
        return known.contains { distance(letters, Array($0.utf8)) <= min(2, letters.count / 3) }
    }

    /// The names that are like it, the likest first.
    private static func near(_ name: String, among names: [String]) -> [(name: String, rank: Rank)] {
        // Nothing that long is a name, and the distance costs the product of both lengths.
        guard !name.isEmpty, name.utf8.count <= 100 else { return [] }
        let wanted = Wanted(name)
        var near = names.compactMap { name in wanted.rank(of: name).map { (name: name, rank: $0) } }
        near.sort { ($0.rank, $0.name) < ($1.rank, $1.name) }
        return near
    }

    private static func suggestion(of near: [(name: String, rank: Rank)]) -> String {
        var near = near
        // What only looks alike is of no use where something means the same, nor what means the same where it is there.
        if let best = near.first?.rank.likeness, best <= .words {
            let last: Likeness = best == .end ? .typo : .words
            near.removeAll { $0.rank.likeness > last }
        }
        let shown = near.prefix(3).map(\.name)
        return shown.isEmpty ? "" : " Did you mean \(shown.joined(separator: ", "))?"
    }

    /// How a name is like what was given, the likest first.
    private enum Likeness: Int, Comparable {
        /// It ends so: `version`, `bitcoin.version`.
        case end
        /// A letter or two are wrong.
        case typo
        /// All words are in it, or others for the same thing: `bitcoin.version.height`, `bitcoin.version.start_height`.
        case words
        /// A third of the letters are wrong, or it goes on.
        case letters
        /// Its last part has the last word.
        case lastWord

        static func < (left: Likeness, right: Likeness) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Rank: Comparable {
        let likeness: Likeness
        /// Parts, words or letters that differ.
        let distance: Int

        static func < (left: Rank, right: Rank) -> Bool {
            (left.likeness, left.distance) < (right.likeness, right.distance)
        }
    }

    private struct Wanted {
        let text: String
        /// Without the first part of all Bitcoin's fields: letters are counted in what differs.
        let bare: String
        let words: [Substring]

        init(_ name: String) {
            text = name.lowercased()
            bare = NearestNames.bare(text)
            words = NearestNames.words(text)
        }

        func rank(of name: String) -> Rank? {
            let name = name.lowercased()
            let bareName = NearestNames.bare(name)
            if bareName == bare || bareName.hasSuffix("." + bare) {
                return Rank(likeness: .end, distance: name.count { $0 == "." })
            }
            var distance = NearestNames.distance(Array(bare.utf8), Array(bareName.utf8))
            // The first part may be what is wrong.
            if bare == text, bareName != name {
                distance = min(distance, NearestNames.distance(Array(text.utf8), Array(name.utf8)))
            }
            if distance <= min(2, bare.count / 3) { return Rank(likeness: .typo, distance: distance) }
            let others = NearestNames.words(name)
            if !words.isEmpty, let missing = missing(in: others) {
                if missing == 0 { return Rank(likeness: .words, distance: max(0, others.count - words.count)) }
            }
            let isBegun = name.hasPrefix(text) || bare.count > 2 && bareName.hasPrefix(bare)
            if isBegun || distance < bare.count && distance <= max(2, bare.count / 3) {
                return Rank(likeness: .letters, distance: distance)
            }
            guard let last = words.last, last.count > 2, let end = name.split(separator: ".").last,
                NearestNames.words(end).contains(where: { Synonyms.areSame($0, last) })
            else { return nil }
            return Rank(likeness: .lastWord, distance: distance)
        }

        /// How many of the words the other name lacks.
        private func missing(in others: [Substring]) -> Int? {
            let joined = others.joined()
            return words.count { word in
                !others.contains { Synonyms.areSame($0, word) } && !(word.count > 5 && joined.contains(word))
            }
        }
    }

    private static func bare(_ name: String) -> String {
        let prefix = "bitcoin."
        return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    /// The words of a name but the first part of all Bitcoin's fields, which tells nothing.
    private static func words(_ name: some StringProtocol) -> [Substring] {
        let words = Substring(name).split { !$0.isLetter && !$0.isNumber }
        return words.first == "bitcoin" ? Array(words.dropFirst()) : words
    }

    /// How many letters must be put in, taken out or changed.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}

/// Words that other programs and the BIPs have for what a field is called here.
private enum Synonyms {
    private static let groups: [[Substring]] = [
        ["tx", "transaction", "transactions", "txn"], ["in", "input", "inputs", "vin"],
        ["out", "output", "outputs", "vout"], ["agent", "useragent", "subver"],
        ["src", "source", "from"], ["dst", "destination", "to"], ["addr", "address", "addresses"],
        ["time", "timestamp", "ntime"], ["length", "len", "size"], ["vsize", "virtual"],
        ["value", "amount", "feerate"], ["seq", "sequence"], ["command", "cmd", "type", "message", "name", "msgtype"],
        ["count", "number", "num", "total"], ["index", "vout", "n"], ["bits", "nbits", "target"],
        ["services", "flags"], ["hash", "txid", "blockhash"], ["prev", "previous"], ["script", "scriptpubkey"],
        ["sig", "scriptsig", "signature"], ["magic", "network", "chain"], ["height", "blocks", "startingheight"],
        ["witness", "segwit"], ["header", "headers"],
    ]

    static func areSame(_ one: Substring, _ other: Substring) -> Bool {
        one == other || groups.contains { $0.contains(one) && $0.contains(other) }
    }
}
