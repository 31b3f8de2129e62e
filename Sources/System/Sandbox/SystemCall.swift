/// A call of the kernel, by its number on each architecture; nil where the architecture has no such call.
struct SystemCall: Hashable {
    let name: String
    private let x86: UInt32?
    private let arm: UInt32?

    private init(_ name: String, _ x86: UInt32?, _ arm: UInt32?) {
        self.name = name
        self.x86 = x86
        self.arm = arm
    }

    /// That of the architecture that this program was built for.
    var number: UInt32? {
        #if arch(x86_64)
        x86
        #elseif arch(arm64)
        arm
        #else
        nil
        #endif
    }
}

/// Each with its number on x86-64 and on aarch64.
extension SystemCall {
    static let read = SystemCall("read", 0, 63)
    static let write = SystemCall("write", 1, 64)
    static let close = SystemCall("close", 3, 57)
    static let poll = SystemCall("poll", 7, nil)
    static let ppoll = SystemCall("ppoll", 271, 73)
    static let futex = SystemCall("futex", 202, 98)
    static let clockGettime = SystemCall("clock_gettime", 228, 113)
    static let lseek = SystemCall("lseek", 8, 62)
    static let pread64 = SystemCall("pread64", 17, 67)
    static let readv = SystemCall("readv", 19, 65)
    static let writev = SystemCall("writev", 20, 66)
    static let fstat = SystemCall("fstat", 5, 80)
    static let newfstatat = SystemCall("newfstatat", 262, 79)
    static let statx = SystemCall("statx", 332, 291)
    static let mmap = SystemCall("mmap", 9, 222)
    static let munmap = SystemCall("munmap", 11, 215)
    static let mprotect = SystemCall("mprotect", 10, 226)
    static let mremap = SystemCall("mremap", 25, 216)
    static let brk = SystemCall("brk", 12, 214)
    static let madvise = SystemCall("madvise", 28, 233)
    static let getrandom = SystemCall("getrandom", 318, 278)
    static let rtSigaction = SystemCall("rt_sigaction", 13, 134)
    static let rtSigprocmask = SystemCall("rt_sigprocmask", 14, 135)
    static let rtSigreturn = SystemCall("rt_sigreturn", 15, 139)
    static let sigaltstack = SystemCall("sigaltstack", 131, 132)
    static let restartSyscall = SystemCall("restart_syscall", 219, 128)
    static let nanosleep = SystemCall("nanosleep", 35, 101)
    static let clockNanosleep = SystemCall("clock_nanosleep", 230, 115)
    static let clockGetres = SystemCall("clock_getres", 229, 114)
    static let gettimeofday = SystemCall("gettimeofday", 96, 169)
    static let schedYield = SystemCall("sched_yield", 24, 124)
    static let schedGetaffinity = SystemCall("sched_getaffinity", 204, 123)
    static let setRobustList = SystemCall("set_robust_list", 273, 99)
    static let rseq = SystemCall("rseq", 334, 293)
    static let clone = SystemCall("clone", 56, 220)
    static let clone3 = SystemCall("clone3", 435, 435)
    static let exit = SystemCall("exit", 60, 93)
    static let exitGroup = SystemCall("exit_group", 231, 94)
    static let tgkill = SystemCall("tgkill", 234, 131)
    static let getpid = SystemCall("getpid", 39, 172)
    static let gettid = SystemCall("gettid", 186, 178)
    static let getuid = SystemCall("getuid", 102, 174)
    static let geteuid = SystemCall("geteuid", 107, 175)
    static let getgid = SystemCall("getgid", 104, 176)
    static let getegid = SystemCall("getegid", 108, 177)
    static let uname = SystemCall("uname", 63, 160)
    static let sysinfo = SystemCall("sysinfo", 99, 179)
    static let getrusage = SystemCall("getrusage", 98, 165)
    static let prlimit64 = SystemCall("prlimit64", 302, 261)
    static let prctl = SystemCall("prctl", 157, 167)
    static let ioctl = SystemCall("ioctl", 16, 29)
    static let fcntl = SystemCall("fcntl", 72, 25)
    static let pipe2 = SystemCall("pipe2", 293, 59)
    static let tee = SystemCall("tee", 276, 77)
    static let eventfd2 = SystemCall("eventfd2", 290, 19)
    static let ftruncate = SystemCall("ftruncate", 77, 46)
    static let flock = SystemCall("flock", 73, 32)
    static let fsync = SystemCall("fsync", 74, 82)
    static let faccessat = SystemCall("faccessat", 269, 48)
    static let faccessat2 = SystemCall("faccessat2", 439, 439)
    static let openat = SystemCall("openat", 257, 56)
    static let getdents64 = SystemCall("getdents64", 217, 61)
    static let getcwd = SystemCall("getcwd", 79, 17)
    static let readlink = SystemCall("readlink", 89, nil)
    static let readlinkat = SystemCall("readlinkat", 267, 78)
    static let unlink = SystemCall("unlink", 87, nil)
    static let unlinkat = SystemCall("unlinkat", 263, 35)
    static let rename = SystemCall("rename", 82, nil)
    static let renameat = SystemCall("renameat", 264, 38)
    static let renameat2 = SystemCall("renameat2", 316, 276)
    static let link = SystemCall("link", 86, nil)
    static let linkat = SystemCall("linkat", 265, 37)
    static let fchmod = SystemCall("fchmod", 91, 52)
    static let fchown = SystemCall("fchown", 93, 55)
    static let umask = SystemCall("umask", 95, 166)
    static let wait4 = SystemCall("wait4", 61, 260)
    static let waitid = SystemCall("waitid", 247, 95)
    static let kill = SystemCall("kill", 62, 129)
    static let shutdown = SystemCall("shutdown", 48, 210)
    static let getsockopt = SystemCall("getsockopt", 55, 209)
    static let sendmsg = SystemCall("sendmsg", 46, 211)
    static let recvmsg = SystemCall("recvmsg", 47, 212)
    static let recvfrom = SystemCall("recvfrom", 45, 207)
    static let socket = SystemCall("socket", 41, 198)
    static let connect = SystemCall("connect", 42, 203)
    static let bind = SystemCall("bind", 49, 200)
    static let setsockopt = SystemCall("setsockopt", 54, 208)
    static let getsockname = SystemCall("getsockname", 51, 204)
    static let getpeername = SystemCall("getpeername", 52, 205)
    static let sendto = SystemCall("sendto", 44, 206)
    static let sendmmsg = SystemCall("sendmmsg", 307, 269)
    static let recvmmsg = SystemCall("recvmmsg", 299, 243)
    static let epollCreate = SystemCall("epoll_create", 213, nil)
    static let setpriority = SystemCall("setpriority", 141, 140)
    static let statfs = SystemCall("statfs", 137, 43)
    static let epollCreate1 = SystemCall("epoll_create1", 291, 20)
    static let epollCtl = SystemCall("epoll_ctl", 233, 21)
    static let epollWait = SystemCall("epoll_wait", 232, nil)
    static let epollPwait = SystemCall("epoll_pwait", 281, 22)
    static let timerfdCreate = SystemCall("timerfd_create", 283, 85)
    static let timerfdSettime = SystemCall("timerfd_settime", 286, 86)
}
