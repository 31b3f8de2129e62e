import Insight
import System

extension Pipeline {
    /// What packets tell, with the names of the files that they are of; nil where packets are not observed.
    ///
    /// - Parameter counts: What is known of all that is read; where nil, what is known here.
    public func facts(ofFiles paths: [String], _ counts: Counts? = nil) -> CaptureFacts? {
        guard var facts else { return nil }
        facts.files = paths.map { String($0[Path.nameStart($0)...]).singleLine }
        let counts = counts ?? self.counts
        facts.gaps = counts.gaps
        facts.missingBytes = counts.missingBytes
        facts.skippedBytes = counts.skippedBytes
        return facts
    }
}
