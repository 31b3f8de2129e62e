import BitcoinP2P
import Testing

/// Core's rule for the twelve bytes: printable ASCII, then nothing but NUL.
@Suite struct CommandTests {
    private func command(_ bytes: [UInt8], at offset: Int) -> Command? { Command(bytes.span.bytes, at: offset) }

    private func padded(_ bytes: [UInt8]) -> Command? {
        command(bytes + [UInt8](repeating: 0, count: 12 - bytes.count), at: 0)
    }

    @Test(arguments: ["version", "a", "getcfcheckpt", "with blank", " ", "~!@#$%^&*()_"])
    func valid(_ name: String) throws {
        let command = try #require(padded(Array(name.utf8)))
        #expect(command.isValid)
        #expect(command.isPlausible)
        #expect(command.nameLength == name.utf8.count)
        #expect(command.name == name)
    }

    @Test func emptyIsValidButNotPlausible() throws {
        let command = try #require(padded([]))
        #expect(command.isValid)
        #expect(!command.isPlausible)
        #expect(command.nameLength == 0)
        #expect(command.name == "")
    }

    @Test func everyByteInEveryPlace() throws {
        for place in 0..<12 {
            for byte in UInt8.min...UInt8.max {
                var bytes = [UInt8](repeating: 0x61, count: 12)
                bytes[place] = byte
                let command = try #require(padded(bytes))
                // A NUL anywhere but at the end has a letter behind it.
                #expect(command.isValid == ((0x20...0x7e).contains(byte) || byte == 0 && place == 11))
                #expect(command.isPlausible == command.isValid)
            }
        }
    }

    @Test func byteBehindTheNUL() throws {
        for place in 4..<12 {
            var bytes = Array("ping".utf8) + [UInt8](repeating: 0, count: 8)
            bytes[place] = 0x61
            #expect(try #require(padded(bytes)).isValid == (place == 4))
        }
    }

    @Test func whatIsNotPrintableIsEscaped() throws {
        let hostile = try #require(padded([0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff, 0x0a, 0x00, 0x41]))
        #expect(!hostile.isValid)
        #expect(hostile.nameLength == 9)
        for byte in hostile.name.utf8 { #expect((0x20...0x7e).contains(byte)) }
        #expect(hostile.name.hasSuffix("A"))
    }

    @Test func equalIfAllTwelveBytesAre() throws {
        #expect(try #require(padded(Array("inv".utf8))) == Command("inv"))
        #expect(Command("inv") != Command("inv "))
        #expect(Command("getcfcheckpt") != Command("getcfcheckpu"))
        #expect(try #require(padded(Array("getcfcheckpt".utf8))) == Command("getcfcheckpt"))
        #expect(Command("getdata").hashValue == Command("getdata").hashValue)
    }

    @Test func fewerThanTwelveBytes() {
        let bytes = Array("xversionyyyyyyy".utf8)
        #expect(command(bytes, at: 3)?.name == "rsionyyyyyyy")
        #expect(command(bytes, at: 4) == nil)
        #expect(command(bytes, at: -1) == nil)
        #expect(command([], at: 0) == nil)
    }
}
