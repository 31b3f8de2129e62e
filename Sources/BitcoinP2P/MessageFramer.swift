import Dissection

public struct MessageFramer {
    public static let lengthLimit = 4_000_000
}
