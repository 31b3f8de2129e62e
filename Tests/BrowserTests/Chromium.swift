import Foundation

/// A real browser without a window, spoken to by the DevTools protocol over a pipe: JSON that ends with NUL.
final class Chromium {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let program = "chromium-headless-shell"
    /// A slow machine, and a page that takes its time.
    private static let patience: Duration = .seconds(300)

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

    /// - Parameter obeysPolicy: Whether a page's Content-Security-Policy holds for it. What looks at the page is no part of
    ///   it: scripts of ``evaluate(_:)`` run in either case.
    init(obeysPolicy: Bool = false) throws {
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
        try call("Page.setBypassCSP", ["enabled": !obeysPolicy])
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
    @discardableResult
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

    /// Runs a script in every page from now on, before its own.
    func prepare(_ script: String) throws {
        try call("Page.addScriptToEvaluateOnNewDocument", ["source": script])
    }

    /// Waits until an expression is true.
    ///
    /// - Parameter seconds: Within which it becomes so, also on a machine that does much else; below ``patience``.
    func wait(until condition: String, within seconds: Int = 60) throws {
        let isMet = try evaluate(
            """
            (async () => {
                // By the clock: on a busy machine, or in a page that nobody sees, timers come late.
                for (const end = performance.now() + \(seconds * 1_000); performance.now() < end;) {
                    if (\(condition)) return true;
                    await new Promise((resolve) => { setTimeout(resolve, 20); });
                }
                return Boolean(\(condition));
            })()
            """)
        guard isMet as? Bool == true else { throw Failure(description: "This never was so: \(condition)") }
    }

    // MARK: Keys and pointer

    private static let keyCodes = [
        "ArrowDown": 40, "ArrowLeft": 37, "ArrowRight": 39, "ArrowUp": 38, "End": 35, "Enter": 13, "Escape": 27,
        "Home": 36,
        "PageDown": 34, "PageUp": 33, "Tab": 9,
    ]

    /// Presses and releases a key.
    ///
    /// - Parameter key: As `KeyboardEvent.key` names it.
    func press(_ key: String, withShift: Bool = false) throws {
        var event: [String: Any] = ["key": key, "modifiers": withShift ? 8 : 0]
        event["windowsVirtualKeyCode"] = Self.keyCodes[key] ?? key.uppercased().utf8.first.map(Int.init)
        if key.count == 1 || key == "Enter" { event["text"] = key == "Enter" ? "\r" : key }
        try call("Input.dispatchKeyEvent", event.merging(["type": "keyDown"]) { $1 })
        event["text"] = nil
        try call("Input.dispatchKeyEvent", event.merging(["type": "keyUp"]) { $1 })
    }

    /// Writes into what has the focus.
    func type(_ text: String) throws {
        try call("Input.insertText", ["text": text])
    }

    /// Clicks into the middle of the first element of a selector.
    func click(_ selector: String) throws {
        let place = try place(of: selector)
        try drag(from: place, to: place)
    }

    /// Presses the pointer's button at one place and releases it at another; in pixels of the page.
    func drag(from start: (x: Double, y: Double), to end: (x: Double, y: Double)) throws {
        for (type, place) in [
            ("mouseMoved", start), ("mousePressed", start), ("mouseMoved", end), ("mouseReleased", end),
        ] {
            let isPressed = type == "mousePressed" || type == "mouseReleased"
            try call(
                "Input.dispatchMouseEvent",
                [
                    "type": type, "x": place.x, "y": place.y,
                    "button": type == "mouseMoved" && place == start ? "none" : "left",
                    "buttons": type == "mouseReleased" ? 0 : 1, "clickCount": isPressed ? 1 : 0,
                ])
        }
    }

    /// The middle of the first element of a selector, or another share of its width.
    func place(of selector: String, at share: Double = 0.5) throws -> (x: Double, y: Double) {
        let place = try evaluate(
            """
            (() => {
                const box = document.querySelector(`\(selector)`)?.getBoundingClientRect();
                return box ? [box.left + box.width * \(share), box.top + box.height / 2] : null;
            })()
            """)
        guard let place = place as? [Double], place.count == 2 else { throw Failure(description: "No \(selector)") }
        return (place[0], place[1])
    }

    // MARK: The protocol

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
        number += 1
        var message: [String: Any] = ["id": number, "method": method, "params": parameters]
        if let session { message["sessionId"] = session }
        try toBrowser.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: message) + [0])
        // A page that follows a capture has the browser say something all the time.
        let end = ContinuousClock.now + Self.patience
        while true {
            let answer = try receive()
            guard answer["id"] as? Int == number else {
                if ContinuousClock.now < end { continue }
                throw Failure(description: "\(method): the browser does not answer.")
            }
            if let error = answer["error"] as? [String: Any] {
                throw Failure(description: "\(method): \(error["message"] ?? error)")
            }
            return answer["result"] as? [String: Any] ?? [:]
        }
    }

    private func wait(for isAwaited: ((method: String, parameters: [String: Any])) -> Bool) throws {
        let end = ContinuousClock.now + Self.patience
        while !events.contains(where: isAwaited) {
            _ = try receive()
            if ContinuousClock.now > end { throw Failure(description: "The browser never says what is awaited.") }
        }
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
