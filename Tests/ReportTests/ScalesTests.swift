import Fields
import Testing

@testable import Report

@Suite struct ScalesTests {
    @Test(
        arguments: [
            (0, 1), (1, 1), (2, 2), (7, 8), (9, 10), (11, 20), (26_500, 30_000), (80_001, 100_000),
        ] as [(UInt64, UInt64)])
    func axesEndAtRoundNumbers(_ value: UInt64, _ end: UInt64) { #expect(Scales.ceiling(value) == end) }

    /// A capture may say any times.
    @Test func axesOfCenturies() {
        var html = HTML()
        html.axis(span: .max, length: Double(Int64.max))
        #expect(html.text.string.contains(">36400 d</text>"))
        html = HTML()
        html.axis(span: 4_294_967_295_000_000_000, length: 4_298_112_000_000_000_000)
        #expect(html.text.string.contains(">36400 d</text>"))
    }

    @Test func axesEndWhereNumbersDo() { #expect(Scales.ceiling(.max) == .max) }

    @Test(
        arguments: [
            (1, 0), (10_000, 0), (100_000, 100), (1_000_000, 200), (707_000, 184.94), (100_000_000_000, 700),
            (900_000_000_000, 700),
        ] as [(Int64, Double)])
    func timesOnALogarithmicAxis(_ time: Int64, _ place: Double) {
        #expect(abs(Scales.Logarithmic.place(of: time) - place) < 0.01)
    }

    @Test func bothHalvesHaveOneScale() {
        let mirror = Scales.Mirror(height: 202, up: 8_000, down: 26_500)
        #expect(mirror.top == 30_000)
        #expect(abs(mirror.up + mirror.down - 202) < 0.001)
        #expect(abs(mirror.down - 30_000 * mirror.scale) < 0.001)
        #expect(abs(mirror.up - 8_000 * mirror.scale) < 0.001)
    }

    @Test func aHalfWithLittleKeepsRoom() {
        let mirror = Scales.Mirror(height: 202, up: 0, down: 10)
        #expect(mirror.up == Scales.Mirror.least && mirror.down == 202 - Scales.Mirror.least)
    }

    @Test(
        arguments: [
            (0, 0), (999_999, 0), (1_000_000, 1), (7_087_000, 2), (12_500_000, 2), (195_000_000, 4), (2_010_000_000, 5),
            (.max, 5),
        ] as [(Int64, Int)])
    func roomBetweenRows(_ wait: Int64, _ room: Int) { #expect(LadderRoom.steps(wait) == room) }
}
