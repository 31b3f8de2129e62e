import Glibc

/// What a test needed and did not get.
public struct SupportError: Error, CustomStringConvertible {
    public let description: String

    public init(_ what: String) { description = what }
}

/// Throws where `condition` does not hold. For this target, which is no test and so has no `#require`.
public func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw SupportError("\(what()) (\(String(cString: strerror(errno))))") }
}
