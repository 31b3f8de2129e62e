import BitcoinP2P
import Capture
import Reassembly

/// Finds the files of message captures, and tells whose they are.
struct MessageCaptureFinder {
    private(set) var files: [MessageCaptureFiles.File] = []
    private(set) var peers: [CapturedPeer] = []
    /// By folder.
    private var known: [String: Int] = [:]
    private var taken: Set<String> = []
    private let network: Network?

    private static let names: Set<String> = ["msgs_recv.dat", "msgs_sent.dat"]
    /// From the folder above several nodes' data: node, network, message_capture, peer.
    private static let depth = 5

    init(network: Network?) { self.network = network }

    static func recognises(_ path: String) -> Bool {
        switch path == "-" ? nil : FileTree.entry(at: path) {
        case .folder: return true
        case .file: break
        case .other, nil: return false
        }
        var start: [UInt8] = []
        do throws(CaptureError) {
            try FileWindow(path: path).read(at: 0, count: MessageCaptureRecord.headerLength, into: &start)
        } catch { return false }
        if OfflineCapture.isRecognised(in: start) { return false }
        if let name = path.split(separator: "/").last, names.contains(String(name)) { return true }
        return MessageCaptureRecord(start.span.bytes)?.isPlausible ?? false
    }

    mutating func add(_ path: String) throws(MessageCaptureError) {
        guard FileTree.entry(at: path) == .folder else { return add(file: path) }
        let found = try Self.files(below: path)
        guard !found.isEmpty else { throw .nothingFound(path: path) }
        for file in found { add(file: file) }
    }

    static func files(below folder: String) throws(MessageCaptureError) -> [String] {
        do throws(CaptureError) {
            return try FileTree.files(named: names, below: folder, depth: depth)
        } catch { throw .file(error) }
    }

    private mutating func add(file path: String) {
        let full = FileTree.resolved(path) ?? path
        guard taken.insert(full).inserted else { return }
        var components = full.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let name = components.popLast() ?? ""
        // As Core's own script tells the direction.
        let isReceived = !name.contains("sent")
        let peer = peer(components)
        if isReceived { peers[peer].hasReceived = true } else { peers[peer].hasSent = true }
        files.append(MessageCaptureFiles.File(path: path, peer: peer, isReceived: isReceived))
    }

    /// The peer of a folder, by the folder's path.
    private mutating func peer(_ components: [String]) -> Int {
        let folder = components.joined(separator: "/")
        if let index = known[folder] { return index }
        let name = components.last ?? ""
        let network = network ?? Self.network(above: components.dropLast()) ?? Self.network(ofPeer: name)
        peers.append(CapturedPeer(folder: name, network: network))
        known[folder] = peers.count - 1
        return peers.count - 1
    }

    /// The network that the nearest folder is named after.
    private static func network(above components: ArraySlice<String>) -> Network? {
        for name in components.reversed() {
            if let network = Network.known.first(where: { $0.name == name }) { return network }
        }
        return nil
    }

    private static func network(ofPeer name: String) -> Network {
        let port = CapturedPeer.endpoint(name).0?.port
        return Network.known.first { $0.port == port } ?? Network.known[0]
    }
}
