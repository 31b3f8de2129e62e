import BitcoinP2P

/// Which commands have a tally of their own. Peers choose them: those beyond the limits count together.
struct CommandLimit {
    /// Of one side of a connection.
    private static let ofSide = 256
    /// Those that no message type has, of all connections.
    private static let unknown = 1_000
    /// Tallies of all connections, of some 100 bytes each.
    private static let ofAll = 1 << 19

    private var unknownCommands: Set<Command> = []
    private var tallies = 0

    /// The command under which a message counts that a side has sent.
    mutating func counted(_ command: Command, in side: borrowing SideState) -> Command {
        if side.commands[command] != nil { return command }
        guard side.commands.count < Self.ofSide, tallies < Self.ofAll, hasName(command) else { return Command("") }
        tallies &+= 1
        return command
    }

    private mutating func hasName(_ command: Command) -> Bool {
        if MessageTypes.standard[command] != nil || unknownCommands.contains(command) { return true }
        guard unknownCommands.count < Self.unknown else { return false }
        unknownCommands.insert(command)
        return true
    }
}
