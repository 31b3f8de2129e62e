import Capture

extension CaptureStatistics {
    /// One line for people.
    ///
    /// - Parameter taken: The packets that were recorded or dissected; nil while more are.
    func text(taken: UInt64?) -> String {
        let shown = notShown > 0 ? ", \(notShown) recorded but not shown" : ""
        let line =
            "\(received) \(received == 1 ? "packet" : "packets") received, \(droppedByKernel) dropped by the kernel, "
            + "\(droppedByInterface) by the interface, \(droppedByUs) by btcshark\(shown)"
        let (gone, _) = droppedByKernel.addingReportingOverflow(droppedByUs)
        guard let taken, received > gone, received - gone > taken else { return line }
        // A limit was reached before them.
        return line + ", \(received - gone - taken) left in the queue when the capture ended"
    }

    /// What a recording lacks, in a sentence; nil where it has every packet that the interface gave.
    func loss(of recording: String) -> String? {
        let (gone, _) = droppedByKernel.addingReportingOverflow(droppedByUs)
        guard gone > 0 else { return nil }
        let file = recording == "-" ? "standard output" : recording
        return "\(file): the recording lacks \(gone) \(gone == 1 ? "packet" : "packets"): "
            + "\(droppedByKernel) lost by the kernel, \(droppedByUs) by btcshark"
    }
}
