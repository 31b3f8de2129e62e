import CPcap
import Glibc
import System

/// An interface that is captured from. ``LiveReader`` takes the frames.
///
/// From its making on, the kernel collects frames in a buffer shared with us. It hands them over when a block of the
/// buffer is full, or after 10 ms. libpcap's "immediate mode" would be faster by these, but it divides the buffer into
/// slots for the longest frame there may be, of which 16 MiB hold 250 only; so a burst of small frames would be lost.
public struct LiveCapture: ~Copyable {
    /// What a wait ended with.
    enum Wait {
        /// There may be frames.
        case ready
        /// There are none, for whatever reason: the time is over, the bell was rung, or something happened to the
        /// interface.
        case idle
    }

    /// The interface's name as it was given.
    public let interface: String
    /// What all its frames begin with.
    public let linkType: LinkTypeNumber
    /// The longest frame that is taken whole, in bytes.
    public let snapLength: Int
    /// The filter in libpcap's syntax; empty where everything is taken.
    public let filter: String
    /// Sentences on what is not as it was asked for, such as no promiscuous mode.
    public let notes: [String]

    private let handle: OpaquePointer
    /// Whether libpcap gives micro- instead of nanoseconds.
    let isInMicroseconds: Bool
    private let watch: InterfaceWatch
    private let descriptor: Int32
    private let drops: InterfaceDrops

    /// Frames are in our hands at most so long after they came, in milliseconds.
    private static let delay: Int32 = 10

    /// Opens the interface and begins to collect frames.
    ///
    /// - Parameter interface: A name, or `any` for all.
    /// - Throws: `CaptureError` of the problem `live`.
    public init(interface: String, options: LiveOptions) throws(CaptureError) {
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_create(interface, &message) else {
            throw CaptureError(.live(.failed), path: interface, detail: String(libpcap: message))
        }
        let options = options.clamped
        let notes: [String]
        let filter: String
        do throws(CaptureError) {
            notes = try Self.activate(handle, interface, options)
            filter = try Self.install(options.filter, handle, interface)
            try Self.lockFilter(handle, interface)
        } catch {
            pcap_close(handle)
            throw error
        }
        self.notes = notes
        self.filter = filter
        snapLength = options.snapLength
        self.interface = interface
        self.handle = handle
        linkType = LinkTypeNumber(rawValue: pcap_datalink(handle))
        isInMicroseconds = pcap_get_tstamp_precision(handle) != PCAP_TSTAMP_PRECISION_NANO
        descriptor = pcap_get_selectable_fd(handle)
        watch = InterfaceWatch(interface, descriptor: descriptor)
        drops = InterfaceDrops(interface)
    }

    deinit {
        pcap_close(handle)
    }

    // MARK: Opening

    /// - Returns: Notes.
    private static func activate(
        _ handle: OpaquePointer, _ interface: String, _ options: LiveOptions
    ) throws(CaptureError) -> [String] {
        pcap_set_snaplen(handle, Int32(options.snapLength))
        pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        pcap_set_timeout(handle, delay)
        pcap_set_buffer_size(handle, Int32(options.bufferMebibytes) << 20)
        // Where it is refused, microseconds remain.
        pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
        let status = pcap_activate(handle)
        let detail = words(handle)
        guard status >= 0 else { throw error(status, interface, detail) }
        // Cooked v2 tells the interface of each frame; v1, the default on `any`, does not.
        if pcap_datalink(handle) == DLT_LINUX_SLL { pcap_set_datalink(handle, DLT_LINUX_SLL2) }
        var message = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard pcap_setnonblock(handle, 1, &message) == 0 else {
            throw CaptureError(.live(.failed), path: interface, detail: String(libpcap: message))
        }
        // libpcap 1.10 has a warning for `any`, and forgets to return it.
        let isWithoutPromiscuity = status == PCAP_WARNING_PROMISC_NOTSUP || interface == "any" && options.isPromiscuous
        if isWithoutPromiscuity { return ["no promiscuous mode: frames for other hosts are not captured"] }
        if status == 0 { return [] }
        return [detail.isEmpty ? String(cString: pcap_statustostr(status)).singleLine : detail]
    }

