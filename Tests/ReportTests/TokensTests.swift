import Testing

@testable import Report

/// Colours can be read, by day and by night, and kept apart.
@Suite struct TokensTests {
    @Test func contrastOfKnownPairs() {
        #expect(abs(ColourToken.contrast(0x000000, 0xffffff) - 21) < 0.01)
        #expect(abs(ColourToken.contrast(0x777777, 0xffffff) - 4.48) < 0.01)
        #expect(ColourToken.contrast(0x123456, 0x123456) == 1)
    }

    @Test(arguments: ColourToken.all.indices)
    func contrastOnTheGround(_ index: Int) {
        let token = ColourToken.all[index]
        let ground = ColourToken.all[0]
        let least =
            switch token.use {
            case .text: 6.0
            case .drawing: 3.0
            case .ground: 1.0
            }
        #expect(ColourToken.contrast(token.light, ground.light) >= least, "\(token.name), light")
        #expect(ColourToken.contrast(token.dark, ground.dark) >= least, "\(token.name), dark")
    }
}
