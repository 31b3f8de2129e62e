import Records

/// Ties requests to their answers, in three tracks beside the rows of a ladder.
///
/// A request takes the first track that is free until its last answer; one that finds none free has no bracket.
package enum LadderBrackets {
    package static let tracks = 3

    /// What stands in one track beside a row.
    package enum Piece: Sendable {
        case none
        /// ┌
        case begin
        /// │
        case pass
        /// ├
        case join
        /// └
        case end
    }

    /// The pieces of each row, from the left.
    package static func pieces(of rows: [LadderRow]) -> [[Piece]] {
        var pieces = rows.map { _ in [Piece](repeating: .none, count: tracks) }
        var places: [UInt64: Int] = [:]
        var answers: [Int: [Int]] = [:]
        for (place, row) in rows.enumerated() {
            guard case .step(let step) = row.content, step.order > 0 else { continue }
            places[step.order] = place
            guard let request = step.answered.flatMap({ places[$0.order] }), request < place else { continue }
            answers[request, default: []].append(place)
        }
        for request in answers.keys.sorted() {
            guard let ends = answers[request], let last = ends.last,
                let track = (0..<tracks).first(where: { track in
                    (request...last).allSatisfy { pieces[$0][track] == .none }
                })
            else { continue }
            for row in request...last { pieces[row][track] = .pass }
            for row in ends { pieces[row][track] = .join }
            pieces[request][track] = .begin
            pieces[last][track] = .end
        }
        return pieces
    }
}
