import Fields

extension SummaryColumn {
    /// The fields that hold what the column shows, for `-e _ws.col.TITLE`; none where a line alone has it.
    ///
    /// - Parameter resolve: Gives the fields that a name means.
    public func fields(_ resolve: (String) -> [Field]) -> [Field] {
        let columns = ColumnFields.standard
        return switch content {
        case .number: [columns.number]
        case .time: [columns.time]
        case .source: [columns.source]
        case .sourcePort: resolve("tcp.srcport")
        case .destination: [columns.destination]
        case .destinationPort: resolve("tcp.dstport")
        case .protocolName: [columns.protocolName]
        case .length: [columns.length]
        case .info: [columns.info]
        case .timeAs(.relative): resolve("frame.time_relative")
        case .timeAs(.delta): resolve("frame.time_delta")
        case .timeAs(.deltaDisplayed): resolve("frame.time_delta_displayed")
        case .timeAs(.epoch): resolve("frame.time_epoch")
        case .fields(let fields, nil): fields
        case .timeAs, .allBytes, .fields, .highest: []
        }
    }
}