    private static func error(_ status: Int32, _ interface: String, _ detail: String) -> CaptureError {
        let problem: LiveProblem =
            switch status {
            case PCAP_ERROR_NO_SUCH_DEVICE: .noSuchInterface(known: ((try? Interface.all()) ?? []).map(\.name))
            case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: .notPermitted()
            case PCAP_ERROR_IFACE_NOT_UP: .isDown
            default: .failed
            }
        let words = detail.isEmpty ? String(cString: pcap_statustostr(status)).singleLine : detail
        return CaptureError(.live(problem), path: interface, detail: words)
    }

    /// - Returns: The filter as it was compiled.
    private static func install(
        _ filter: CaptureFilter, _ handle: OpaquePointer, _ interface: String
    ) throws(CaptureError) -> String {
        let text = filter.text { expression in
            var program = bpf_program()
            guard pcap_compile(handle, &program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 else { return false }
            pcap_freecode(&program)
            return true
        }
        guard !text.isEmpty else { return text }
        var program = bpf_program()
        guard pcap_compile(handle, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw CaptureError(.live(.badFilter(text)), path: interface, detail: words(handle))
        }
        defer { pcap_freecode(&program) }
        guard pcap_setfilter(handle, &program) == 0 else {
            throw CaptureError(.live(.badFilter(text)), path: interface, detail: words(handle))
        }
        return text
    }

    /// From now on nobody who takes this process over can have the kernel hand over other frames.
    private static func lockFilter(_ handle: OpaquePointer, _ interface: String) throws(CaptureError) {
        var yes: Int32 = 1
        // SO_LOCK_FILTER
        guard setsockopt(pcap_get_selectable_fd(handle), SOL_SOCKET, 44, &yes, 4) == 0 else {
            throw CaptureError(
                .live(.failed), path: interface, detail: "the filter cannot be locked: \(SystemFailure().message)")
        }
    }

    private static func words(_ handle: OpaquePointer) -> String {
        pcap_geterr(handle).map { String(cString: $0).singleLine } ?? ""
    }

    // MARK: Reading

    /// Hands the frames that are there to `handler`, up to `limit` of them, without waiting.
    ///
    /// - Returns: How many there were, 0 where there were none.
    /// - Throws: `CaptureError` where the interface is gone, went down or fails.
    func dispatch(
        limit: Int32, _ context: UnsafeMutableRawPointer, _ handler: pcap_handler
    ) throws(CaptureError) -> Int {
        let count = pcap_dispatch(handle, limit, handler, context.assumingMemoryBound(to: UInt8.self))
        if count >= 0 { return Int(count) }
        let detail = Self.words(handle)
        throw CaptureError(.live(watch.problem() ?? .failed), path: interface, detail: detail)
    }

    /// Waits for frames, or for a ring of the bell.
    func wait(for bell: borrowing Bell, milliseconds: Int32) -> Wait {
        var states = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell.number, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&states, 2, milliseconds) > 0 else { return .idle }
        return states[0].revents == Int16(POLLIN) ? .ready : .idle
    }

    /// As ``wait(for:milliseconds:)``, beside another descriptor, for a process that serves by it.
    ///
    /// - Parameter isAsked: Set where something came by it.
    func isIdle(beside other: Int32, milliseconds: Int32, _ isAsked: inout Bool) -> Bool {
        var states = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&states, 2, milliseconds) > 0 else { return true }
        isAsked = isAsked || states[1].revents != 0
        return states[0].revents != Int16(POLLIN)
    }

    /// Whether the interface is gone or down.
    var problem: LiveProblem? { watch.problem() }

    /// What the kernel has dropped since the capture began, in 32 bits; nil where libpcap cannot tell.
    func kernelDrops() -> UInt32? {
        var counters = pcap_stat()
        return pcap_stats(handle, &counters) == 0 ? counters.ps_drop : nil
    }

    /// What the interface has dropped since the capture began; 0 where it does not tell.
    func interfaceDrops() -> UInt64 { drops.sinceBeginning() }

    /// The packet socket, for a sandbox that lets nothing be sent by it.
    public var socketNumber: Int32 { descriptor }
}
