import Glibc

/// What a process may still do once it is locked in.
package struct SandboxProfile {
    /// What is done, beside reading, writing and computing.
    package enum Work {
        /// Reading saved captures, or what is pasted.
        case offline
        /// Reading an interface, by this packet socket, which can neither send nor be bound elsewhere.
        case live(packetSocket: Int32)
        /// Calling peers by TCP.
        case peers
        /// Answering at sockets that are bound already, and reading: an interface by this packet socket,
        /// or saved captures where there is none. No socket can be made, nor connected to anybody.
        case serving(packetSocket: Int32?)
        /// Making files for another process.
        case making
        /// Capturing for another process.
        case capturing
    }

    /// Which files may be opened. What is open already stays open.
    package struct Files {
        /// Files, and folders with all that is in them.
        package var read: [String] = []
        /// As ``read``; files may be made and deleted there, too.
        package var written: [String] = []

        package init(read: [String] = [], written: [String] = []) {
            self.read = read
            self.written = written
        }
    }

    package var work: Work
    package var files = Files()
    /// Sockets to processes of ours, by which messages may be sent.
    package var helpers: [Int32] = []

    package init(_ work: Work, files: Files = Files(), helpers: [Int32] = []) {
        self.work = work
        self.files = files
        self.helpers = helpers
    }

    // MARK: Calls

    /// What is allowed; the frequent ones first.
    var rules: [CallRule] { common + ofFiles + ofWork }

    private var isNetworked: Bool { if case .peers = work { true } else { false } }

    /// A descriptor by which nothing may be sent.
    private var readOnlySocket: [UInt32] {
        switch work {
        case .live(let socket), .serving(let .some(socket)): [UInt32(bitPattern: socket)]
        default: []
        }
    }

    private var common: [CallRule] {
        let unchanged: [SystemCall] = [
            .futex, .read, .poll, .ppoll, .clockGettime, .lseek, .pread64, .readv, .fstat, .newfstatat, .statx, .munmap,
            .mremap, .brk, .madvise, .getrandom, .rtSigaction, .rtSigprocmask, .rtSigreturn, .sigaltstack,
            .restartSyscall, .nanosleep, .clockNanosleep, .clockGetres, .gettimeofday, .schedYield,
            .schedGetaffinity, .setRobustList, .rseq, .exit, .exitGroup, .getpid, .gettid, .getuid, .geteuid, .getgid,
            .getegid, .uname, .sysinfo, .getrusage, .eventfd2, .close, .ftruncate, .fsync, .wait4, .waitid,
        ]
        // Of the calls that the C library makes for a thread; another process would be a fork.
        let thread: UInt32 = 0x1_0000  // CLONE_THREAD
        let executable: UInt32 = 4  // PROT_EXEC
        let pid = UInt32(bitPattern: getpid())
        let writes: [SystemCall] = [.write, .writev]
        return writes.map { call in
            readOnlySocket.isEmpty ? .any(call) : .any(call).with(0, .isNone(of: readOnlySocket))
        } + unchanged.map { .any($0) } + [
            .any(.mmap).with(2, .lacks(executable)),
            .any(.mprotect).with(2, .lacks(executable)),
            .any(.clone).with(0, .has(thread)),
            .any(.tgkill).with(0, .isOne(of: [pid])),
            // Whether a process is there.
            .any(.kill).with(1, .isOne(of: [0])),
            // PR_SET_NAME, PR_GET_NAME, PR_SET_VMA
            .any(.prctl).with(0, .isOne(of: [15, 16, 0x5356_4d41])),
            // Own limits are read, none is set.
            .any(.prlimit64).with(0, .isOne(of: [0])).with(2, .isNull),
        ]
    }

    private var ofFiles: [CallRule] {
        let paths: [CallRule] = [.any(.getdents64), .any(.readlink), .any(.readlinkat), .any(.getcwd)]
        let writing = UInt32(bitPattern: O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)
        if !files.written.isEmpty {
            let calls: [SystemCall] = [
                .openat, .unlink, .unlinkat, .rename, .renameat, .renameat2, .link, .linkat, .fchmod,
                .fchown, .flock,
                .umask, .faccessat, .faccessat2,
            ]
            return calls.map { .any($0) } + paths
        }
        if files.read.isEmpty, !isNetworked { return [] }
        return [.any(.openat).with(2, .lacks(writing))] + paths
    }

    private var ofWork: [CallRule] {
        let terminals: [UInt32] = [0x5401, 0x5413, 0x541b]  // TCGETS, TIOCGWINSZ, FIONREAD
        let flags: [UInt32] = [1, 2, 3, 4]  // F_GETFD, F_SETFD, F_GETFL, F_SETFL
        let duplicates: [UInt32] = [0, 1030, 1031]  // F_DUPFD, F_DUPFD_CLOEXEC, F_SETPIPE_SZ
        let toHelpers = helpers.map { UInt32(bitPattern: $0) }
        let messages: [CallRule] =
            toHelpers.isEmpty
            ? []
            : [
                .any(.sendmsg).with(0, .isOne(of: toHelpers)), .any(.recvmsg).with(0, .isOne(of: toHelpers)),
                .any(.shutdown).with(0, .isOne(of: toHelpers)), .any(.recvfrom).with(0, .isOne(of: toHelpers)),
            ]
        switch work {
        case .offline:
            return messages + [
                .any(.ioctl).with(1, .isOne(of: terminals)), .any(.fcntl).with(1, .isOne(of: flags + duplicates)),
                .any(.pipe2), .any(.tee), .any(.recvfrom),
            ]
        case .live:
            // SIOCGIFNAME, SIOCGIFFLAGS, SIOCGIFINDEX. Without copies of descriptors nothing can be sent by the packet
            // socket under another number.
            let interfaces: [UInt32] = [0x8910, 0x8913, 0x8933]
            return messages + [
                .any(.ioctl).with(1, .isOne(of: terminals + interfaces)), .any(.fcntl).with(1, .isOne(of: flags)),
                .any(.getsockopt), .any(.getsockname),
            ]
        case .serving(let packetSocket):
            let calls: [SystemCall] = [
                .listen, .accept4, .getsockopt, .getsockname, .getpeername, .recvfrom, .shutdown, .epollCreate,
                .epollCreate1, .epollCtl, .epollWait, .epollPwait, .timerfdCreate, .timerfdSettime,
            ]
            let options: CallRule =
                readOnlySocket.isEmpty ? .any(.setsockopt) : .any(.setsockopt).with(0, .isNone(of: readOnlySocket))
            // Without copies of descriptors nothing can be sent by the packet socket under another number.
            let ofDescriptors: [CallRule] =
                packetSocket == nil
                ? [.any(.fcntl).with(1, .isOne(of: flags + duplicates)), .any(.pipe2), .any(.tee)]
                : [.any(.fcntl).with(1, .isOne(of: flags))]
            let interfaces: [UInt32] = packetSocket == nil ? [] : [0x8910, 0x8913, 0x8933]
            return messages.filter { $0.call != .shutdown && $0.call != .recvfrom } + calls.map { .any($0) }
                + ofDescriptors + [options, .any(.ioctl).with(1, .isOne(of: terminals + interfaces))]
        case .making:
            return messages + [
                .any(.ioctl).with(1, .isOne(of: terminals)), .any(.fcntl).with(1, .isOne(of: flags + duplicates)),
            ]
        case .capturing:
            let calls: [SystemCall] = [
                .ioctl, .fcntl, .bind, .setsockopt, .getsockopt, .getsockname, .recvmsg, .recvfrom, .sendto,
            ]
            // AF_INET, AF_NETLINK and AF_PACKET: what libpcap asks the kernel by, and captures by.
            return messages + calls.map { .any($0) } + [.any(.socket).with(0, .isOne(of: [2, 16, 17]))]
        case .peers:
            let calls: [SystemCall] = [
                .connect, .getsockopt, .setsockopt, .getsockname, .getpeername, .sendto, .recvfrom, .sendmsg, .recvmsg,
                .sendmmsg, .recvmmsg, .shutdown, .epollCreate, .epollCreate1, .epollCtl, .epollWait, .epollPwait,
                .timerfdCreate, .timerfdSettime, .statfs, .pipe2, .faccessat, .faccessat2,
            ]
            let written: UInt32 = 2  // PROT_WRITE
            // AF_INET, AF_INET6, AF_NETLINK: peers, and what looks up names. Of new instructions only libraries come in,
            // which some lookups load: none that this process could have written.
            return calls.map { .any($0) } + [
                .any(.mmap).with(2, .lacks(written)),
                // The threads' own.
                .any(.setpriority).with(0, .isOne(of: [0])).with(1, .isOne(of: [0])),
                .any(.socket).with(0, .isOne(of: [2, 10, 16])), .any(.ioctl).with(1, .isOne(of: terminals)),
                .any(.fcntl).with(1, .isOne(of: flags + duplicates)),
            ]
        }
    }

    // MARK: Places

    var places: [(path: String, access: Landlock.Access)] {
        files.read.map { ($0, .read) } + files.written.map { ($0, .write) }
            + (isNetworked ? Self.placesOfLookups.map { ($0, .read) } : [])
    }

    var allowsNetwork: Bool { isNetworked }

    /// Where the lookup of names reads, and NIO what the system has. The files may be links that lead elsewhere.
    private static var placesOfLookups: [String] {
        // libdispatch looks into /proc by the numbers of threads, and does not bear that it may not.
        let folders = [
            "/etc", "/usr", "/lib", "/lib64", "/run", "/proc", "/sys/devices/system/cpu", "/sys/fs/cgroup",
        ]
        let files = ["/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/host.conf"]
        return folders + files.compactMap { try? Path.resolved($0) }
    }
}
