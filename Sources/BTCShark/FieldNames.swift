extension Remark {
    /// The remark of this name, as `-G expert` lists it; nil where there is none.
    public static func named(_ name: String) -> Remark? {
        Pipeline.declareFields()
        return Remark(named: name)
    }
}

extension Field {
    /// The field of this name, as `-e` and `-Y` have it; nil where there is none.
    public static func named(_ name: String) -> Field? {
        Pipeline.declareFields()
        return Catalog.field(named: name)
    }
}
