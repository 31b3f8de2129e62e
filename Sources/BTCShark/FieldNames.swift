extension Remark {
    /// The remark of this name, as `-G expert` lists it; nil where there is none.
    public static func named(_ name: String) -> Remark? {
        Pipeline.declareFields()
        return Remark(named: name)
    }
}

extension MessageType {
    /// The type of message with this command, as `-G messages` lists it; nil where there is none.
    public static func named(_ command: String) -> MessageType? {
        Command(name: command).flatMap { MessageTypes.standard[$0] }
    }
}

extension Field {
    /// The field of this name, as `-e` and `-Y` have it; nil where there is none.
    public static func named(_ name: String) -> Field? {
        Pipeline.declareFields()
        return Catalog.field(named: name)
    }
}
