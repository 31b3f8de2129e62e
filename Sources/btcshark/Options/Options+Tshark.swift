import ArgumentParser
import Capture
import Glibc
import Output

extension Options {
    /// Reads what `-i` names, where that is standard input or a pipe with a name: there tshark reads a capture.
    mutating func readPipes() throws {
        let pipes = live.interfaces.filter { $0 == "-" || Self.isPipe($0) }
        guard let pipe = pipes.first, input.read.isEmpty, input.filesFrom == nil, input.decode == nil else { return }
        guard pipes.count == live.interfaces.count else {
            throw ValidationError("-i \(pipe): a pipe cannot be read beside an interface.")
        }
        if let stray = LivePlan.stray(self) {
            throw ValidationError("\(stray) cannot be used with -i \(pipe): it is for interfaces, not for a pipe.")
        }
        input.read = pipes
        live.interfaces = []
    }

    private static func isPipe(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// With neither `-r` nor `-i` nor anything else to read, the first interface that is no loopback, as tshark; where
    /// there is none all stays as it is, and is refused.
    ///
    /// - Returns: What is said of it once the rest of the command line is known to be right.
    mutating func chooseInterface() throws -> String? {
        guard input.read.isEmpty, input.filesFrom == nil, live.interfaces.isEmpty, input.decode == nil,
            input.command == nil, secrets.printKeyProbe == nil
        else { return nil }
        // Somebody has forgotten -r.
        guard !arguments.contains(where: { access($0, F_OK) == 0 }) else { return nil }
        guard let all = try? Interface.all(), let first = all.first(where: { !$0.isLoopback }) else { return nil }
        live.interfaces = [first.name]
        return display.reallyQuiet
            ? nil : "neither -r nor -i: capturing on \(first.name), the first interface; --help says what else there is"
    }

    /// The layers of `--elastic-mapping-filter`; nil for all.
    var mappedLayers: [String]? {
        tshark.mappingFilter.map { $0.split(separator: ",").map(String.init) }
    }

    /// What `-j` and `-J` ask for; nil where neither does.
    func layerChoice() throws -> LayerChoice? {
        guard tshark.layers != nil || tshark.completeLayers != nil else { return nil }
        func names(_ text: String?) throws -> [String] {
            let names = (text ?? "").split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
            return names
        }
        return LayerChoice(layers: try names(tshark.layers), complete: try names(tshark.completeLayers))
    }
}
