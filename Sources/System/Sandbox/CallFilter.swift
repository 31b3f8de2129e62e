import CLinux
import Glibc

/// A program for the kernel's filter of calls (seccomp), made of a list of what is allowed.
///
/// Any other call answers EPERM, as to a user who may not do it: so it can be tested what is refused, and a new version of
/// the C library that tries something new goes on without it. Calls that the C library tries first and can do without,
/// `clone3` and those that are newer than this list, answer ENOSYS, at which it takes the older ones. A call by the numbers
/// of another architecture ends the process: no code of ours makes one.
struct CallFilter {
    let instructions: [sock_filter]

    /// The latest call that was looked at when the list was made; the same on all architectures from 424 on.
    static let latestCall: UInt32 = 462

    // Places in struct seccomp_data.
    private static let number: UInt32 = 0
    private static let architecture: UInt32 = 4
    /// Where the lower half of an argument stands; on the architectures that are listed, the upper half follows.
    private static func argument(_ index: UInt32) -> UInt32 { 16 + 8 * index }

    private static let killProcess: UInt32 = 0x8000_0000
    private static let allow: UInt32 = 0x7fff_0000
    private static func fail(_ code: Int32) -> UInt32 { 0x0005_0000 | UInt32(code) }

    #if arch(x86_64)
    private static let ownArchitecture: UInt32? = 0xc000_003e
    #elseif arch(arm64)
    private static let ownArchitecture: UInt32? = 0xc000_00b7
    #else
    private static let ownArchitecture: UInt32? = nil
    #endif

    /// - Parameter rules: The frequent ones first. Of several for one call, one that holds is enough.
    /// - Returns: Nil on an architecture whose calls are not listed.
    init?(_ rules: [CallRule]) {
        guard let architecture = Self.ownArchitecture else { return nil }
        var program = [Self.load(Self.architecture)]
        program += [Self.jump(BPF_JEQ, architecture, ifTrue: 1, ifFalse: 0), Self.answer(Self.killProcess)]
        program.append(Self.load(Self.number))
        // The numbers of x86-64's second kind of calls, x32.
        program += [Self.jump(BPF_JGE, 0x4000_0000, ifTrue: 0, ifFalse: 1), Self.answer(Self.killProcess)]
        for rule in rules { program += Self.block(rule) }
        if let clone3 = SystemCall.clone3.number {
            program += [Self.jump(BPF_JEQ, clone3, ifTrue: 0, ifFalse: 1), Self.answer(Self.fail(ENOSYS))]
        }
        program += [Self.jump(BPF_JGT, Self.latestCall, ifTrue: 0, ifFalse: 1), Self.answer(Self.fail(ENOSYS))]
        program.append(Self.answer(Self.fail(EPERM)))
        // The kernel's bound on programs.
        guard program.count <= 4096 else { return nil }
        instructions = program
    }

    /// Allows one call, or goes on after the block: with the call's number loaded, in both cases.
    private static func block(_ rule: CallRule) -> [sock_filter] {
        guard let number = rule.call.number else { return [] }
        var block: [sock_filter] = []
        // The failure of a condition leads to the block's end, where the number is loaded again.
        for argument in rule.arguments { block += tests(argument) }
        block = resolved(block + [answer(allow)])
        block.append(load(Self.number))
        guard block.count <= 255 else { return [] }
        return [jump(BPF_JEQ, number, ifTrue: 0, ifFalse: UInt8(block.count))] + block
    }

    /// What stands in a jump for: to the block's end.
    private static let toEnd: UInt8 = 255

    private static func tests(_ argument: CallRule.Argument) -> [sock_filter] {
        let load = load(Self.argument(argument.index))
        switch argument.condition {
        case .isOne(let values):
            var tests = [load]
            for (index, value) in values.enumerated() {
                let left = UInt8(clamping: values.count - 1 - index)
                tests.append(jump(BPF_JEQ, value, ifTrue: left, ifFalse: left == 0 ? toEnd : 0))
            }
            return tests
        case .isNone(let values): return [load] + values.map { jump(BPF_JEQ, $0, ifTrue: toEnd, ifFalse: 0) }
        case .has(let bits):
            return [load, instruction(BPF_ALU | BPF_AND | BPF_K, bits), jump(BPF_JEQ, bits, ifTrue: 0, ifFalse: toEnd)]
        case .lacks(let bits): return [load, jump(BPF_JSET, bits, ifTrue: toEnd, ifFalse: 0)]
        case .isNull:
            let isZero = jump(BPF_JEQ, 0, ifTrue: 0, ifFalse: toEnd)
            return [load, isZero, Self.load(Self.argument(argument.index) + 4), isZero]
        }
    }

    /// With each jump to the end led there.
    private static func resolved(_ block: [sock_filter]) -> [sock_filter] {
        block.enumerated().map { index, instruction in
            var instruction = instruction
            guard Int32(instruction.code) & 7 == BPF_JMP else { return instruction }
            let distance = UInt8(clamping: block.count - 1 - index)
            if instruction.jt == toEnd { instruction.jt = distance }
            if instruction.jf == toEnd { instruction.jf = distance }
            return instruction
        }
    }

    // MARK: Instructions

    private static func instruction(_ code: Int32, _ value: UInt32) -> sock_filter {
        sock_filter(code: UInt16(truncatingIfNeeded: code), jt: 0, jf: 0, k: value)
    }

    private static func load(_ place: UInt32) -> sock_filter { instruction(BPF_LD | BPF_W | BPF_ABS, place) }

    private static func answer(_ value: UInt32) -> sock_filter { instruction(BPF_RET | BPF_K, value) }

    private static func jump(_ test: Int32, _ value: UInt32, ifTrue: UInt8, ifFalse: UInt8) -> sock_filter {
        sock_filter(
            code: UInt16(truncatingIfNeeded: BPF_JMP | test | BPF_K), jt: ifTrue, jf: ifFalse, k: value)
    }
}

extension CallFilter {
    /// Has the kernel ask the program for each further call of this process, for good.
    ///
    /// - Returns: What the system says where it does not; nil where it does.
    func install() -> SystemFailure? {
        // Without it only root may.
        guard linux_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0 else { return SystemFailure() }
        var instructions = instructions
        return instructions.withUnsafeMutableBufferPointer { buffer in
            var program = sock_fprog(len: UInt16(buffer.count), filter: buffer.baseAddress)
            // SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC: of all threads, should there be others already.
            return linux_seccomp(1, 1, &program) == 0 ? nil : SystemFailure()
        }
    }
}
