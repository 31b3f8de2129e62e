import Capture

extension CaptureStatistics {
    /// One line for people.
    ///
    /// - Parameter taken: The packets that were recorded or dissected; nil while more are.
    func text(taken: UInt64?) -> String {
        let line =
            "\(received) \(received == 1 ? "packet" : "packets") received, \(droppedByKernel) dropped by the kernel, "
            + "\(droppedByInterface) by the interface, \(droppedByUs) by btcshark"
        let (gone, _) = droppedByKernel.addingReportingOverflow(droppedByUs)
        guard let taken, received > gone, received - gone > taken else { return line }
        // A limit was reached before them.
        return line + ", \(received - gone - taken) left in the queue when the capture ended"
    }
}
