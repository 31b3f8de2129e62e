import Capture
import Dissector
import Glibc
import Output

/// A pipeline under test. Unless a writer is given, its output is made in full, line, tree and dump, and thrown away:
/// printing must be total, too.
public struct Sinkhole: ~Copyable {
    private var pipeline: Pipeline
    private var number: UInt64 = 0
    private var time: Int64 = 1_700_000_000_000_000_000

    private static let descriptor = open("/dev/null", O_WRONLY)

    public init() {
        Pipeline.declareFields()
        let output = ByteOutput(descriptor: Self.descriptor)
        let colour = Colour(isOn: false)
        self.init(
            TextWriter(
                output, summary: SummaryLine(time: TimeColumn(.utcWithDate), colour: colour),
                tree: TreeText(full: false, colour: colour), hex: true))
    }

    /// - Parameter options: Their limits of memory are lowered, so that they are reached.
    public init(_ writer: any RecordWriter, _ options: PipelineOptions = PipelineOptions()) {
        var options = options
        options.bytesPerStream = 1 << 20
        options.bytesInAll = 8 << 20
        pipeline = Pipeline(options, writer: writer)
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
