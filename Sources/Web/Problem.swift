#if Web
import Fields
import HTTPTypes
import Output

/// Why a request is refused.
struct Problem: Error {
    let status: HTTPResponse.Status
    /// For programs.
    let code: StaticString
    let message: String
    /// Where in the filter, in UTF-16.
    var place: (at: Int, length: Int)?

    init(_ status: HTTPResponse.Status, _ code: StaticString, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ problem: FilterProblem) {
        self.init(.badRequest, "bad_filter", problem.message)
        place = (problem.at, problem.length)
    }

    static func request(_ message: String) -> Problem { Problem(.badRequest, "bad_request", message) }
    static let notFound = Problem(.notFound, "not_found", "There is nothing at this address.")
    static let changed = Problem(
        .gone, "gone", "The capture has changed since it was read: start btcshark serve again.")
    static let left = request(
        "The connection was closed for sending before this was answered, as by who needs it no longer: nothing more was read "
            + "for it. Keep it open until the answer has come.")
    static let busy = Problem(.serviceUnavailable, "busy", "The program ends, or is busy: try again.")

    var json: TextBuffer {
        var text = TextBuffer()
        text.append("{\"error\":{\"code\":\"")
        text.append(code)
        text.append("\"")
        var shown = TextBuffer()
        shown.append(quoting: message)
        text.append(member: "message", shown.bytes)
        if let place {
            text.append(member: "at", place.at)
            text.append(member: "length", place.length)
        }
        text.append("}}")
        return text
    }
}
#endif
