#if Peer
import BitcoinP2P
import Fields
import Glibc
import Insight
import Output
import Peer

/// What the rows of surveys say, counted.
enum SurveyCensus {
    /// - Parameter paths: Of files of rows; `-` is standard input.
    static func print(of paths: [String], as format: AnswerFormat) -> Status {
        var census = PeerCensus()
        for path in paths {
            do throws(InputFileError) {
                try census.add(try InputFile.read(path, atMost: limit), of: path)
            } catch {
                StandardError.complain("\(error)")
                return .input
            }
        }
        return print(census, as: format)
    }

    /// - Parameter descriptor: A file of rows, which stays open: the user who opened it may have been another.
    static func print(_ descriptor: Int32, of path: String, as format: AnswerFormat) -> Status {
        var census = PeerCensus()
        do throws(InputFileError) {
            lseek(descriptor, 0, SEEK_SET)
            try census.add(try InputFile.read(descriptor, of: path, atMost: limit), of: path)
        } catch {
            StandardError.complain("\(error)")
            return .input
        }
        return print(census, as: format)
    }

    private static let limit = 1 << 30

    static func print(_ census: PeerCensus, as format: AnswerFormat) -> Status {
        let output = ByteOutput(descriptor: STDOUT_FILENO)
        census.answer(as: format, to: output)
        output.flush()
        return StandardError.complain(ofFailed: output) ? .input : .success
    }
}

extension PeerCensus {
    /// Counts a peer that was met just now.
    mutating func add(_ target: Target, _ known: Acquaintance) {
        guard known.outcome != .skipped else { return }
        add(
            known.versionCame == nil ? nil : Answer(known.claims), of: target, isV2: known.transport == .v2,
            at: known.begun)
    }

    /// Counts the rows of a file.
    fileprivate mutating func add(_ bytes: [UInt8], of path: String) throws(InputFileError) {
        for (number, line) in bytes.split(separator: 0x0a).enumerated() {
            guard let row = SurveyReader(line) else {
                throw InputFileError(description: "\(path): line \(number + 1) is no row of a survey")
            }
            add(row)
        }
    }

    /// Counts a row.
    private mutating func add(_ row: SurveyReader) {
        guard row.outcome != MeetingOutcome.skipped.word else { return }
        // Of a file that was edited a target may be anything; only its address is counted, not shown.
        let target = Target(row.target, defaultPort: 0)
        add(row.claims.map { Answer($0) }, of: target?.hostText ?? row.target, isV2: row.isV2, at: row.begun)
    }

    private mutating func add(_ answer: Answer?, of target: Target, isV2: Bool, at time: Int64) {
        add(answer, of: target.hostText, isV2: isV2, at: time)
    }
}

extension Target {
    /// Without the port.
    fileprivate var hostText: String {
        switch host {
        case .address(let address): address.text
        case .name(let name): name
        }
    }
}

extension PeerCensus.Answer {
    fileprivate init(_ claims: Acquaintance.Claims) {
        self.init()
        version = claims.version
        services = claims.services
        startHeight = claims.startHeight
        relays = claims.relays
        userAgent = claims.userAgent
        receiver = claims.receiver?.address
        receiverPort = claims.receiver?.port
        sender = claims.sender?.address
    }
}
#endif
