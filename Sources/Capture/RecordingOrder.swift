/// What ``RecordingHelperProcess`` is started with, as arguments: whose files it makes, and where a ring's next begins.
struct RecordingOrder: Equatable {
    var path: String
    /// Nil where there is one file only.
    var ring: CaptureLimits?
    var userID: UInt32
    var groupID: UInt32
    /// Nobody but their owner may read the files.
    var isPrivate = false

    /// The last argument then.
    private static let privateWord = "private"

    init(path: String, ring: CaptureLimits?, userID: UInt32, groupID: UInt32, isPrivate: Bool = false) {
        self.path = path
        self.ring = ring
        self.userID = userID
        self.groupID = groupID
        self.isPrivate = isPrivate
    }

    /// - Parameter words: Those after ``RecordingHelper/argument``; nil where they are no order.
    init?(_ words: [String]) {
        var words = words
        let isPrivate = words.count > 4 && words.last == Self.privateWord
        if isPrivate { words.removeLast() }
        guard words.count >= 4, let userID = UInt32(words[2]), let groupID = UInt32(words[3]) else { return nil }
        var ring: CaptureLimits?
        if words[1] == "ring" {
            var limits = CaptureLimits()
            do throws(CaptureLimits.Invalid) {
                for word in words[4...] { try limits.add(word) }
            } catch { return nil }
            ring = limits
        } else if words[1] != "file" || words.count > 4 {
            return nil
        }
        self.init(path: words[0], ring: ring, userID: userID, groupID: groupID, isPrivate: isPrivate)
    }

    var arguments: [String] {
        [path, ring == nil ? "file" : "ring", "\(userID)", "\(groupID)"] + (ring?.texts ?? [])
            + (isPrivate ? [Self.privateWord] : [])
    }
}

extension CaptureLimits {
    /// As ``add(_:)`` takes them.
    var texts: [String] {
        [
            duration.map { "duration:\($0)" }, fileSize.map { "filesize:\($0 / 1_000)" },
            files.map { "files:\($0)" }, packets.map { "packets:\($0)" },
        ].compactMap(\.self)
    }
}
