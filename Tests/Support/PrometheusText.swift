/// Prometheus' text format 0.0.4, read strictly: what a server might refuse or misread is an error.
public struct PrometheusText {
    /// A metric: what stands under one `# TYPE`.
    public struct Family {
        public let name: String
        public let help: String
        public let type: String
        public fileprivate(set) var samples: [Sample] = []
    }

    /// One line.
    public struct Sample {
        public let name: String
        public let labels: [Label]
        /// As it stands there.
        public let text: String
        public let value: Double

        /// What tells it from all others.
        public var series: String { Self.series(name, labels) }

        public static func series(_ name: String, _ labels: [Label]) -> String {
            name + labels.sorted { $0.name < $1.name }.map { "\u{1f}\($0.name)=\($0.value)" }.joined()
        }

        public subscript(label: String) -> String? { labels.first { $0.name == label }?.value }
    }

    public struct Label: Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public struct Problem: Error, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    public private(set) var families: [Family] = []

    public subscript(name: String) -> Family? { families.first { $0.name == name } }

    /// The value of the one line that has these labels and no others; nil where there is none.
    public func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        families.flatMap(\.samples).first { sample in
            sample.name == name && sample.labels.count == labels.count
                && sample.labels.allSatisfy { labels[$0.name] == $0.value }
        }?.value
    }

    public init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Problem("the last line has no end") }
        var help: (name: String, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                guard help == nil else { throw Problem("two HELP without TYPE: \(line)") }
                let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
                guard parts.count == 2 else { throw Problem("no text: \(line)") }
                help = (String(parts[0]), String(parts[1]))
            } else if line.hasPrefix("# TYPE ") {
                let parts = line.dropFirst(7).split(separator: " ")
                guard parts.count == 2, let own = help, own.name == parts[0] else {
                    throw Problem("TYPE without its HELP: \(line)")
                }
                guard Self.isName(parts[0]), ["counter", "gauge", "histogram"].contains(parts[1]) else {
                    throw Problem("no name or no type: \(line)")
                }
                families.append(Family(name: own.name, help: own.text, type: String(parts[1])))
                help = nil
            } else {
                guard !families.isEmpty, help == nil else { throw Problem("no TYPE before it: \(line)") }
                families[families.count - 1].samples.append(try Self.sample(line))
            }
        }
        try check()
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        String(text).wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil
    }

    private static func sample(_ line: Substring) throws -> Sample {
        var rest = line
        let name = String(rest.prefix { $0 != "{" && $0 != " " })
        rest = rest.dropFirst(name.count)
        var labels: [Label] = []
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                if !labels.isEmpty {
                    guard rest.first == "," else { throw Problem("no comma: \(line)") }
                    rest.removeFirst()
                }
                labels.append(try label(&rest, line))
            }
            guard !labels.isEmpty else { throw Problem("empty braces: \(line)") }
            rest.removeFirst()
        }
        guard isName(name), rest.first == " ", Set(labels.map(\.name)).count == labels.count,
            let value = Double(rest.dropFirst())
        else { throw Problem("no sample: \(line)") }
        return Sample(name: name, labels: labels, text: String(rest.dropFirst()), value: value)
    }

    private static func label(_ rest: inout Substring, _ line: Substring) throws -> Label {
        let problem = Problem("no label: \(line)")
        let name = String(rest.prefix { $0 != "=" })
        guard name.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil, !name.hasPrefix("__") else { throw problem }
        rest = rest.dropFirst(name.count)
        guard rest.hasPrefix("=\"") else { throw problem }
        rest = rest.dropFirst(2)
        var value = String.UnicodeScalarView()
        while true {
            guard let scalar = rest.unicodeScalars.popFirst() else { throw problem }
            switch scalar {
            case "\"": return Label(name: name, value: String(value))
            case "\\":
                switch rest.unicodeScalars.popFirst() {
                case "\\": value.append("\\")
                case "\"": value.append("\"")
                case "n": value.append("\n")
                default: throw problem
                }
            default: value.append(scalar)
            }
        }
    }

    /// What holds of several lines together.
    private func check() throws {
        guard Set(families.map(\.name)).count == families.count else {
            throw Problem("a name stands in two places")
        }
        var series: Set<String> = []
        for family in families {
            guard !family.samples.isEmpty else { throw Problem("\(family.name) has no line") }
            for sample in family.samples {
                guard series.insert(sample.series).inserted else { throw Problem("twice: \(sample)") }
                if family.type != "histogram", sample.name != family.name {
                    throw Problem("\(sample) is not of \(family.name)")
                }
            }
            guard family.name.hasSuffix("_total") == (family.type == "counter") else {
                throw Problem("\(family.name) is a \(family.type)")
            }
            if family.type == "histogram" { try checkHistograms(family) }
        }
        // What a histogram's lines are called may be no other metric's name.
        for family in families where family.type == "histogram" {
            for suffix in ["_bucket", "_sum", "_count"] where self[family.name + suffix] != nil {
                throw Problem("\(family.name)\(suffix) is also a metric of its own")
            }
        }
    }

    private func checkHistograms(_ family: Family) throws {
        var lines: [[Label]: [Sample]] = [:]
        for sample in family.samples { lines[sample.labels.filter { $0.name != "le" }, default: []].append(sample) }
        for (labels, samples) in lines {
            let problem = Problem("no histogram: \(family.name) \(labels)")
            let buckets = samples.filter { $0.name == family.name + "_bucket" }
            let bounds = buckets.compactMap { $0["le"].flatMap(Double.init) }
            guard bounds.count == buckets.count, bounds == bounds.sorted(), Set(bounds).count == bounds.count,
                bounds.last == .infinity, buckets.map(\.value) == buckets.map(\.value).sorted(),
                samples.count == buckets.count + 2, samples.contains(where: { $0.name == family.name + "_sum" }),
                samples.first(where: { $0.name == family.name + "_count" })?.value == buckets.last?.value
            else { throw problem }
        }
    }
}
