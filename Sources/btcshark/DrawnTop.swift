import Insight
import Output
import System

/// `--top` as it is drawn while packets come: each second, and at once where the terminal has changed its size.
final class DrawnTop {
    let top: Top
    private let terminal: Terminal
    private var drawn = ContinuousClock.now

    private static let interval: Duration = .seconds(1)

    /// Nil where nobody asks for it.
    init?(_ plan: Plan, to output: ByteOutput) {
        guard plan.options.top, case .live(let live) = plan.input else { return nil }
        terminal = plan.presentation.terminal
        top = Top(
            live.shownName, node: plan.nodeOfTop, terminal.colour, to: output, at: SystemClock.nanoseconds)
    }

    func drawIfDue(_ now: ContinuousClock.Instant, _ facts: () -> CaptureFacts?) {
        guard Signals.takeResize() || now - drawn >= Self.interval else { return }
        drawn = now
        draw(facts())
    }

    func draw(_ facts: CaptureFacts?) {
        // Of a terminal that does not say its size, the usual one.
        let screen =
            terminal.isTerminal ? Top.Screen(columns: Terminal.width ?? 80, rows: Terminal.height ?? 24) : nil
        top.draw(facts, at: SystemClock.nanoseconds, on: screen)
    }
}
