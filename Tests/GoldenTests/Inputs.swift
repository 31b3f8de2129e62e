import Foundation
import Support

/// The files that transcripts and tests read beside `captures`: made anew for each run, under `Inputs/`.
///
/// | File | What it is |
/// |---|---|
/// | empty.pcap | no byte |
/// | text.pcap | text, no capture |
/// | cut.pcap | handshake.pcap up to the middle of a packet |
/// | header-only.pcap | a capture without packets |
/// | usb.pcap | a capture of a link type that is not supported |
/// | snap96.pcap | relay.pcap as recorded with a snap length of 96 |
/// | hole.pcap | the beginning of relay.pcap without its frame 20: bytes are missing before the last messages of one side |
/// | hostile.pcap | messages whose texts try to reach the terminal |
/// | huge-length.pcap | a header that claims 4 GiB, and a message before and after it |
/// | huge-length-first.pcap | the same without a message before it |
/// | huge-count.pcap | an `inv` that claims 2⁶⁴ - 1 entries |
/// | half.pcap | a message and the first half of another in one packet, then the other half |
/// | port-7777.pcap | a stream on port 7777, caught in the middle of a message |
/// | handshake.pcap.gz | handshake.pcap, compressed; only where gzip is installed |
enum Inputs {
    static func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
            try Data(bytes).write(to: folder.appendingPathComponent(name))
        }
        let handshake = try capture("handshake.pcap")
        let relay = try CaptureFile(try capture("relay.pcap"))
        try write("empty.pcap", [])
        try write("text.pcap", Array("It is no capture.\n".utf8))
        try write("cut.pcap", handshake.prefix(1_000))
        try write("header-only.pcap", handshake.prefix(24))
        let usb = CaptureFile(linkType: 220, packets: [CaptureFile.Packet(bytes: [UInt8](repeating: 0, count: 64))])
        try write("usb.pcap", usb.bytes)
        try write("snap96.pcap", relay.cut(to: 96).bytes)
        try write("hole.pcap", relay.part(..<29, without: 19).bytes)
        try write("hostile.pcap", Hostile.capture.bytes)
        let small = Message("ping", Array(1...8))
        let hugeLength = Message("inv", length: .max, [1])
        try write("huge-length.pcap", CaptureFile.stream([small, hugeLength, small, small]).bytes)
        try write("huge-length-first.pcap", CaptureFile.stream([hugeLength, small, small]).bytes)
        let hugeCount = Message("inv", [UInt8](repeating: 0xff, count: 9) + [1, 0, 0, 0] + Array(0..<32))
        try write("huge-count.pcap", CaptureFile.stream([hugeCount]).bytes)
        let halves = [Message(bytes: small.bytes + small.bytes[..<26]), Message(bytes: Array(small.bytes[26...]))]
        try write("half.pcap", CaptureFile.stream(halves).bytes)
        let middle = CaptureFile.stream([Message(bytes: Array(100...149) + small.bytes + small.bytes)]).dropFirst(1)
        try write("port-7777.pcap", middle.replacingPort(8_333, by: 7_777).bytes)
        if Program.isInstalled("gzip") {
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            gzip.arguments = ["gzip", "-c", Program.root.appendingPathComponent("captures/handshake.pcap").path]
            let target = folder.appendingPathComponent("handshake.pcap.gz")
            try Data().write(to: target)
            gzip.standardOutput = try FileHandle(forWritingTo: target)
            try gzip.run()
            gzip.waitUntilExit()
        }
    }

    static func capture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Program.root.appendingPathComponent("captures/\(name)")))
    }
}

/// A message of mainnet. Its checksum is wrong, which is no reason not to dissect it.
struct Message {
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ command: String, length: UInt32? = nil, _ payload: [UInt8] = []) {
        bytes = framed(command, payload, length: length, checksum: 0)
    }
}

/// Messages with texts that would do something to a terminal.
enum Hostile {
    /// Clears the screen, sets the title, turns red, goes back, turns text around; in UTF-8 and in single bytes.
    static let text: [UInt8] =
        Array("/\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}[31m\r\u{8}\n\u{202e}\u{9b}31m\u{200b}".utf8) + [
            0x9b, 0x33, 0x31, 0x6d,
        ]
    static let capture = CaptureFile.stream([
        Message("version", version), Message("\u{1b}[31mred\u{7}"), Message("a\nb"), Message("unknown", text),
        Message("reject", [6] + Array("\u{1b}[2Jtx".utf8) + [0x10, UInt8(text.count)] + text),
        Message("alert", [UInt8(text.count)] + text + [0]),
    ])

    /// Protocol version, services, time, two addresses, nonce, user agent, height, relay.
    private static var version: [UInt8] {
        var bytes = littleEndian(UInt32(70_016)) + [UInt8](repeating: 0, count: 8 + 8 + 26 + 26 + 8)
        bytes += [UInt8(text.count)] + text
        return bytes + [0, 0, 0, 0, 1]
    }
}
