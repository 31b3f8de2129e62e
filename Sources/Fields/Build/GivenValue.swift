/// The bytes that a given value has on the wire.
struct GivenValue {
    let bytes: [UInt8]
    /// The number, of an integer.
    let number: UInt64?
    /// The bytes were given as they stand on the wire.
    let isWire: Bool

    /// The value `index` as one of `field`, in the form that the layout wants.
    init(_ source: BuildValues, _ index: Int, _ field: Field, _ form: WireForm) throws(ValueLiteral.Fault) {
        let value = source.values[index]
        let wire = value.wire.map { Array(source.bytes[$0]) }
        let content: ValueLiteral.Value
        switch value.content {
        case .group: throw ValueLiteral.Fault(reason: "a value is needed, not a group")
        case .nothing:
            try self.init(wire: wire ?? [], form)
            return
        case .number(let number): content = .number(number)
        case .bytes(let range): content = .bytes(Array(source.bytes[range]))
        case .text(let range):
            let text = Array(source.bytes[range])
            // A field within which the message ends is shown as the bytes that are there.
            if let wire, form.shape.isCut(wire), wire.isEmpty ? text.isEmpty : HexadecimalLiteral.bytes(text) == wire {
                try self.init(wire: wire, form)
                return
            }
            content = try ValueLiteral.read(text, field.declaration.kind)
        }
        if let wire, Self.reads(wire, form, as: content, field.declaration.kind) {
            try self.init(wire: wire, form)
        } else {
            try self.init(content, field.declaration.kind, form)
        }
    }

    init(_ content: BuildFill.Content, _ field: Field, _ form: WireForm) throws(ValueLiteral.Fault) {
        switch content {
        case .number(let number): try self.init(.number(number), field.declaration.kind, form)
        case .bytes(let bytes): try self.init(.bytes(bytes), field.declaration.kind, form)
        }
    }

    private init(wire: [UInt8], _ form: WireForm) throws(ValueLiteral.Fault) {
        bytes = wire
        isWire = true
        number = form.shape.number(wire)
        switch form.shape {
        case .little(let width), .big(let width), .bytes(let width):
            guard wire.count <= width else { throw Self.wrongLength(wire.count, width) }
        case .compactSize:
            let complete = wire.span.bytes.compactSize(at: 0, before: wire.count)
            guard wire.count <= (complete?.length ?? 9) else {
                throw ValueLiteral.Fault(
                    reason: "\(wire.count) bytes, but the CompactSize ends after \(complete?.length ?? 9)")
            }
        case .rest: break
        }
    }

    private init(_ content: ValueLiteral.Value, _ kind: Kind, _ form: WireForm) throws(ValueLiteral.Fault) {
        isWire = false
        switch (content, form.shape) {
        case (.number(let value), let shape):
            guard value & ~form.mask == 0 || form.mask == .max,
                let made = shape.bytes(value, isSigned: Self.isSigned(kind, shape))
            else {
                throw ValueLiteral.Fault(
                    reason: "\(Self.text(of: value, kind)) does not fit \(form.width(Self.isSigned(kind, form.shape)))")
            }
            (bytes, number) = (made, value)
        case (.bytes(let value), .bytes(let width)):
            number = nil
            if kind == .paddedText, value.count <= width {
                bytes = value + Array(repeating: 0, count: width - value.count)
            } else {
                guard value.count == width else { throw Self.wrongLength(value.count, width) }
                bytes = value
            }
        case (.bytes(let value), .rest): (bytes, number) = (value, nil)
        case (.bytes, _): throw ValueLiteral.Fault(reason: "a number is needed, not bytes")
        }
    }

    /// For people: the number, or the bytes in hexadecimal.
    func text(_ field: Field) -> String {
        var text = TextBuffer()
        if let number, case .hexadecimal(let bits) = field.declaration.kind {
            text.append("0x")
            text.append(hexadecimal: number, digits: bits / 4)
        } else if let number {
            text.append(decimal: number)
        } else if field.declaration.kind == .paddedText {
            text.append(wire: bytes.span.bytes.withoutPadding)
        } else {
            text.append(hexadecimal: bytes.span.bytes)
        }
        return text.string
    }

    private static func wrongLength(_ given: Int, _ needed: Int) -> ValueLiteral.Fault {
        ValueLiteral.Fault(reason: "\(given) \(given == 1 ? "byte" : "bytes"), \(needed) needed")
    }

    /// Whether the bytes are of a number that may be negative. A time is one in eight bytes, but not in four.
    private static func isSigned(_ kind: Kind, _ shape: WireForm.Shape) -> Bool {
        switch (kind, shape) {
        case (.signed, _), (.amount, _): true
        case (.seconds, .little(8)), (.seconds, .big(8)): true
        default: false
        }
    }

