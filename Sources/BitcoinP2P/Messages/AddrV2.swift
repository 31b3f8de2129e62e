import Fields

/// `addrv2` (BIP 155): addresses of nodes in any network, at most 1000; sent to peers that asked by `sendaddrv2`.
struct AddrV2: Payload {
    let limits = LimitRemarks()
    let addressLengthWrong = Remark(
        "bitcoin.address_length.invalid", .error, .malformed,
        "The address of this network must have {n} bytes: receivers reject the message")
    let addressLengthOdd = Remark(
        "bitcoin.address_length.ignored", .warning, .protocol,
        "BIP 155 gives an address of this network {n} bytes, and receivers ignore it whatever it has")
    let addressIgnored = Remark(
        "bitcoin.address.ignored", .warning, .protocol,
        "No address of this kind may be sent for this network: receivers ignore it")

    let message = Field("bitcoin.addrv2", "Addrv2 message", .group, "addresses of nodes, of any network")
    let count = Field("bitcoin.addrv2.count", "Count", .count, "how many addresses follow, at most 1000")
    let item = Field("bitcoin.addrv2.item", "Address", .group, "one node")
    let timestamp = Field(
        "bitcoin.addrv2.timestamp", "Timestamp", .seconds, "when the node was last seen, as peers tell each other")
    let services = Field(
        "bitcoin.addrv2.services", "Node services", .hexadecimal(bits: 64),
        "what the node is said to serve, one bit each; a CompactSize here")
    let bits = Services()
    let network = Field(
        "bitcoin.addrv2.network", "Node network", .enumeration(AddressNetwork.names, bits: 8),
        "which network the address belongs to")
    let length = Field(
        "bitcoin.addrv2.address.length", "Address length", .count,
        "how many bytes the address has, at most 512; fixed for the networks known")
    let ipv4 = Field("bitcoin.addrv2.address.ipv4", "Node address", .ipv4, "an IPv4 address")
    let ipv6 = Field("bitcoin.addrv2.address.ipv6", "Node address", .ipv6, "an IPv6 address")
    let other = Field(
        "bitcoin.addrv2.address.other", "Node address", .bytes, "an address of another network, such as a public key")
    let text = Field(
        "bitcoin.addrv2.address", "Address", .text, "the address as it is written in the network it belongs to")
    let port = Field(
        "bitcoin.addrv2.port", "Node port", .unsigned(bits: 16), "the TCP port, big-endian; 0 where there is none")

    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, _ context: MessageContext) throws(Stop) {
        let entries = try c.compactSize(count, of: item, limit: 1000, over: limits.entries)
        if entries != 1 { c.info(entries, "address", "addresses") }
        try c.list(of: item, entries, minimum: 9) { (c, _) throws(Stop) in
            let mark = c.mark
            try c.integer(timestamp, UInt32.self)
            let start = c.offset
            let flags = try c.compactSize(number: services)
            bits.layout(&c, of: flags, bytes: c.offset - start)
            let id = try c.integer(network, UInt8.self)
            let size = try c.compactSize(length, bytesOf: ipv4, ipv6, other, limit: 512)
            let right = AddressNetwork.length(id)
            if let right, right != size {
                c.annotate(AddressNetwork.isUnread(id) ? addressLengthOdd : addressLengthWrong, UInt64(right))
            }
            let field = right != size ? other : id == 1 ? ipv4 : id == 2 ? ipv6 : other
            let range = try c.bytes(field, size)
            let bytes = c.bytes.extracting(range)
            let form = right == size ? AddressNetwork.form(id) : .unknown
            if right == size, AddressNetwork.isIgnored(id, bytes) { c.annotate(addressIgnored) }
            if c.wants(text) {
                var written = TextBuffer()
                form.append(bytes, to: &written)
                c.generate(text, written)
            }
            let number = try c.bigEndian(port, UInt16.self)
            if c.wants(item) {
                var heading = TextBuffer()
                form.append(bytes, port: number, to: &heading)
                c.head(mark, heading)
            }
            if c.sink.wantsInfo, entries == 1 {
                c.sink.info.append(" ")
                form.append(bytes, port: number, to: &c.sink.info)
            }
        }
    }
}

/// The networks of BIP 155.
enum AddressNetwork {
    static let names = ValueNames(
        (1, "IPV4", "4 bytes"),
        (2, "IPV6", "16 bytes"),
        (3, "TORV2", "10 bytes: a Tor v2 onion service, retired"),
        (4, "TORV3", "32 bytes: the public key of a Tor v3 onion service"),
        (5, "I2P", "32 bytes: the SHA-256 of an I2P destination"),
        (6, "CJDNS", "16 bytes: an IPv6 address that begins with fc"),
        (7, "YGGDRASIL", "16 bytes: an IPv6 address of 0200::/7"))

    /// How many bytes an address of the network has; nil where the network is unknown.
    static func length(_ id: UInt8) -> Int? {
        switch id {
        case 1: 4
        case 2, 6, 7: 16
        case 3: 10
        case 4, 5: 32
        default: nil
        }
    }

    /// Whether receivers know nothing of the network, though BIP 155 does: Core has dropped Tor v2 with version 22.0, and
    /// never knew Yggdrasil. Entries of such networks are skipped, whatever their length.
    static func isUnread(_ id: UInt8) -> Bool { id == 3 || id == 7 }

    static func form(_ id: UInt8) -> AddressForm {
        switch id {
        case 1: .ipv4
        case 2, 6, 7: .ipv6
        case 3: .torV2
        case 4: .torV3
        case 5: .i2p
        default: .unknown
        }
    }

    /// Whether receivers ignore an address of the right length: Tor v2, CJDNS outside its range, and IPv6 addresses
    /// that stand for another network.
    static func isIgnored(_ id: UInt8, _ bytes: RawSpan) -> Bool {
        switch id {
        case 2: AddressForm.version1(bytes).form != .ipv6
        case 3: true
        case 6: bytes.byteCount > 0 && bytes.unsafeLoad(fromUncheckedByteOffset: 0, as: UInt8.self) != 0xfc
        default: false
        }
    }
}
