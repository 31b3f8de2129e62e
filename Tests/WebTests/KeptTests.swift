#if Web
import Capture
import Dissector
import Fields
import Foundation
import Output
import Support
import System
import Testing

@testable import Web

/// What is kept to be shown again is what a reading of the capture comes to.
@Suite struct KeptTests {
    /// A capture that is read into an index, and its frames into a spool where one is given.
    private static func served(
        _ file: String, _ near: MessageIndex.Near, contentLimit: UInt64 = 1 << 30
    ) throws -> ServedCapture {
        let index = try MessageIndex(
            limit: 1_000_000, in: Path.temporaryFolder, near, contentLimit: contentLimit)
        let capture = ServedCapture(
            index, .files([file], FileVersions(of: [file])), PipelineOptions(), node: nil, isLive: false, version: "")
        let notes = CaptureNotes()
        var options = capture.options
        options.captureNotes = notes
        let writer = IndexWriter(index)
        options.unreadSinks = [writer]
        var pipeline = Pipeline(options, writer: writer)
        var files = CaptureFiles(paths: [file], notes: notes)
        var failure: PipelineError?
        while try files.next({ header, bytes in
            do throws(PipelineError) { try pipeline.receive(header, bytes) } catch { failure = error }
        }) {}
        #expect(failure == nil)
        pipeline.finish()
        capture.noteComplete()
        return capture
    }

    @Test(arguments: ["relay.pcap", "block-filters.pcap", "relay-v2-encrypted.pcap"])
    func lateMessages(_ name: String) throws {
        let file = ServedProgram.capture(name)
        let read = KeptMessages(try Self.served(file, .init()))
        let late = try Self.served(file, .init(rows: 1, bytes: .max))
        let kept = KeptMessages(late)
        #expect(late.index.content(of: 1) == nil)
        #expect(late.index.content(of: 2) != nil)
        for number in 1...UInt64(late.index.count) {
            let one = try #require(try kept.message(number) { true })
            let other = try #require(try read.message(number) { true })
            let isSame =
                one.bytes == other.bytes && one.frames == other.frames
                && Self.fields(one) == Self.fields(other)
            try #require(isSame, "\(number)")
        }
    }

    private static func fields(_ message: KeptMessage) -> String {
        message.read { tree, bytes in
            var text = TextBuffer()
            var fields = FieldsJSON()
            fields.append(0..<tree.nodes.count, tree, bytes, to: &text)
            return text.string
        }
    }

    /// Messages count as late by their bytes, too, and of those no more are kept than there is room for.
    @Test func room() throws {
        let file = ServedProgram.capture("relay.pcap")
        let far = try Self.served(file, .init(rows: .max, bytes: 10_000))
        let isKept = (1...UInt64(256)).map { far.index.content(of: $0) != nil }
        #expect(isKept.first == false && isKept.last == true)
        let small = try Self.served(file, .init(rows: 0, bytes: 0), contentLimit: 5_000)
        let kept = (1...UInt64(256)).count { small.index.content(of: $0) != nil }
        #expect(kept > 0 && kept < 100)
        #expect(try KeptMessages(small).message(256) { true }?.number == 256)
    }

    @Test func cutContent() throws {
        let capture = try Self.served(ServedProgram.capture("relay.pcap"), .init(rows: 0, bytes: 0))
        let content = try #require(capture.index.content(of: 20))
        var bytes: [UInt8] = []
        content.append(to: &bytes)
        #expect(bytes.count == content.size)
        for count in [0, 10, 24, bytes.count / 2, bytes.count - 1, bytes.count] {
            let part = bytes.prefix(count)
            let read = MessageContent { offset, target in
                let rest = part.dropFirst(offset).prefix(target.count)
                target.copyBytes(from: rest)
                return rest.count
            }
            #expect((read != nil) == (count == bytes.count))
        }
    }

    /// Who has gone away has nothing read for them.
    @Test func unwanted() throws {
        let capture = try Self.served(ServedProgram.capture("relay.pcap"), .init())
        var asked = 0
        let isWanted = {
            asked += 1
            return asked < 20
        }
        #expect(try KeptMessages(capture).message(256, isWanted: isWanted) == nil)
        #expect(asked < 30)
        #expect(try KeptMessages(capture).message(256) { false } == nil)
        #expect(try Ladders(capture).ladder(0) { false } == nil)
        #expect(try Statistics(capture).lines(.counted(.expert)) { false } == nil)
        #expect(try Statistics(capture).metrics { false } == nil)
        #expect(try #require(try Statistics(capture).lines(.counted(.expert)) { true }).isCut == false)
    }

