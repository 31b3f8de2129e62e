import ArgumentParser

/// An option of tshark's that is none here: taken and ignored where nothing is lost by that, else refused by name.
struct LackedOption {
    /// With their dashes.
    let names: [String]
    let takesValue: Bool
    /// What is said where it is refused; nil where it is ignored.
    let instead: String?

    static let all: [LackedOption] = [
        // Nothing of this depends on what they say.
        .init("-g", takesValue: false), .init("-C", takesValue: true), .init("-W", takesValue: true),
        .init("-M", takesValue: true), .init("-K", takesValue: true), .init("-y", "--linktype", takesValue: true),
        .init("--time-stamp-type", takesValue: true), .init("--temp-dir", takesValue: true),
        .init("--log-level", takesValue: true), .init("--log-fatal", takesValue: true),
        .init("--log-domains", takesValue: true), .init("--log-debug", takesValue: true),
        .init("--log-noisy", takesValue: true),
        // These would change what is printed or written.
        .init("--log-file", takesValue: true, "errors go to standard error: 2> FILE"),
        .init("-S", takesValue: true, "with -P and -V the summary line begins each message"),
        .init("--hexdump", takesValue: true, "-x dumps each message, and -z follow,tcp,hex,STREAM a connection"),
        .init("--capture-comment", takesValue: true, "editcap --capture-comment writes one into a file"),
        .init("-H", takesValue: true, "names of hosts are never shown nor written"),
        .init("-X", takesValue: true, "there are no Lua scripts"),
        .init("-U", takesValue: true, "-w FILE --decrypted writes messages"),
        .init("-L", "--list-data-link-types", takesValue: false, "-D lists the interfaces, and tcpdump -L link types"),
        .init("--list-time-stamp-types", takesValue: false, "tcpdump -J lists them"),
        .init("-I", "--monitor-mode", takesValue: false, "have iw set the interface's mode"),
        .init("--enable-protocol", takesValue: true, "bitcoin is always enabled, and -d names more of its ports"),
        .init("--disable-protocol", takesValue: true, "a display filter leaves messages out, and -j layers"),
        .init("--enable-heuristic", takesValue: true, "Bitcoin is found on any port anyway"),
        .init("--disable-heuristic", takesValue: true, "a display filter leaves messages out: tcp.port == 8333"),
        .init("--export-tls-session-keys", takesValue: true, "-w FILE.pcapng --inject-keys writes the secrets of v2"),
    ]

    private init(_ names: String..., takesValue: Bool, _ instead: String? = nil) {
        self.names = names
        self.takesValue = takesValue
        self.instead = instead
    }

    /// The arguments without those that are ignored.
    ///
    /// - Parameter arguments: Each letter alone, as ``LetterClusters`` leaves them.
    static func remove(from arguments: [String]) throws -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument != "--" else { return result + [argument] + rest }
            guard let option = all.first(where: { $0.names.contains { $0 == name(in: argument) } }) else {
                result.append(argument)
                // A value may look like an option.
                if takesValue(argument), let value = rest.popFirst() { result.append(value) }
                continue
            }
            if let instead = option.instead {
                throw ValidationError("\(name(in: argument)) of tshark's is not there: \(instead).")
            }
            guard option.takesValue, argument == name(in: argument) else { continue }
            guard rest.popFirst() != nil else { throw ValidationError("\(argument): its value is missing.") }
        }
        return result
    }

    /// The option that an argument begins with: `-C` of `-Cprofile`, `--log-level` of `--log-level=debug`.
    private static func name(in argument: String) -> String {
        if argument.hasPrefix("--") { return String(argument.prefix { $0 != "=" }) }
        let letter = String(argument.prefix(2))
        return all.contains { $0.takesValue && $0.names.contains(letter) } ? letter : argument
    }

    private static func takesValue(_ argument: String) -> Bool {
        argument.count == 2 && argument.first == "-" && argument.last.map(LetterClusters.options.contains) ?? false
    }
}
