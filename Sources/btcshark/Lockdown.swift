import Capture
import Glibc
import Synchronization
import System

/// Gives up what this process may do, before it looks at what strangers have sent: root's rights, and then all that its
/// work does not need.
struct Lockdown {
    private let plan: Plan
    /// What is on in this process; nil before it is locked in.
    private static let state = Mutex<Sandbox.State?>(nil)

    /// A page that is written at the end, in place of one that may be there.
    private let page: String?

    init(_ plan: Plan, page: String? = nil) {
        self.plan = plan
        self.page = page
    }

    /// Becomes the user who called `sudo`, once the inputs of saved captures are open. Where files are to be read or written
    /// that are closed to that user, root stays root, with what that takes of root's capabilities.
    ///
    /// - Parameter read: What is opened later.
    func becomeCaller(reading read: [String] = []) throws(PrivilegesError) {
        guard Privileges.isRoot, let caller = User.sudoCaller else { return }
        if !Privileges.mayBecome(caller) { return try Privileges.dropCapabilities() }
        let readsAll = read.allSatisfy { Privileges.mayRead(caller, $0) }
        let writesAll = resultFolders.allSatisfy { Privileges.mayWrite(caller, in: Self.nearestFolder($0)) }
        if readsAll, writesAll { return try Privileges.drop(to: caller) }
        // Root without capabilities is nobody in folders of others, the caller's among them.
        try Privileges.keep((readsAll ? [] : [.readOthers]) + (resultFolders.isEmpty ? [] : [.overridePermissions]))
    }

    /// The folder, or the one above it in which it will be made.
    private static func nearestFolder(_ folder: String) -> String {
        var folder = folder
        while FileTree.entry(at: folder) == nil, folder != ".", folder != "/" {
            while folder.hasSuffix("/"), folder != "/" { folder.removeLast() }
            folder = Self.folder(of: folder)
        }
        return folder
    }

    /// Locks this process in while it reads saved captures or what is pasted.
    ///
    /// - Parameter read: Files and folders that are opened later.
    func enterOffline(reading read: [String]) {
        var profile = SandboxProfile(.offline, files: files(reading: read))
        if let socket = OpenedInputs.helperSocket { profile.helpers = [socket] }
        enter(profile)
    }

    /// Locks this process in while it captures.
    ///
    /// - Parameters:
    ///   - socket: The packet socket.
    ///   - helpers: The sockets to those who make the recording's files, and capture from an interface that has come again.
    func enterLive(_ socket: Int32, helpers: [Int32]) {
        // A log that is replaced is opened again.
        let logs = plan.keys?.path.map { [Self.folder(of: $0)] } ?? []
        enter(SandboxProfile(.live(packetSocket: socket), files: files(reading: logs), helpers: helpers))
    }

    /// Locks this process in while it shows a capture: its sockets are bound already.
    ///
    /// - Parameters:
    ///   - read: Files and folders that are opened later.
    ///   - socket: The packet socket, where it captures.
    ///   - helpers: The sockets to those who open what this process may not.
    func enterServing(reading read: [String], _ socket: Int32?, helpers: [Int32]) {
        // A log that is replaced while packets are captured is opened again.
        let logs = socket == nil ? [] : plan.keys?.path.map { [Self.folder(of: $0)] } ?? []
        var profile = SandboxProfile(.serving(packetSocket: socket), files: files(reading: read + logs))
        profile.helpers = helpers + [OpenedInputs.helperSocket].compactMap(\.self)
        enter(profile)
    }

    /// Locks this process in while it calls peers.
    static func enterWithPeers() { enter(SandboxProfile(.peers), isNear: true, isSilent: false) }

    private func enter(_ profile: SandboxProfile) {
        Self.enter(profile, isNear: plan.isLive, isSilent: plan.options.quiet || plan.options.reallyQuiet)
    }

    /// - Parameter isNear: Strangers can send something now; then it is said at once what is missing, unless `isSilent`.
    private static func enter(_ profile: SandboxProfile, isNear: Bool, isSilent: Bool) {
        let now = Sandbox.enter(profile)
        state.withLock { $0 = now }
        if isNear, !isSilent, !now.isComplete, !now.isSwitchedOff { report() }
    }

    /// Says what is on.
    static func report() {
        if let state = state.withLock({ $0 }) { StandardError.write("Sandbox: \(state)\n") }
    }

    // MARK: Files

    private func files(reading read: [String]) -> SandboxProfile.Files {
        SandboxProfile.Files(read: read, written: resultFolders + temporaryFolders)
    }

    /// Where results are written beside standard output and packets.
    private var resultFolders: [String] {
        var folders: [String] = []
        if let folder = plan.objectFolder { folders.append(folder) }
        for path in [plan.options.metrics, page].compactMap(\.self) {
            // Where it is a link, what it leads to is replaced.
            folders.append(Self.folder(of: (try? Path.resolved(path)) ?? path))
        }
        return folders
    }

    /// Where packets of inputs that are read once are kept for a second reading.
    private var temporaryFolders: [String] {
        guard plan.packetFile != nil, !plan.writesDecrypted, case .captures(let paths) = plan.input,
            paths.contains(where: { FileTree.entry(at: $0) != .file })
        else { return [] }
        return [Path.temporaryFolder]
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return String(path[...slash])
    }
}
