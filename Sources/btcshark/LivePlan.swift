import ArgumentParser
import BitcoinP2P
import Capture
import Glibc
import System

/// The options of a capture from an interface, checked.
struct LivePlan {
    let interface: String
    /// Where there are several, each by its name; then ``interface`` is `any`, and the filter tells them apart.
    let names: [String]
    let options: LiveOptions
    /// An interface that goes away is waited for.
    let waits: Bool
    /// Only errors are said.
    let isQuiet: Bool
    /// Where all packets are recorded, `-` for standard output.
    let recording: String?
    /// Where the next file begins, and how many are kept; nil for one file.
    let ring: CaptureLimits?
    /// Where the capture ends.
    let autostop: CaptureLimits
    /// Whom to become; nil where there is nobody else to become.
    let user: User?
    /// Whom root would have become by itself, and cannot; nil where nothing hinders it.
    let unreachableUser: User?
    /// Whose the files of the recording are; nil where we stay who we are.
    let owner: User?

    /// Whom root becomes who was not called by `sudo`, if there is such a user.
    static let ownUsers = ["btcshark", "nobody"]

    /// Where nodes listen beside their network's usual port: for their own onion service, on this host (Bitcoin Core's
    /// `DEFAULT_ONION_SERVICE_TARGET_PORT`, one above the usual).
    static let onionPorts: Set<UInt16> = [8334, 18334, 18445, 38334, 48334]

    /// - Parameter ports: Those named by `-d`.
    /// - Returns: Nil where nothing asks for a live capture.
    init?(_ options: Options, ports: Set<UInt16>) throws {
        guard let name = options.interface else {
            if let stray = Self.stray(options) { throw ValidationError("\(stray) needs -i.") }
            return nil
        }
        guard options.read.isEmpty, options.decode == nil else {
            throw ValidationError("-i cannot be used with -r or --decode.")
        }
        if options.filesFrom != nil { throw ValidationError("-i cannot be used with --files-from.") }
        names = Self.names(options.interfaces)
        interface = names.count > 1 ? "any" : names.first ?? name
        var live = try Self.liveOptions(options, ports: ports)
        if names.count > 1 {
            if options.waitInterface {
                throw ValidationError("--wait-interface waits for one interface, not for several.")
            }
            live.filter = .within(try names.map { try Self.number(of: $0) }, live.filter)
        }
        self.options = live
        waits = options.waitInterface
        isQuiet = options.reallyQuiet
        recording = options.write
        autostop = try Self.limits(options.autostop, "-a")
        let ring = try Self.limits(options.ring, "-b")
        self.ring = ring.isEmpty ? nil : ring
        try Self.check(ring: ring, autostop: autostop, options)
        var user = try Self.user(options)
        unreachableUser = options.user == nil && User.sudoCaller == nil ? user.flatMap(Self.unreachable) : nil
        if unreachableUser != nil { user = User(id: 0) ?? User(userID: 0, groupID: 0) }
        self.user = user
        let isNamed = options.user != nil || User.sudoCaller != nil
        // Files of root alone stay root's.
        owner = isNamed ? user : user.flatMap { _ in User(id: 0) }
    }

    /// Those that are asked for, each once; of all and others it is all.
    private static func names(_ texts: [String]) -> [String] {
        var names: [String] = []
        for name in texts.map({ Interface.name(for: $0) }) where !names.contains(name) { names.append(name) }
        return names.contains("any") ? ["any"] : names
    }

    private static func number(of name: String) throws -> UInt32 {
        let number = if_nametoindex(name)
        guard number > 0 else { throw ValidationError("-i: there is no interface '\(name)'; -D lists them.") }
        return number
    }

    /// Whether a recording's files are such as the helper makes: not standard output, nor a pipe or a device.
    func isMadeByHelper(_ path: String) -> Bool {
        path != "-" && (ring != nil || [.file, .folder, nil].contains(FileTree.entry(at: path)))
    }

    /// An option that makes no sense without `-i`.
    static func stray(_ options: Options) -> String? {
        if options.captureFilter != nil { return "-f" }
        if options.snapLength != nil { return "-s" }
        if options.noPromiscuity { return "-p" }
        if options.bufferSize != nil { return "-B" }
        if options.waitInterface { return "--wait-interface" }
        if options.top { return "--top" }
        if !options.autostop.isEmpty { return "-a" }
        if !options.ring.isEmpty { return "-b" }
        if options.nodeKeys != nil { return "--node-keys" }
        return options.user != nil ? "-Z" : nil
    }