    private static func text(of value: UInt64, _ kind: Kind) -> String {
        switch kind {
        case .signed, .amount, .seconds: String(Int64(bitPattern: value))
        default: String(value)
        }
    }

    /// Whether `content` is what the bytes say.
    private static func reads(
        _ wire: [UInt8], _ form: WireForm, as content: ValueLiteral.Value, _ kind: Kind
    ) -> Bool {
        switch content {
        case .number(let value):
            guard let read = form.shape.number(wire) else { return false }
            // Any number but 0 is true.
            if kind == .boolean, value <= 1 { return (read != 0) == (value != 0) }
            return (read ^ value) & form.shape.valueMask & form.mask == 0
        case .bytes(let value):
            if value == wire { return true }
            guard kind == .paddedText else { return false }
            return wire.span.bytes.withoutPadding.withUnsafeBytes { Array($0) == value }
        }
    }
}

extension WireForm {
    /// For people: `2 bytes`, `a CompactSize`.
    fileprivate func width(_ isSigned: Bool) -> String {
        if mask != .max { return "the \(mask.nonzeroBitCount) bits that count" }
        switch shape {
        case .little(let width), .big(let width), .bytes(let width):
            let bytes = width == 1 ? "1 byte" : "\(width) bytes"
            guard width > 0, width < 8 else { return bytes }
            let bits = UInt64(8 * width)
            return isSigned
                ? "\(bytes): -\(UInt64(1) << (bits - 1)) to \((UInt64(1) << (bits - 1)) - 1)"
                : "\(bytes): 0 to \((UInt64(1) << bits) - 1)"
        case .compactSize: return "a CompactSize"
        case .rest: return "here"
        }
    }
}

extension WireForm.Shape {
    /// What is written of a field that is not there.
    var zeros: [UInt8] {
        switch self {
        case .little(let width), .big(let width), .bytes(let width):
            Array(repeating: 0, count: max(0, min(width, 0x40_0000)))
        case .compactSize: [0]
        case .rest: []
        }
    }

    /// A number in this shape; nil where it does not fit.
    func bytes(_ number: UInt64, isSigned: Bool = false) -> [UInt8]? {
        switch self {
        case .little(let width), .bytes(let width): return Self.little(number, width, isSigned: isSigned)
        case .big(let width): return Self.little(number, width, isSigned: isSigned)?.reversed()
        case .compactSize:
            if number < 0xfd { return [UInt8(number)] }
            if number <= 0xffff { return Self.little(number, 2).map { [0xfd] + $0 } }
            if number <= 0xffff_ffff { return Self.little(number, 4).map { [0xfe] + $0 } }
            return Self.little(number, 8).map { [0xff] + $0 }
        case .rest: return nil
        }
    }

    private static func little(_ number: UInt64, _ width: Int, isSigned: Bool = false) -> [UInt8]? {
        guard (0...8).contains(width) else {
            // Only zero has more.
            return width > 8 && width < 0x1000
                ? little(number, 8).map { $0 + Array(repeating: 0, count: width - 8) } : nil
        }
        if width < 8 {
            let limit = Int64(1) << Int64(max(0, width * 8 - 1))
            let signed = Int64(bitPattern: number)
            let fits = isSigned ? signed >= -limit && signed < limit : number >> UInt64(width * 8) == 0
            guard fits else { return nil }
        }
        return (0..<width).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }

    /// The number that `wire` is in this shape; nil where it is cut, or is none.
    func number(_ wire: [UInt8]) -> UInt64? {
        switch self {
        case .little(let width): return wire.count == width && width <= 8 ? Self.join(wire.reversed()) : nil
        case .big(let width): return wire.count == width && width <= 8 ? Self.join(wire) : nil
        case .compactSize:
            guard let (value, length) = wire.span.bytes.compactSize(at: 0, before: wire.count), length == wire.count
            else { return nil }
            return value
        case .bytes, .rest: return nil
        }
    }

    private static func join(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    /// The bits that the shape has room for.
    var valueMask: UInt64 {
        switch self {
        case .little(let width), .big(let width): width >= 8 ? .max : UInt64(1) << UInt64(8 * max(0, width)) - 1
        default: .max
        }
    }

    /// Whether the message ends within these bytes.
    func isCut(_ wire: [UInt8]) -> Bool {
        switch self {
        case .little(let width), .big(let width), .bytes(let width): wire.count < width
        case .compactSize: wire.span.bytes.compactSize(at: 0, before: wire.count) == nil
        case .rest: false
        }
    }
}
