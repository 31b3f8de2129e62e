/// Takes apart what getopt takes apart: `-nr FILE`, `-c5`, `-qzexpert`; and `--color` and `-G`, whose value may be missing.
enum LetterClusters {
    /// Letters that stand alone, and letters that take a value. A test compares them with the help.
    static let flags = Set("VxnlqQvhP2pD")
    static let options = Set("rTecztGdYwFOEifsBabZNouRjJ")

    /// Every letter becomes an argument of its own, a value glued to its letter the next one. What is no cluster of
    /// known letters is left to the argument library to complain of.
    static func split(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var isValue = false
        for (index, argument) in arguments.enumerated() {
            if isValue {
                isValue = false
                result.append(argument)
            } else if argument == "--" {
                return result + arguments[index...]
            } else if argument == "-G", arguments.dropFirst(index + 1).first?.hasPrefix("-") ?? true {
                // As tshark's alone.
                result += [argument, List.fields.rawValue]
            } else if argument.count > 1, argument.hasPrefix("-"), !argument.hasPrefix("--"),
                let (letters, wantsValue) = split(argument.dropFirst())
            {
                isValue = wantsValue
                result += letters
            } else if argument == "--color", !isColourWhen(arguments.dropFirst(index + 1).first) {
                // tshark's has no value, and what follows is a filter or another option.
                result.append("--color=always")
            } else {
                result.append(argument)
            }
        }
        return result
    }

    private static func isColourWhen(_ argument: String?) -> Bool { argument.flatMap(ColorWhen.init) != nil }

    /// The arguments of one cluster, and whether the last of them takes the next argument as its value.
    private static func split(_ cluster: Substring) -> (letters: [String], wantsValue: Bool)? {
        var result: [String] = []
        var rest = cluster
        while let letter = rest.popFirst() {
            guard flags.contains(letter) || options.contains(letter) else { return nil }
            result.append("-\(letter)")
            if options.contains(letter) {
                return rest.isEmpty ? (result, true) : (result + [String(rest)], false)
            }
        }
        return (result, false)
    }
}
