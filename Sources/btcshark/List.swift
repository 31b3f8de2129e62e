import ArgumentParser
import Dissector
import Fields
import Glibc
import Output

/// `-G`: what btcshark knows.
enum List: String, CaseIterable {
    case fields, messages, expert, manual, statistics

    init(_ name: String) throws {
        guard let list = List(rawValue: name) else {
            throw ValidationError("-G: there is no list '\(name)': fields, messages, expert, manual or statistics.")
        }
        self = list
    }

    func print() -> Status {
        Pipeline.declareFields()
        let output = ByteOutput(descriptor: STDOUT_FILENO)
        switch self {
        case .fields: Listing.appendFields(to: &output.buffer)
        case .messages: Listing.appendMessages(to: &output.buffer)
        case .expert: Listing.appendRemarks(to: &output.buffer)
        case .manual: ManualPage.append(to: &output.buffer)
        case .statistics: StatisticsPage.append(to: &output.buffer)
        }
        output.flush()
        return StandardError.complain(ofFailed: output) ? .input : .success
    }
}
