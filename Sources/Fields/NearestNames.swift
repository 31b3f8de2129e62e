/// Finds the names that somebody may have meant who mistyped one.
public enum NearestNames {
    /// ` Did you mean a, b?` with up to three names that end or begin like `name`, or are a few letters away; empty where
    /// there is none.
    public static func suggestion(for name: String, among names: [String]) -> String {
        // Nothing that long is a name, and the distance costs the product of both lengths.
        guard name.utf8.count <= 100 else { return "" }
        let wanted = name.lowercased()
        let near =
            names
            .map { (name: $0, distance: distance(from: wanted, to: $0.lowercased())) }
            .filter { $0.distance <= max(2, wanted.count / 3) || $0.name.lowercased().hasPrefix(wanted) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
        return near.isEmpty ? "" : " Did you mean \(near.joined(separator: ", "))?"
    }

    /// A name that ends like the wanted one is as near as can be.
    private static func distance(from wanted: String, to name: String) -> Int {
        name.hasSuffix("." + wanted) ? 0 : distance(Array(wanted.utf8), Array(name.utf8))
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
