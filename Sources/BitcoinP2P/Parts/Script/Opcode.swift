/// The instructions of Script (protocol.md section 8.1), by the names that Bitcoin Core prints.
///
/// 0x01 to 0x4b push as many bytes as their number and have no name; they never reach ``name(_:)``.
enum Opcode {
    static var zero: UInt8 { 0x00 }
    static var pushData1: UInt8 { 0x4c }
    static var pushData2: UInt8 { 0x4d }
    static var pushData4: UInt8 { 0x4e }
    static var oneNegate: UInt8 { 0x4f }
    static var one: UInt8 { 0x51 }
    static var sixteen: UInt8 { 0x60 }
    static var `if`: UInt8 { 0x63 }
    static var endIf: UInt8 { 0x68 }
    static var `return`: UInt8 { 0x6a }
    static var checkSig: UInt8 { 0xac }
    static var checkMultisig: UInt8 { 0xae }

    /// 1 to 16 for OP_1 to OP_16, 0 for OP_0; nil for all others.
    static func smallInteger(_ code: UInt8) -> Int? {
        if code == zero { return 0 }
        return code >= one && code <= sixteen ? Int(code) - 0x50 : nil
    }

    /// Whether it is disabled, reserved or undefined outside tapscript: no script that means anything has it.
    static func isMeaningless(_ code: UInt8) -> Bool {
        switch code {
        case 0x50, 0x62, 0x65, 0x66, 0x7e...0x81, 0x83...0x86, 0x89, 0x8a, 0x8d, 0x8e, 0x95...0x99, 0xba...0xff: true
        default: false
        }
    }

    /// Whether meeting it makes a tapscript succeed, whatever follows (BIP 342).
    static func isSuccess(_ code: UInt8) -> Bool {
        switch code {
        case 80, 98, 126...129, 131...134, 137...138, 141...142, 149...153, 187...254: true
        default: false
        }
    }

    /// The name Core prints: numbers for OP_0, OP_1NEGATE and OP_1 to OP_16.
    static func name(_ code: UInt8) -> StaticString {
        switch code {
        case 0x00: "0"
        case 0x4c: "OP_PUSHDATA1"
        case 0x4d: "OP_PUSHDATA2"
        case 0x4e: "OP_PUSHDATA4"
        case 0x4f: "-1"
        case 0x50: "OP_RESERVED"
        case 0x51: "1"
        case 0x52: "2"
        case 0x53: "3"
        case 0x54: "4"
        case 0x55: "5"
        case 0x56: "6"
        case 0x57: "7"
        case 0x58: "8"
        case 0x59: "9"
        case 0x5a: "10"
        case 0x5b: "11"
        case 0x5c: "12"
        case 0x5d: "13"
        case 0x5e: "14"
        case 0x5f: "15"
        case 0x60: "16"
        case 0x61: "OP_NOP"
        case 0x62: "OP_VER"
        case 0x63: "OP_IF"
        case 0x64: "OP_NOTIF"
        case 0x65: "OP_VERIF"
        case 0x66: "OP_VERNOTIF"
        case 0x67: "OP_ELSE"
        case 0x68: "OP_ENDIF"
        case 0x69: "OP_VERIFY"
        case 0x6a: "OP_RETURN"
        case 0x6b: "OP_TOALTSTACK"
        case 0x6c: "OP_FROMALTSTACK"
        case 0x6d: "OP_2DROP"
        case 0x6e: "OP_2DUP"
        case 0x6f: "OP_3DUP"
        case 0x70: "OP_2OVER"
        case 0x71: "OP_2ROT"
        case 0x72: "OP_2SWAP"
        case 0x73: "OP_IFDUP"
        case 0x74: "OP_DEPTH"
        case 0x75: "OP_DROP"
        case 0x76: "OP_DUP"
        case 0x77: "OP_NIP"
        case 0x78: "OP_OVER"
        case 0x79: "OP_PICK"
        case 0x7a: "OP_ROLL"
        case 0x7b: "OP_ROT"
        case 0x7c: "OP_SWAP"
        case 0x7d: "OP_TUCK"
        case 0x7e: "OP_CAT"
        case 0x7f: "OP_SUBSTR"
        case 0x80: "OP_LEFT"
        case 0x81: "OP_RIGHT"
        case 0x82: "OP_SIZE"
        case 0x83: "OP_INVERT"
        case 0x84: "OP_AND"
        case 0x85: "OP_OR"
        case 0x86: "OP_XOR"
        case 0x87: "OP_EQUAL"
        case 0x88: "OP_EQUALVERIFY"
        case 0x89: "OP_RESERVED1"
        case 0x8a: "OP_RESERVED2"
        case 0x8b: "OP_1ADD"
        case 0x8c: "OP_1SUB"
        case 0x8d: "OP_2MUL"
        case 0x8e: "OP_2DIV"
        case 0x8f: "OP_NEGATE"
        case 0x90: "OP_ABS"
        case 0x91: "OP_NOT"
        case 0x92: "OP_0NOTEQUAL"
        case 0x93: "OP_ADD"
        case 0x94: "OP_SUB"
        case 0x95: "OP_MUL"
        case 0x96: "OP_DIV"
        case 0x97: "OP_MOD"
        case 0x98: "OP_LSHIFT"
        case 0x99: "OP_RSHIFT"
        case 0x9a: "OP_BOOLAND"
        case 0x9b: "OP_BOOLOR"
        case 0x9c: "OP_NUMEQUAL"
        case 0x9d: "OP_NUMEQUALVERIFY"
        case 0x9e: "OP_NUMNOTEQUAL"
        case 0x9f: "OP_LESSTHAN"
        case 0xa0: "OP_GREATERTHAN"
        case 0xa1: "OP_LESSTHANOREQUAL"
        case 0xa2: "OP_GREATERTHANOREQUAL"
        case 0xa3: "OP_MIN"
        case 0xa4: "OP_MAX"
        case 0xa5: "OP_WITHIN"
        case 0xa6: "OP_RIPEMD160"
        case 0xa7: "OP_SHA1"
        case 0xa8: "OP_SHA256"
        case 0xa9: "OP_HASH160"
        case 0xaa: "OP_HASH256"
        case 0xab: "OP_CODESEPARATOR"
        case 0xac: "OP_CHECKSIG"
        case 0xad: "OP_CHECKSIGVERIFY"
        case 0xae: "OP_CHECKMULTISIG"
        case 0xaf: "OP_CHECKMULTISIGVERIFY"
        case 0xb0: "OP_NOP1"
        case 0xb1: "OP_CHECKLOCKTIMEVERIFY"
        case 0xb2: "OP_CHECKSEQUENCEVERIFY"
        case 0xb3: "OP_NOP4"
        case 0xb4: "OP_NOP5"
        case 0xb5: "OP_NOP6"
        case 0xb6: "OP_NOP7"
        case 0xb7: "OP_NOP8"
        case 0xb8: "OP_NOP9"
        case 0xb9: "OP_NOP10"
        case 0xba: "OP_CHECKSIGADD"
        case 0xff: "OP_INVALIDOPCODE"
        default: "OP_UNKNOWN"
        }
    }
}
