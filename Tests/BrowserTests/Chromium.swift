import Foundation

/// A real browser without a window, spoken to by the DevTools protocol over a pipe: JSON that ends with NUL.
final class Chromium {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let program = "chromium-headless-shell"

    static var isInstalled: Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    private let process = Process()
    private let (toBrowser, fromBrowser) = (Pipe(), Pipe())
    private let profile: URL
    private var pending = Data()
    private var number = 0
    private var session: String?
    /// What the browser has said by itself: the method and its parameters.
    private(set) var events: [(method: String, parameters: [String: Any])] = []

    init() throws {
        profile = FileManager.default.temporaryDirectory.appendingPathComponent("browser-" + UUID().uuidString)
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The browser reads descriptor 3 and writes 4. As root it has no sandbox to offer.
        process.arguments = [
            "-c",
            """
            exec \(Self.program) --no-sandbox --disable-gpu --remote-debugging-pipe --hide-scrollbars \
            --user-data-dir="$0" about:blank 3<&0 4>&1 0</dev/null 1>&2
            """, profile.path,
        ]
        process.standardInput = toBrowser
        process.standardOutput = fromBrowser
        process.standardError = FileHandle.nullDevice
        try process.run()
        let targets = try call("Target.getTargets")["targetInfos"] as? [[String: Any]]
        guard let page = targets?.first(where: { $0["type"] as? String == "page" })?["targetId"] as? String else {
            throw Failure(description: "The browser has no page.")
        }
        session = try call("Target.attachToTarget", ["targetId": page, "flatten": true])["sessionId"] as? String
        for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
        // What looks at the page is no part of it.
        try call("Page.setBypassCSP", ["enabled": true])
    }

    /// What was started is a script, whose end would not be the browser's: it ends by itself, also where nobody speaks to it
    /// any more.
    deinit {
        session = nil
        _ = try? call("Browser.close")
        try? toBrowser.fileHandleForWriting.close()
        for _ in 0..<200 where process.isRunning { usleep(50_000) }
        try? fromBrowser.fileHandleForReading.close()
        try? FileManager.default.removeItem(at: profile)
    }

    // MARK: Pages

    /// Shows a file, and waits until it is loaded.
    func open(_ file: URL, width: Int, isDark: Bool) throws {
        try call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 640])
        try emulate(media: "", isDark: isDark)
        events = []
        let result = try call("Page.navigate", ["url": file.absoluteString])
        if let problem = result["errorText"] as? String { throw Failure(description: problem) }
        try wait { $0.method == "Page.loadEventFired" }
    }

    func emulate(media: String, isDark: Bool) throws {
        try call(
            "Emulation.setEmulatedMedia",
            [
                "media": media,
                "features": [["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]],
            ])
    }

    /// What a script gives, which may be a promise.
    func evaluate(_ script: String) throws -> Any? {
        let result = try call(
            "Runtime.evaluate", ["expression": script, "returnByValue": true, "awaitPromise": true])
        if let details = result["exceptionDetails"] as? [String: Any] {
            throw Failure(description: "\(details)")
        }
        return (result["result"] as? [String: Any])?["value"]
    }

    /// The page as it would be printed.
    func print() throws -> Data {
        let result = try call("Page.printToPDF", ["preferCSSPageSize": true, "printBackground": false])
        return (result["data"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
    }

    // MARK: The protocol

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        number += 1
        var message: [String: Any] = ["id": number, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        try toBrowser.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
        while true {
            let answer = try receive()
            guard answer["id"] as? Int == number else { continue }
            if let error = answer["error"] as? [String: Any] {
                throw Failure(description: "\(method): \(error["message"] ?? error)")
            }
            return answer["result"] as? [String: Any] ?? [:]
        }
    }

    private func wait(for isAwaited: ((method: String, parameters: [String: Any])) -> Bool) throws {
        while !events.contains(where: isAwaited) { _ = try receive() }
    }

    /// The next message; what the browser says by itself is noted.
    private func receive() throws -> [String: Any] {
        while true {
            if let end = pending.firstIndex(of: 0) {
                let message = pending[pending.startIndex..<end]
                pending = Data(pending[pending.index(after: end)...])
                guard let answer = try JSONSerialization.jsonObject(with: message) as? [String: Any] else { continue }
                if let method = answer["method"] as? String {
                    events.append((method, answer["params"] as? [String: Any] ?? [:]))
                }
                return answer
            }
            var state = pollfd(
                fd: fromBrowser.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
            // A slow machine, and a page that takes its time.
            guard poll(&state, 1, 120_000) > 0 else { throw Failure(description: "The browser says nothing.") }
            let more = fromBrowser.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(description: "The browser has ended.") }
            pending += more
        }
    }
}
