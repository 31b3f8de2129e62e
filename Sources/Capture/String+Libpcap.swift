import System

extension String {
    /// What libpcap, or the C library, wrote into a buffer that we gave, up to the first 0.
    init(libpcap buffer: [CChar]) {
        self = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).singleLine
    }
}
