import ArgumentParser
import BitcoinP2P
import Capture
import Fields
import Output
import System

extension CompletionKind {
    /// Among the words of a function: that files may stand there, too.
    static let filesToo = "\tfiles"

    /// Nothing that could be known before it is written.
    static let nothing = list([])

    /// Words, each with its meaning, that are made only when they are asked for.
    static func words(_ words: @escaping @Sendable () -> [(String, String)]) -> Self {
        custom { _, _, _ in lines(words()) }
    }

    /// The values of an option that have no explanation.
    static func values<Value: CaseIterable & RawRepresentable & SendableMetatype>(of _: Value.Type) -> Self
    where Value.RawValue == String {
        words { Value.allCases.map { ($0.rawValue, "") } }
    }

    /// `duration:` and the like, each before a number.
    static func limits(_ names: [String]) -> Self { words { names.map { ("\($0):", "") } } }

    static let formats = words { OutputFormat.allCases.map { ($0.rawValue, $0.meaning) } }

    /// Of `-E`.
    static let fieldOptions = words {
        [
            ("header=y", "names of fields in the first line"), ("separator=", "/t, /s or a character"),
            ("occurrence=", "f first, l last, a all"), ("aggregator=", "between the values of one field"),
            ("quote=", "d double, s single, n none"), ("escape=", "y or n"), ("bom=y", "a byte order mark"),
        ]
    }

    static let preferences = words {
        [("\(Preferences.columnFormat):", "columns of lines: titles and codes by turns, as No.,%m,Info,%i")]
            + Preferences.names.map { ("\($0):TRUE", "what is always done") }
    }

    static let networks = words { Network.known.map { ($0.name, "port \($0.port)") } }

    static let messages = words { MessageTypes.standard.types.map { ($0.name, $0.meaning) } }

    /// `field=` of the message that is named before, and the names of a field's values after it.
    static let builtFields = custom { words, index, text in
        let names = words.prefix(max(0, index))
        guard let type = names.lazy.compactMap({ Command(name: $0).flatMap { MessageTypes.standard[$0] } }).first else {
            return []
        }
        return lines(BuildCompletion(of: type, text).words)
    }

    static let interfaces = words {
        ((try? Interface.all()) ?? []).map { ($0.name, InterfaceList.facts(of: $0).joined(separator: "  ")) }
    }

    static let users = words { User.allNames.map { ($0, "") } }

    static let statistics = words { AskedStatistic.all + [("help", "list them")] }

    static let fields = words { FilterCompletion.fields }

    /// A display filter: the name at its end.
    static let displayFilter = custom { _, _, text in lines(FilterCompletion(text).words) }

    /// A display filter, or a file.
    static let displayFilterOrFile = custom { _, _, text in lines(FilterCompletion(text).words) + [filesToo] }

    private static func lines(_ words: [(String, String)]) -> [String] { words.map { "\($0)\t\($1)" } }
}
