import BitcoinP2P
import Capture
import Reassembly

/// Finds the files of message captures, and tells whose they are.
struct MessageCaptureFinder {
    private(set) var files: [MessageCaptureFiles.File] = []
    private(set) var peers: [CapturedPeer] = []
    /// By folder and the names of the files.
    private var known: [String: Int] = [:]
    /// Folders of which a peer is known.
    private var folders: Set<String> = []
    private var taken: Set<String> = []
    private let network: Network?
    /// Of some peer nothing tells the network.
    private(set) var assumesNetwork = false

    private static let names: Set<String> = ["msgs_recv.dat", "msgs_sent.dat"]
    /// From the folder above several nodes' data: node, network, message_capture, peer.
    static let depth = 5

    init(network: Network?) { self.network = network }

    static func recognises(_ path: String) -> Bool {
        FileTree.entry(at: path) == .folder && path != "-" || isOne(path)
    }

    /// Whether the file is one: as its name says, or its first records; never if it begins as captures of packets or
    /// compressed files do.
    private static func isOne(_ path: String) -> Bool {
        let start = FileWindow.beginning(of: path, count: MessageCaptureRecord.headerLength)
        if OfflineCapture.isRecognised(in: start) { return false }
        if let name = path.split(separator: "/").last, names.contains(String(name)) {
            return FileTree.entry(at: path) == .file
        }
        guard let first = MessageCaptureRecord(start.span.bytes), first.isPlausible else { return false }
        return hasPlausibleRecords(path)
    }

    /// Whether what follows the first record is as plausible as it is: the next two headers as far as the file has them.
    /// Of a pipe that cannot be looked at.
    private static func hasPlausibleRecords(_ path: String) -> Bool {
        do throws(CaptureError) {
            let window = try FileWindow(path: path)
            guard !window.isReadOnce else { return true }
            var offset: UInt64 = 0
            var bytes: [UInt8] = []
            for _ in 0..<3 {
                try window.read(at: offset, count: MessageCaptureRecord.headerLength, into: &bytes)
                // The file ends before, or within a header.
                guard let record = MessageCaptureRecord(bytes.span.bytes) else { return true }
                guard record.isPlausible else { return false }
                offset += UInt64(MessageCaptureRecord.headerLength) + UInt64(record.length)
            }
            return true
        } catch { return false }
    }

    mutating func add(_ path: String) throws(MessageCaptureError) {
        guard path != "-", FileTree.entry(at: path) == .folder else { return add(file: path) }
        let found = try Self.files(below: path)
        guard !found.isEmpty else { throw .nothingFound(path: path) }
        for file in found { add(file: file) }
    }

    static func files(below folder: String) throws(MessageCaptureError) -> [String] {
        do throws(CaptureError) {
            return try FileTree.files(below: folder, depth: depth) { path, name in names.contains(name) || isOne(path) }
        } catch { throw .file(error) }
    }

    private mutating func add(file path: String) {
        let full = path == "-" ? path : FileTree.resolved(path) ?? path
        guard taken.insert(full).inserted else { return }
        var components = full.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let name = path == "-" ? "stdin" : components.popLast() ?? ""
        let direction = path == "-" ? .unknown : CapturedDirection(fileName: name)
        let peer: Int
        switch direction {
        case .received:
            peer = self.peer(components, file: name)
            peers[peer].hasReceived = true
        case .sent:
            peer = self.peer(components, file: name)
            peers[peer].hasSent = true
        case .unknown:
            // Not known to be of the same connection as another file beside it.
            peer = peers.count
            peers.append(CapturedPeer(file: name, network: network(of: components)))
        }
        files.append(MessageCaptureFiles.File(path: path, peer: peer, direction: direction))
    }

    /// The peer of a file: of a folder's files those are of one peer whose names differ only by the direction. It is called
    /// after the folder, but further ones of the folder after their files, too.
    private mutating func peer(_ components: [String], file: String) -> Int {
        let folder = components.joined(separator: "/")
        let place = folder + "/" + CapturedDirection.stem(of: file)
        if let index = known[place] { return index }
        var name = components.last ?? ""
        if !folders.insert(folder).inserted { name += "/" + file }
        peers.append(CapturedPeer(folder: name, network: network(of: components)))
        known[place] = peers.count - 1
        return peers.count - 1
    }

    /// The network of what is in a folder.
    private mutating func network(of components: [String]) -> Network {
        if let known = network ?? Self.network(above: components.dropLast())
            ?? Self.network(ofPeer: components.last ?? "")
        {
            return known
        }
        assumesNetwork = true
        return Network.known[0]
    }

    /// The network that the nearest folder is named after.
    private static func network(above components: ArraySlice<String>) -> Network? {
        for name in components.reversed() {
            if let network = Network.known.first(where: { $0.name == name }) { return network }
        }
        return nil
    }

    private static func network(ofPeer name: String) -> Network? {
        let port = CapturedPeer.endpoint(name).0?.port
        return Network.known.first { $0.port == port }
    }
}
