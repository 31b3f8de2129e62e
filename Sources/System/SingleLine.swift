extension String {
    /// The text in one line: control characters and runs of blanks become one space, none at either end, so that
    /// another program's message can stand in ours and cannot steer the terminal.
    package var singleLine: String {
        let words = unicodeScalars.split { scalar in
            scalar.properties.generalCategory == .control || scalar.properties.isWhitespace
        }
        return words.map { String($0) }.joined(separator: " ")
    }
}