    /// That nothing has come, what is listened for, and what else could be.
    ///
    /// - Parameter seconds: For how long.
    func silenceText(after seconds: Int) -> String {
        "nothing has come on \(shownName) in \(seconds) s; listening for \(filterText). If that is wrong: "
            + "\(Self.advice(on: options.filter)); -D lists the interfaces"
    }

    private static func advice(on filter: CaptureFilter) -> String {
        switch filter {
        case .within(_, let filter): advice(on: filter)
        case .all: "another interface is named with -i"
        case .expression: "another filter is named with -f, and -f '' takes everything"
        case .ports: "a node on another port is heard with -d tcp.port==PORT,bitcoin, and -f '' takes everything"
        }
    }

    /// The interface, or all of several, for people.
    var shownName: String { names.count > 1 ? names.joined(separator: ", ") : interface }

    /// What is captured, for people.
    var filterText: String { Self.text(of: options.filter) }

    private static func text(of filter: CaptureFilter) -> String {
        switch filter {
        case .within(_, let filter): text(of: filter)
        case .all: "everything"
        case .expression(let text): "filter: \(text)"
        case .ports(let ports): "TCP ports \(ports.sorted().map { "\($0)" }.joined(separator: ", "))"
        }
    }

    private static func liveOptions(_ options: Options, ports: Set<UInt16>) throws -> LiveOptions {
        var live = LiveOptions()
        if let text = options.captureFilter, CaptureFilterWords.isDisplayFilter(text) {
            throw ValidationError("-f: '\(text)' is a display filter: give it with -Y.")
        }
        live.filter =
            options.captureFilter.map { $0.isEmpty ? .all : .expression($0) }
            ?? .ports(Network.ports.union(onionPorts).union(ports))
        live.isPromiscuous = !options.noPromiscuity
        if let length = options.snapLength {
            let range = LiveOptions.snapLengths
            guard length == 0 || range.contains(length) else {
                throw ValidationError("-s: \(range.lowerBound) to \(range.upperBound) bytes, or 0 for all.")
            }
            if length > 0 { live.snapLength = length }
        }
        if let size = options.bufferSize {
            let range = LiveOptions.bufferSizes
            guard range.contains(size) else {
                throw ValidationError("-B: \(range.lowerBound) to \(range.upperBound) MiB.")
            }
            live.bufferMebibytes = size
        }
        return live
    }

    private static func limits(_ texts: [String], _ option: String) throws -> CaptureLimits {
        var limits = CaptureLimits()
        do throws(CaptureLimits.Invalid) {
            for text in texts { try limits.add(text) }
        } catch {
            throw ValidationError("\(option): \(error).")
        }
        return limits
    }

    private static func check(ring: CaptureLimits, autostop: CaptureLimits, _ options: Options) throws {
        if !ring.isEmpty {
            guard let path = options.write, path != "-" else {
                throw ValidationError("-b writes one file after another: name them with -w FILE.")
            }
            guard ring.duration != nil || ring.fileSize != nil || ring.packets != nil else {
                throw ValidationError("-b files:N needs a second -b: duration:SECONDS, filesize:KB or packets:N.")
            }
        }
        if autostop.files != nil, ring.isEmpty { throw ValidationError("-a files:N needs -b.") }
        if autostop.fileSize != nil, options.write == nil { throw ValidationError("-a filesize:KB needs -w.") }
    }

    /// Whether a key log is closed to others than root, or a folder above it: then so is a log that replaces it.
    private static func isOfRoot(_ log: String?) -> Bool {
        guard let log else { return false }
        if isClosed(log, bit: 0o004) { return true }
        var place = log.contains("/") ? String(log[..<Path.nameStart(log)]) : "."
        place = FileTree.resolved(place) ?? "/"
        while !place.isEmpty {
            if isClosed(place, bit: 0o001) { return true }
            place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
        }
        return false
    }

    /// - Parameter bit: That of the mode which is missing.
    private static func isClosed(_ path: String, bit: mode_t) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_uid == 0 && status.st_mode & bit == 0
    }

    private static func unreachable(_ user: User) -> User? {
        user.userID == 0 || Privileges.mayBecome(user) ? nil : user
    }

    private static func user(_ options: Options) throws -> User? {
        guard let name = options.user else {
            guard Privileges.isRoot else { return nil }
            if let caller = User.sudoCaller { return caller }
            // Their files are root's, who stays root for them, without root's capabilities.
            if options.metrics != nil || options.exportObjects != nil || isOfRoot(KeySources.path(options)) {
                return User(id: 0)
            }
            return ownUsers.lazy.compactMap { User(named: $0) }.first
        }
        guard Privileges.isRoot else { throw ValidationError("-Z: only root can become another user.") }
        guard let user = User(named: name) else { throw ValidationError("-Z: there is no user '\(name)'.") }
        return user
    }
}
