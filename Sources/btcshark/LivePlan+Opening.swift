import Capture
import System

/// What is done with an opened interface before anything of it is looked at.
extension LivePlan {
    /// Goes on as who we should be.
    func dropPrivileges() throws {
        if let user {
            try Privileges.drop(to: user)
            if let unreachable = unreachableUser {
                StandardError.complain(
                    "still root, without root's capabilities, since root cannot become '\(unreachable.name)' here; "
                        + "-Z USER names another user")
            }
        } else if Privileges.isRoot {
            StandardError.complain(
                "still running as root while parsing untrusted traffic, since there is no user 'nobody'; use -Z USER")
        } else if Privileges.hasCapabilities {
            try Privileges.dropCapabilities()
        }
    }

    func announce(_ capture: borrowing LiveCapture) {
        StandardError.complain("capturing on \(shownName) (link type \(capture.linkType)), \(filterText)")
    }

    /// Says why there is no capture.
    static func complain(of error: any Error) -> Status {
        StandardError.complain("\(error)")
        guard let error = error as? CaptureError, case .live(let problem) = error.problem else { return .input }
        return switch problem {
        case .noSuchInterface, .notPermitted, .badFilter, .isDown: .usage
        case .wentDown, .vanished, .cameBackOtherwise, .helperEnded, .failed: .input
        }
    }
}
