import Keys

/// `--print-key-probe`: the program for who runs bpftrace by hand.
enum KeyProbeText {
    static func print(for path: String) -> Status {
        do throws(NodeKeysError) {
            Swift.print(try KeyProbe.text(for: path), terminator: "")
            return .success
        } catch {
            StandardError.complain("\(error)")
            return .usage
        }
    }
}
