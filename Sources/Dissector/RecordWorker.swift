import Fields
import Output
import Records

/// What one thread has for itself to make records with.
final class RecordWorker {
    private let bench: RecordBench
    private let hand: Hand
    private let output: ByteOutput
    private var stage: RecordStage

    init(_ bench: RecordBench) {
        self.bench = bench
        let hand = Hand(bench)
        self.hand = hand
        output = ByteOutput(taker: { hand.take(&$0) })
        output.width = bench.shared.output.width
        stage = RecordStage(bench.options, writer: bench.shared.makeWriter(output))
    }

    /// Does what there is to do until the end.
    func run() { while let job = bench.nextJob() { run(job) } }

    func run(_ job: RecordBench.Job) {
        switch job {
        case .verify(let number): bench.verify(number)
        case .prepare(let number): bench.prepare(number)
        case .make(let number): make(number)
        case .write(let number): bench.write(number)
        }
    }

    private func make(_ number: Int) {
        if let start = bench.start { stage.begin(start) }
        let before = stage.shownByFilter ?? 0
        hand.begin(number)
        bench.batch(number).make(by: &stage)
        output.flush()
        bench.noteMade(number, shown: (stage.shownByFilter ?? 0) &- before, isWritten: hand.hasTurn)
    }

    /// Takes the text of a batch's records, and keeps it until its turn to be written. Where too much is kept it waits for
    /// that, and then writes it itself.
    private final class Hand {
        private let bench: RecordBench
        private var number = 0
        private(set) var hasTurn = false

        init(_ bench: RecordBench) { self.bench = bench }

        func begin(_ number: Int) {
            self.number = number
            hasTurn = false
        }

        func take(_ text: inout TextBuffer) {
            if text.isEmpty { return }
            if !hasTurn {
                if bench.keep(&text, of: number) { return }
                bench.awaitTurn(number)
                hasTurn = true
            }
            bench.write(&text)
        }
    }
}
