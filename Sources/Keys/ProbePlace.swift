/// The function that is watched, as bpftrace is asked for it.
struct ProbePlace: Equatable, Sendable {
    /// The file that has the function: the node's program, or a library that it has loaded.
    let path: String
    /// Nil where the file, or a debug file of it, says where the function is; else by ``FunctionSearch``.
    let number: UInt64?

    init(path: String, number: UInt64? = nil) {
        self.path = path
        self.number = number
    }

    /// For our helper: `-` for the name.
    var argument: String { number.map { "0x" + String($0, radix: 16) } ?? "-" }

    /// - Parameter argument: As ``argument`` says it.
    init?(path: String, argument: String) {
        self.path = path
        if argument == "-" {
            number = nil
        } else {
            guard argument.hasPrefix("0x"), let number = UInt64(argument.dropFirst(2), radix: 16) else { return nil }
            self.number = number
        }
    }

    /// One probe of bpftrace, in quotes, since a name may have blanks.
    func probe(_ kind: String) -> String {
        "\(kind):\"\(path)\":\(number == nil ? KeyProbe.symbol : argument)"
    }

    /// What bpftrace must be given beside the program: else it refuses a place that no symbol spans.
    var options: [String] { number == nil ? [] : ["--unsafe"] }

    /// Finds the function: by its name, else by what it says; in the program, else in the libsecp256k1 that its
    /// processes have loaded.
    ///
    /// - Parameter hasName: Whether bpftrace finds the name in a file.
    static func find(
        for node: ProbedNode, hasName: (String) throws(NodeKeysError) -> Bool
    ) throws(NodeKeysError) -> ProbePlace {
        if try hasName(node.path) { return ProbePlace(path: node.path) }
        let failure: SearchFailure
        var usesLibrary = false
        do throws(SearchFailure) {
            let image = try ELFImage(node.path)
            usesLibrary = FunctionSearch.has("libsecp256k1.so", in: image)
            return ProbePlace(path: node.path, number: try FunctionSearch.place(in: image))
        } catch {
            failure = error
        }
        // The function is in the program, though not found: then a library's is another.
        guard failure.isAbsence else { throw .noSymbol(node.path, why: failure.words) }
        let libraries = LoadedLibraries.paths(named: "libsecp256k1", by: node)
        guard let library = libraries.first else {
            throw .noSymbol(
                node.path,
                why: usesLibrary
                    ? "it has libsecp256k1 as a library, which is looked for where it runs: start it first"
                    : failure.words)
        }
        guard libraries.count == 1 else {
            throw .noSymbol(node.path, why: "its processes have loaded different files libsecp256k1: name one process")
        }
        guard KeyProbe.isUsable(library) else { throw .unusableName(library) }
        if try hasName(library) { return ProbePlace(path: library) }
        do throws(SearchFailure) {
            return ProbePlace(path: library, number: try FunctionSearch.place(in: ELFImage(library)))
        } catch {
            throw .noSymbol(library, why: error.words)
        }
    }

    /// The function in a file of this host, if the file is stripped and has it; else by its name.
    init(inFile path: String) {
        var place = ProbePlace(path: path)
        do throws(SearchFailure) {
            let image = try ELFImage(path)
            if image.address(ofSymbol: KeyProbe.symbol) == nil {
                place = ProbePlace(path: path, number: try FunctionSearch.place(in: image))
            }
        } catch {
            // It is another host's, or a debug file has the name.
        }
        self = place
    }
}
