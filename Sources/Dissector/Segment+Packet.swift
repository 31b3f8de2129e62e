import Layers
import Reassembly

extension Segment {
    init(_ packet: TCPPacket, _ options: TCPOptions) {
        self.init(
            sequence: packet.sequence, acknowledgement: packet.acknowledgment,
            flags: Flags(rawValue: UInt8(truncatingIfNeeded: packet.flags.rawValue)), wireLength: packet.wireLength)
        window = packet.window
        urgentPointer = packet.urgentPointer
        isChecksumWrong = packet.isChecksumWrong
        isHeaderWrong = packet.isHeaderWrong
        isContested = packet.fragmentsDiffer
        self.options.windowShift = options.windowShift
        self.options.timestamp = options.timestamp
        self.options.blockCount = options.blockCount
        self.options.blockEdges = options.blockEdges
        self.options.isSigned = options.isSigned
    }
}
