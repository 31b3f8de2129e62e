import Foundation
import Support
import Testing

@testable import Keys

@Suite struct FunctionSearchTests {
    /// Three functions, of which the second refers to both texts.
    private func program(_ machine: ELFImage.Machine = .x86, base: UInt64 = 0) -> MadeProgram {
        var program = MadeProgram()
        program.machine = machine
        program.base = base
        let nothing = MadeProgram.Function(code: [0xc3])
        var asked = MadeProgram.Function(code: [])
        for text in [0, 1] {
            let (target, place) = (program.address(ofText: text), program.address(ofFunction: 1))
            let at = place + UInt64(asked.code.count)
            asked.code += machine == .x86 ? MadeProgram.lea(target, at: at) : MadeProgram.adrpAdd(target, at: at)
        }
        program.functions = [nothing, asked, nothing]
        return program
    }

    private func expectFailure(_ words: String, _ program: MadeProgram, _ place: SourceLocation = #_sourceLocation) {
        do {
            let found = try program.find()
            Issue.record("found at \(found)", sourceLocation: place)
        } catch {
            #expect((error as? SearchFailure)?.words.contains(words) == true, "\(error)", sourceLocation: place)
        }
    }

    @Test func found() throws {
        #expect(try program(.x86).find() == 0x1100)
        #expect(try program(.arm).find() == 0x1100)
        var alone = program()
        alone.hasHeader = false
        #expect(try alone.find() == 0x1100)
    }

    /// A program that cannot be moved: addresses are numbers.
    @Test func numbers() throws {
        var program = program(base: 0x40_0000)
        program.isMovable = false
        let addresses = [0, 1].map { MadeProgram.little(UInt32(program.address(ofText: $0))) }
        for (first, second) in [([0xbf], [0x68]), ([0x48, 0xc7, 0xc6], [0x41, 0xb8])] as [([UInt8], [UInt8])] {
            program.functions[1].code = first + addresses[0] + second + addresses[1]
            #expect(try program.find() == 0x1100)
        }
        // In one that can be moved such a number is no address.
        program.isMovable = true
        expectFailure("none of its instructions refers", program)
    }

    /// bpftrace takes a number for an address where a symbol spans it.
    @Test func symbols() throws {
        var program = program(base: 0x1000)
        #expect(try program.find() == 0x1100)
        program.symbols = [(0x1080, 0x100)]
        expectFailure("for that of another", program)
        program.symbols = [(0x1080, 0x80), (0x1200, 0x100)]
        #expect(try program.find() == 0x1100)
        program.symbols = [(0x1000, 0x2000)]
        #expect(try program.find() == 0x2100)
    }

    @Test func refused() {
        var other = program()
        other.texts[0] = "ell_a64 != NUL"
        expectFailure("it does not have the text \"ell_a64 != NULL\"", other)
        other = program()
        other.texts.append(other.texts[1])
        expectFailure("it has the text \"ell_b64 != NULL\" more than once", other)
        other = program()
        other.functions[1].code = [0xc3]
        expectFailure("none of its instructions refers to \"ell_a64 != NULL\"", other)
        other = program()
        other.functions[0].code = MadeProgram.lea(other.address(ofText: 1), at: other.address(ofFunction: 0))
        expectFailure("more than one function of it refers to \"ell_b64 != NULL\"", other)
        other = program()
        other.functions[1].code.removeLast(7)
        other.functions[0].code = MadeProgram.lea(other.address(ofText: 1), at: other.address(ofFunction: 0))
        expectFailure("not one and the same function", other)
    }

    /// The part begins with a stack that the rest of the function has built, or the rest jumps into it.
    @Test func coldPart() {
        var other = program()
        other.functions[1].unwind = [0x0e, 0x40]
        expectFailure("(a .cold part)", other)
        other = program()
        let place = other.address(ofFunction: 2)
        other.functions[2].code = MadeProgram.je(other.address(ofFunction: 1) + 7, at: place)
        expectFailure("(a .cold part)", other)
        other = program(.arm)
        // `b` beyond the beginning of the function before; `cbz` to it.
        for jump in [0x17ff_ffc1, 0xb4ff_f800] as [UInt32] {
            other.functions[2].code = MadeProgram.little(jump)
            expectFailure("(a .cold part)", other)
        }
        // `b` to its beginning, as one function ends with another.
        other.functions[2].code = MadeProgram.little(UInt32(0x17ff_ffc0))
        #expect(throws: Never.self) { try other.find() }
    }

    @Test func noProgram() {
        #expect(throws: SearchFailure.self) { try MadeProgram.find([]) }
        #expect(throws: SearchFailure.self) { try MadeProgram.find(Array("#!/bin/sh\n".utf8)) }
        #expect(throws: SearchFailure.self) { try ELFImage("/proc") }
        #expect(throws: SearchFailure.self) { try ELFImage("/no/such/file") }
        let program = program()
        for length in stride(from: 0, to: program.bytes.count, by: 61) {
            // Only what stands after the tables can be left out.
            if (try? MadeProgram.find(Array(program.bytes[..<length]))) != nil { #expect(length >= 0x4000) }
        }
    }

    /// Any byte may be any other: it is found, found elsewhere, or refused.
    @Test func damaged() throws {
        var random = SeededGenerator(seed: 21)
        let whole = [program().bytes, program(.arm).bytes]
        for round in 0..<1000 {
            var bytes = whole[round % 2]
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let ranges = [0..<240, 0x1000..<0x1300, 0x3800..<0x3900, 0x4000..<bytes.count]
                let range = ranges[Int.random(in: 0..<4, using: &random)]
                let values: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, .random(in: 0...255, using: &random)]
                bytes[Int.random(in: range, using: &random)] = values[Int.random(in: 0..<6, using: &random)]
            }
            _ = try? MadeProgram.find(bytes)
        }
    }

    /// What a compiler makes, against the symbol that it gives.
    @Test(
        .enabled(if: Machine.isInstalled("cc") && Machine.isInstalled("nm"), "needs a C compiler and nm"),
        arguments: [["-O0"], ["-O2"], ["-Os"], ["-O3", "-no-pie"], ["-O2", "-static"], ["-O2", "-DCOLD"]])
    func compiled(_ options: [String]) throws {
        let standIn = try StandIn(options: options)
        defer { standIn.remove() }
        let names = try standIn.run(["nm", standIn.path]).split(separator: "\n").map { $0.split(separator: " ") }
        func address(_ name: String) -> UInt64? {
            names.first { $0.last.map(String.init) == name }.flatMap { UInt64($0[0], radix: 16) }
        }
        let truth = try #require(address(KeyProbe.symbol))
        try standIn.run(["strip", standIn.path])
        let image = try ELFImage(standIn.path)
        #expect(image.address(ofSymbol: KeyProbe.symbol) == nil)
        if address(KeyProbe.symbol + ".cold") == nil {
            #expect(try FunctionSearch.start(in: image) == truth)
        } else {
            #expect(throws: SearchFailure.self) { try FunctionSearch.start(in: image) }
        }
    }

    /// A library that others built: its symbol is the truth. `COINCURVE_LIBRARY` names it, of PyPI's coincurve 21.0.0
    /// the file `_libsecp256k1.*.so`.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["COINCURVE_LIBRARY"] != nil, "needs COINCURVE_LIBRARY, a file"))
    func built() throws {
        let path = try #require(ProcessInfo.processInfo.environment["COINCURVE_LIBRARY"])
        let image = try ELFImage(path)
        let start = try FunctionSearch.start(in: image)
        #expect(start == image.address(ofSymbol: KeyProbe.symbol))
    }
}
