/// Why a function is not found, or not for sure: a clause whose "it" is the file.
struct SearchFailure: Error, Equatable {
    let words: String
    /// Nothing in the file is the function's.
    let isAbsence: Bool

    init(_ words: String, isAbsence: Bool = false) {
        self.words = words
        self.isAbsence = isAbsence
    }
}
