/// The values of a group that is open, and how far each field among them was asked for.
struct BuildScope {
    /// The group's members, with what is within them.
    let members: Range<Int>
    /// The group's field.
    let name: String
    /// Its index, where it is the entry of a list.
    let entry: UInt64?
    /// For each field that was asked for, where its next value is looked for: so that all are passed once for each field.
    private var places: [Field: Int] = [:]

    init(members: Range<Int>, name: String, entry: UInt64?) {
        self.members = members
        self.name = name
        self.entry = entry
    }

    /// The next value of `field` that is not used: a group, or none.
    func next(_ field: Field, isGroup: Bool, _ source: BuildValues, _ isUsed: [Bool]) -> Int? {
        var at = places[field] ?? members.lowerBound
        while at < members.upperBound {
            if !isUsed[at], source.values[at].isGroup == isGroup, source.values[at].name.names(field) { return at }
            at = source.values[at].end
        }
        return nil
    }

    /// The value at `index` was used for `field`.
    mutating func advance(after index: Int, for field: Field, _ source: BuildValues) {
        places[field] = source.values[index].end
    }
}
