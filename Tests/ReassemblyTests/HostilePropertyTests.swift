import Foundation
import Reassembly
import Support
import Testing

/// Two honest ends, an attacker and a capture point, from seeds: what is delivered is what was sent, every captured byte
/// is in one count, and what is missing is what was not captured.
///
/// In full with `make hostile`; `PROPERTY_SEED` runs one, `PROPERTY_BASE` begins at another seed.
@Suite struct HostilePropertyTests {
    private static let isFull = ProcessInfo.processInfo.environment["HOSTILE_PROGRAM"] != nil
    private static let seed = ProcessInfo.processInfo.environment["PROPERTY_SEED"].flatMap { UInt64($0) }
    private static let base = ProcessInfo.processInfo.environment["PROPERTY_BASE"].flatMap { UInt64($0) } ?? 0
    private static let groups: UInt64 = 20
    private static let casesOfGroup: UInt64 = isFull ? 5_000 : 100

    @Test(arguments: 0..<groups) func properties(_ group: UInt64) {
        if let seed = Self.seed {
            guard group == 0 else { return }
            let trial = PropertyTrial(seed: seed)
            print(trial.story)
            #expect(trial.problems.isEmpty, "seed \(seed): \(trial.problems.prefix(4))")
            return
        }
        let first = Self.base &+ group * Self.casesOfGroup
        for index in 0..<Self.casesOfGroup {
            let seed = first &+ index
            let trial = PropertyTrial(seed: seed)
            #expect(trial.problems.isEmpty, "seed \(seed): \(trial.problems.prefix(4))")
            guard trial.problems.isEmpty else { return }
        }
    }

    /// The generator makes what it should: else the properties would hold for nothing.
    @Test func theGeneratorMakesEverything() {
        var forgeries = Set<Forgery>()
        var (bytes, complete, closed, lost) = (0, 0, 0, 0)
        for seed in 0..<300 as Range<UInt64> {
            let trial = PropertyTrial(seed: seed)
            forgeries.formUnion(trial.captured.compactMap(\.forgery))
            bytes += trial.traffic.client.read.count + trial.traffic.server.read.count
            complete += trial.capture.isComplete ? 1 : 0
            closed += trial.traffic.client.acknowledged == trial.traffic.client.total ? 1 : 0
            lost += trial.statistics.missingBytes > 0 ? 1 : 0
        }
        #expect(forgeries == Set(Forgery.allCases))
        #expect(bytes > 300_000 && complete > 100 && closed > 100 && lost > 30)
    }
}
