import BitcoinP2P
import Fields
import Reassembly
import Records

extension RecordBuilder {
    /// Fills ``record`` with an event.
    ///
    /// - Parameter bytes: Of the packet, or of the first bytes of the direction.
    mutating func build(
        _ event: StreamEvent, of sender: StreamSender, number: UInt64, _ bytes: RawSpan, depth: Depth, wantsInfo: Bool
    ) {
        switch event {
        case .gap(let gap): buildGap(gap, of: sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .otherCopy(let range, let origin):
            buildOtherCopy(range, origin, of: sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .fragmentsDiffer(let conflict, let origin):
            buildFragmentConflict(conflict, origin, of: sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .packet(let facts, let arrival):
            buildPacket(facts, arrival, of: sender, number: number, bytes, depth: depth, wantsInfo: wantsInfo)
        case .beginning(let origin, let waitsForKey):
            buildBeginning(
                origin, of: sender, number: number, waitsForKey: waitsForKey, depth: depth, wantsInfo: wantsInfo)
        case .failure(let failure, let origin):
            buildFailure(failure, origin, of: sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .end(let lost, let origin):
            buildEnd(lost, origin, of: sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .encrypted(let direction):
            buildEncrypted(direction, of: sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .ended(let end): buildEnd(of: end, sender, number: number, depth: depth, wantsInfo: wantsInfo)
        case .closed, .resumed, .unread: break
        }
    }
}
