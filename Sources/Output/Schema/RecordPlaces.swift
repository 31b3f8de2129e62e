/// Where fields stand in the records of ``NDJSONWriter``: what each object has, and what of that is an array.
///
/// Kinds and meanings are declared with the fields, but what stands in what only layouts say, as they run. So ``text`` is
/// what they made of all samples and captures; a test fails where they make something else, and writes it anew.
package struct RecordPlaces: Sendable {
    package struct Member: Sendable, Hashable {
        package let name: String
        package let isList: Bool
    }

    /// By the object's name, which is empty for the record itself.
    package let members: [String: [Member]]

    package static let standard = RecordPlaces(text)

    /// - Parameter text: Lines of an object's name, a colon and names of its fields, those of arrays with brackets after
    ///   them; an object may have several lines.
    package init(_ text: String) {
        var members: [String: [Member]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let first = words.first, first.hasSuffix(":") else { continue }
            let added = words.dropFirst().map { word in
                let isList = word.hasSuffix("[]")
                return Member(name: String(isList ? word.dropLast(2) : word), isList: isList)
            }
            members[String(first.dropLast()), default: []] += added
        }
        self.members = members
    }
}
