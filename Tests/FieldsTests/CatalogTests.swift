import Fields
import Testing

@Suite struct CatalogTests {
    @Test func theSameNameIsTheSameField() {
        let first = Field("test.same", "Same", .unsigned(bits: 8), "a field that is declared twice")
        let second = Field("test.same", "Same", .unsigned(bits: 8), "a field that is declared twice")
        #expect(first == second)
        #expect(Catalog.field(named: "test.same") == first)
        #expect(Catalog.field(named: "test.nothing") == nil)
        #expect(Catalog.declarations[Int(first.id)].name == "test.same")
        #expect(first.declaration.label == "Same")
        #expect(first.declaration.kind == .unsigned(bits: 8))
        #expect(first.declaration.meaning == "a field that is declared twice")
        #expect(!Catalog.conflicts.contains("test.same"))
    }

    /// In a process of its own, since conflicts are never forgotten.
    @Test func conflictsAreKept() async {
        await #expect(processExitsWith: .success) {
            let first = Field("test.conflict", "Label", .bytes, "meaning")
            #expect(Catalog.conflicts.isEmpty)
            #expect(Field("test.conflict", "Other", .bytes, "meaning") == first)
            #expect(Catalog.conflicts == ["test.conflict"])
            #expect(Field("test.conflict", "Label", .text, "meaning") == first)
            #expect(Field("test.conflict", "Label", .bytes, "another") == first)
            #expect(Catalog.conflicts.count == 3)
            #expect(first.declaration.label == "Label", "the first declaration stays")
        }
    }

    @Test func declarationsFromManyThreads() async {
        let fields = await withTaskGroup(of: [Field].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).map { Field("test.parallel.\($0)", "Parallel", .bytes, "a field declared at once") }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(fields.count == 8)
        #expect(fields.allSatisfy { $0 == fields[0] })
        #expect(Set(fields[0]).count == 50)
    }

    @Test func valuesHaveNames() {
        let names = ValueNames((0, "ZERO", "nothing"), (7, "Seven", "something"), (.max, "LAST", "everything"))
        #expect(names.name(of: 7) == "Seven" && names.name(of: .max) == "LAST" && names.name(of: 8) == nil)
        #expect(names.value(named: "sEVEN") == 7 && names.value(named: "eight") == nil)
    }
}
