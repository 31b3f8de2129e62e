import Capture
import Dissector
import Glibc
import Output
import Records

/// A pipeline under test. Unless a writer is given, its output is made in full, line, tree and dump, and thrown away:
/// printing must be total, too.
public struct Sinkhole: ~Copyable {
    private var pipeline: Pipeline
    private var number: UInt64 = 0
    private var time: Int64 = 1_700_000_000_000_000_000

    private static let descriptor = open("/dev/null", O_WRONLY)

    /// - Parameters:
    ///   - usesRecordThread: Records are made on a thread of their own, as of files.
    ///   - collectsFrames: As where the packets of the records are written, too.
    public init(usesRecordThread: Bool = false, collectsFrames: Bool = false) {
        Pipeline.declareFields()
        var options = PipelineOptions()
        options.usesRecordThread = usesRecordThread
        options.recordBatchSize = 1 << 10
        let output = ByteOutput(descriptor: Self.descriptor)
        let colour = Colour(isOn: false)
        let writer = TextWriter(
            output, summary: SummaryLine(time: TimeColumn(.utcWithDate), colour: colour),
            tree: TreeText(full: false, colour: colour), hex: true)
        if collectsFrames {
            let collector = FrameCollector()
            self.init(WriterGroup([writer, collector]), options, collector)
        } else {
            self.init(writer, options)
        }
    }

    /// - Parameter options: Their limits of memory are lowered, so that they are reached.
    public init(
        _ writer: any RecordSink, _ options: PipelineOptions = PipelineOptions(), _ collector: FrameCollector? = nil
    ) {
        var options = options
        options.bytesPerStream = 1 << 20
        options.bytesInAll = 8 << 20
        pipeline = Pipeline(options, writer: writer, collector: collector)
    }

    /// - Parameter after: Nanoseconds since the frame before.
    public mutating func receive(
        _ frame: [UInt8], linkType: Int32, originalLength: Int? = nil, after: Int64 = 1_000_000
    ) {
        number += 1
        time &+= after
        let header = FrameHeader(
            number: number, time: time, capturedLength: frame.count, originalLength: originalLength ?? frame.count,
            linkType: LinkTypeNumber(rawValue: linkType), file: 0)
        do throws(PipelineError) {
            try pipeline.receive(header, frame.span.bytes)
        } catch {}
    }

    public mutating func finish() { pipeline.finish() }

    public var counts: Counts { pipeline.counts }
}