    /// What is read while somebody writes to the file is given to nobody.
    @Test func changesMeanwhile() throws {
        let folder = try Folder()
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ServedProgram.capture("relay.pcap"))))
        let file = try folder.write(bytes, as: "one.pcap")
        let capture = try Self.served(file, .init())
        #expect(try KeptMessages(capture).message(256) { true } != nil)
        var asked = 0
        let isWanted = {
            asked += 1
            if asked == 20 { #expect(truncate(file, off_t(bytes.count - 100)) == 0) }
            return true
        }
        #expect(throws: Problem.self) { try KeptMessages(capture).message(200, isWanted: isWanted) }
        #expect(asked > 20)
        #expect(throws: Problem.self) { try KeptMessages(capture).message(1) { true } }
        #expect(throws: Problem.self) { try Ladders(capture).ladder(0) { true } }
        #expect(throws: Problem.self) { try Statistics(capture).lines(.counted(.expert)) { true } }
        #expect(throws: Problem.self) { try Statistics(capture).metrics { true } }
    }

    /// Marks come while nothing is captured: they are no progress.
    @Test func framesAlone() throws {
        let spool = try FrameSpool(in: Path.temporaryFolder, limit: 1 << 20)
        #expect(spool.append(.passed(1)) && spool.append(.released) && spool.append(.secrets([1, 2, 3])))
        #expect(spool.frameByteCount == 0)
        var files = CaptureFiles(paths: [ServedProgram.capture("relay.pcap")], notes: CaptureNotes())
        var bytes = 0
        while try files.next({ header, frame in
            let isKept = spool.append(header, frame)
            #expect(isKept)
            bytes += frame.byteCount
        }) {}
        #expect(spool.append(.passed(2)))
        #expect(bytes > 0 && spool.frameByteCount == UInt64(bytes))
    }

    /// A filter of which nobody asks any more stops.
    @Test func forsakenFilter() throws {
        let folder = try Folder()
        let capture = try Self.served(try BigCapture.write(messages: 200_000, into: folder), .init())
        let filter = try FilterRuns.parse("bitcoin.ping.nonce == 1")
        let runs = FilterRuns(capture)
        let run = FilterRun(filter, capture, patience: .milliseconds(20))
        #expect(!run.progress(runs.threads).isComplete)
        for _ in 0..<2_000 where run.isRunning { usleep(5_000) }
        #expect(run.isCancelled && !run.isRunning && !run.hasEnded)
        // Who asks in time has it go on to the end.
        let other = FilterRun(filter, capture)
        for _ in 0..<4_000 where !other.progress(runs.threads).isComplete { usleep(5_000) }
        #expect(other.hasEnded && !other.isCancelled)
    }

    /// A ladder goes on where it was, and comes to what one of all comes to.
    @Test func growingLadder() throws {
        let file = ServedProgram.capture("relay.pcap")
        let spool = try FrameSpool(in: Path.temporaryFolder, limit: 1 << 20)
        let index = try MessageIndex(limit: 1_000, in: Path.temporaryFolder)
        let capture = ServedCapture(
            index, .spool(spool, ["lo"], CaptureNotes()), PipelineOptions(), node: nil, isLive: true, version: "")
        let ladders = Ladders(capture)
        var pipeline = Pipeline(capture.options, writer: IndexWriter(index))
        var files = CaptureFiles(paths: [file], notes: CaptureNotes())
        var frames = 0
        var seen: [Int] = []
        while try files.next({ header, bytes in
            _ = spool.append(header, bytes)
            try? pipeline.receive(header, bytes)
        }) {
            frames += 1
            guard frames % 60 == 0 else { continue }
            // It rests for a while.
            for _ in 0..<500 {
                let ladder = try #require(try ladders.ladder(0) { true })
                #expect(!ladder.isComplete)
                if Int(ladder.connection.messages) == index.count { break }
                usleep(10_000)
            }
            seen.append(index.count)
            #expect(try #require(try ladders.ladder(0) { true }).connection.messages == UInt64(index.count))
        }
        #expect(seen == seen.sorted() && seen.count == 5)
        pipeline.finish()
        capture.noteComplete()
        let all = try #require(try Ladders(try Self.served(file, .init())).ladder(0) { true })
        var text = (TextBuffer(), TextBuffer())
        for _ in 0..<500 {
            let grown = try #require(try ladders.ladder(0) { true })
            text = (TextBuffer(), TextBuffer())
            grown.append(from: 0, count: 1_000, to: &text.0)
            all.append(from: 0, count: 1_000, to: &text.1)
            if grown.isComplete { break }
            usleep(10_000)
        }
        #expect(text.0.string == text.1.string)
    }
}
#endif
