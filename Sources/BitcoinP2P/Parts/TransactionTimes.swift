import Fields

/// When a transaction may be in a block, and whether it may be replaced, in words (protocol.md section 7.3).
struct TransactionTimes: Sendable {
    let sequenceMeaning = Field(
        "bitcoin.tx.in.seq.meaning", "Meaning", .text, "what the sequence says: final, replaceable, relative lock")
    let lockMeaning = Field(
        "bitcoin.tx.lock_time.meaning", "Meaning", .text, "from when on the transaction may be in a block")
    let replaceable = Field(
        "bitcoin.tx.replaceable", "Replaceable", .boolean,
        "an input says that a transaction with a higher fee may take this one's place (BIP 125)")

    /// What the sequences of all inputs together say.
    struct Sequences {
        private(set) var isFinal = true
        private(set) var isReplaceable = false

        mutating func add(_ sequence: UInt32) {
            if sequence != .max { isFinal = false }
            if sequence < 0xffff_fffe { isReplaceable = true }
        }
    }

    /// Explains the sequence just read.
    func layout(
        _ c: inout Cursor<some FieldSink & ~Copyable>, sequence: UInt32, version: UInt32, isCoinbase: Bool
    ) {
        guard c.keepsFields else { return }
        c.parts { c in
            c.generate(sequenceMeaning) { text in
                if sequence == .max {
                    text.append("final")
                    return
                }
                text.append("lock time applies")
                if isCoinbase { return }
                if sequence < 0xffff_fffe { text.append(", replaceable (BIP 125)") }
                if sequence & 0x8000_0000 == 0, version >= 2 {
                    text.append(", ")
                    text.append(relativeLock: sequence)
                }
            }
        }
    }

    /// Explains the lock time just read.
    func layout(_ c: inout Cursor<some FieldSink & ~Copyable>, lockTime: UInt32, _ sequences: Sequences) {
        guard c.keepsFields else { return }
        c.parts { c in
            c.generate(lockMeaning) { text in
                switch lockTime {
                case 0: text.append("none")
                case ..<500_000_000:
                    text.append("only in blocks above height ")
                    text.append(decimal: UInt64(lockTime))
                default:
                    text.append("only in blocks whose median time past is after ")
                    text.append(utc: lockTime)
                }
                if lockTime != 0, sequences.isFinal { text.append(": ignored, as all inputs are final") }
            }
        }
    }
}

extension TextBuffer {
    /// `relative lock of 144 blocks (BIP 68)`, `relative lock of 2048 seconds (BIP 68)`.
    fileprivate mutating func append(relativeLock sequence: UInt32) {
        let number = UInt64(sequence & 0xffff)
        if number == 0 {
            append("no relative lock time")
        } else if sequence & 0x0040_0000 != 0 {
            append("relative lock of ")
            append(decimal: number * 512)
            append(" seconds (BIP 68)")
        } else {
            append("relative lock of ")
            append(Int(number), "block", "blocks")
            append(" (BIP 68)")
        }
    }

    /// `2009-01-03 18:15:05 UTC`, by the rules of the Gregorian calendar.
    mutating func append(utc seconds: UInt32) {
        let days = UInt64(seconds) / 86_400
        // Years begin in March, so that the leap day is the last; 719,468 days lie between 1 March 0 and 1970.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        append(decimal: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), width: 4)
        append("-")
        append(decimal: month, width: 2)
        append("-")
        append(decimal: day, width: 2)
        append(" ")
        append(decimal: UInt64(seconds) / 3600 % 24, width: 2)
        append(":")
        append(decimal: UInt64(seconds) / 60 % 60, width: 2)
        append(":")
        append(decimal: UInt64(seconds) % 60, width: 2)
        append(" UTC")
    }
}
