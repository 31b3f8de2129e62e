import Testing

/// What is written is the same on as many threads as there are processors, as on any number: see RecordPoolTests for
/// each way to write.
@Suite struct GoldenThreadTests {
    /// Several batches of messages: of less than one no thread is begun.
    @Test(arguments: [[], ["-V"], ["-T", "ndjson"], ["-t", "d", "-Y", "bitcoin.block or bitcoin.tx"]])
    func defaultAndOthers(_ form: [String]) throws {
        let captures = ["block-filters", "bloom-filter", "relay", "txreconciliation"]
        let reading = captures.flatMap { ["-r", "captures/\($0).pcap"] } + form
        let one = try Program.run(reading + ["--threads", "1"])
        #expect(one.status == 0 && one.output.count > 10_000)
        for threads in [[], ["--threads", "2"], ["--threads", "7"]] {
            let several = try Program.run(reading + threads)
            #expect(several.output == one.output, "\(threads)")
            #expect(several.status == 0 && several.errors == one.errors)
        }
    }
}
