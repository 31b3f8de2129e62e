import Capture

extension CaptureStatistics {
    /// One line for people.
    var text: String {
        "\(received) \(received == 1 ? "packet" : "packets") received, \(droppedByKernel) dropped by the kernel, "
            + "\(droppedByInterface) by the interface, \(droppedByUs) by btcshark"
    }
}
