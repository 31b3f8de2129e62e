import Fields
import Layers
import Reassembly

extension Endpoint {
    init(_ address: IPAddress, _ port: UInt16) {
        self.init(family: address.isIPv4 ? .ipv4 : .ipv6, high: address.high, low: address.low, port: port)
    }

    var address: IPAddress { IPAddress(high: high, low: low) }

    /// `192.0.2.1:8333`, `[2001:db8::1]:8333`.
    var text: [UInt8] {
        var text = TextBuffer()
        if family == .ipv6 { text.append("[") }
        address.append(to: &text)
        if family == .ipv6 { text.append("]") }
        text.append(":")
        text.append(decimal: UInt64(port))
        return text.bytes
    }
}
