#if Web
import HTTPTypes

/// Who may ask: only pages of this server in a browser on this host, or programs that know the token.
///
/// A page from elsewhere may have the browser of this host send requests here, also under a name of its own that leads here
/// (DNS rebinding): it has another Host, or says in Origin or Sec-Fetch-Site where it is from.
struct Guard: Sendable {
    private let port: Int
    private let hosts: [String]
    /// Nil where none is needed.
    private let token: Token?

    /// Longer addresses are refused.
    static let mostAddressBytes = 8 << 10

    /// - Parameter names: What this server is called beside its names on this host: addresses of `--listen`.
    init(port: Int, names: [String], _ token: Token?) {
        self.port = port
        self.token = token
        hosts = (["127.0.0.1", "localhost", "[::1]"] + names).map { "\($0):\(port)" }
    }

    /// Looks at a request, in this order: Host, Origin, Sec-Fetch-Site, method, address, token.
    ///
    /// - Parameter needsToken: It is for what the capture has.
    func check(_ request: HTTPRequest, needsToken: Bool) throws(Problem) {
        let fields = request.headerFields
        guard let host = request.authority?.lowercased(), hosts.contains(host),
            // A second one: the first became the authority. Fields are found by their text, so that there is no name that
            // could be another one's.
            !fields.contains(where: { $0.name.canonicalName == "host" })
        else {
            throw Problem(
                .misdirectedRequest, "wrong_host",
                "This server answers to http://127.0.0.1:\(port) and http://localhost:\(port). Over ssh, forward the same "
                    + "port: serve --port \(port), and ssh -L \(port):127.0.0.1:\(port).")
        }
        if fields.contains(.origin), fields[values: .origin] != ["http://\(host)"] {
            throw Problem(.forbidden, "foreign_origin", "Only pages of this server may ask.")
        }
        let sites = fields.filter { $0.name.canonicalName == "sec-fetch-site" }.map(\.value)
        guard sites.allSatisfy({ $0 == "same-origin" || $0 == "none" }) else {
            throw Problem(.forbidden, "foreign_origin", "Only pages of this server may ask.")
        }
        guard request.method == .get || request.method == .head else {
            throw Problem(.methodNotAllowed, "method_not_allowed", "Nothing can be changed here: only GET and HEAD.")
        }
        guard request.path?.hasPrefix("/") == true else { throw .request("An address begins with a slash.") }
        guard request.path?.utf8.count ?? 0 <= Self.mostAddressBytes else {
            throw Problem(.uriTooLong, "too_long", "An address has at most \(Self.mostAddressBytes) bytes.")
        }
        if needsToken, let token, !token.isNamed(by: fields[.authorization]) {
            throw Problem(
                .unauthorized, "no_token", "Open the address that btcshark serve has printed: it has the token.")
        }
    }
}

/// What every answer says to the browser.
enum SafetyHeaders {
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'"

    static let all: HTTPFields = {
        var fields = HTTPFields()
        let texts = [
            ("Content-Security-Policy", contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cache-Control", "no-store"),
        ]
        for (name, value) in texts {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()
}
#endif
