import Testing

@testable import Capture

@Suite struct LiveOptionsTests {
    @Test(arguments: [(Int.min, 1, 1), (0, 1, 1), (1, 1, 1), (2_047, 2_047, 2_047), (Int.max, 262_144, 2_047)])
    func clamped(number: Int, snapLength: Int, bufferMebibytes: Int) {
        var options = LiveOptions()
        #expect(options.clamped == options)
        options.snapLength = number
        options.bufferMebibytes = number
        #expect(options.clamped.snapLength == snapLength && options.clamped.bufferMebibytes == bufferMebibytes)
    }
}
