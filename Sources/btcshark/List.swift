import ArgumentParser
import Dissector
import Fields
import Glibc
import Output

/// `-G`: what btcshark knows.
enum List: String, CaseIterable {
    case fields, messages, expert
    case columnFormats = "column-formats"
    case elasticMapping = "elastic-mapping"
    case schema
    case schemaForClickHouse = "schema,clickhouse"
    case schemaForDuckDB = "schema,duckdb"
    case schemaForSpark = "schema,spark"
    case manual, statistics

    /// Those that are no manual pages, each once.
    static var lists: [String] {
        allCases.filter { $0 != .manual && $0 != .statistics }.map(\.rawValue).filter { !$0.contains(",") }
    }

    init(_ name: String) throws {
        guard let list = List(rawValue: name) else {
            throw ValidationError(
                "-G: there is no list '\(name)': \(Self.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        self = list
    }

    /// - Parameter layers: Of the mapping; nil for all.
    func print(mapping layers: [String]?) -> Status {
        Pipeline.declareFields()
        let output = ByteOutput(descriptor: STDOUT_FILENO)
        switch self {
        case .fields: Listing.appendFields(to: &output.buffer)
        case .messages: Listing.appendMessages(to: &output.buffer)
        case .expert: Listing.appendRemarks(to: &output.buffer)
        case .columnFormats: SummaryColumn.appendFormats(to: &output.buffer)
        case .elasticMapping: Listing.appendMapping(of: layers, to: &output.buffer)
        case .schema: Listing.appendSchema(to: &output.buffer)
        case .schemaForClickHouse: Listing.appendSchema(.clickHouse, to: &output.buffer)
        case .schemaForDuckDB: Listing.appendSchema(.duckDB, to: &output.buffer)
        case .schemaForSpark: Listing.appendSchema(.spark, to: &output.buffer)
        case .manual: ManualPage.append(to: &output.buffer)
        case .statistics: StatisticsPage.append(to: &output.buffer)
        }
        output.flush()
        return StandardError.complain(ofFailed: output) ? .input : .success
    }
}
