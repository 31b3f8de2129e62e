#if Web
import CWeb
import Fields
import Report

/// The files of the page, which are in the program. They hold no data.
enum Assets {
    struct Asset: Sendable {
        let type: String
        let bytes: [UInt8]
    }

    /// By path.
    static let all: [String: Asset] = {
        var assets = ["/tokens.css": Asset(type: type(of: "tokens.css"), bytes: Style.colours.bytes)]
        for place in 0..<web_file_count() {
            let file = web_file_at(place)
            let name = String(cString: file.name)
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.length))
            assets[name == "app.html" ? "/" : "/" + name] = Asset(type: type(of: name), bytes: bytes)
        }
        return assets
    }()

    private static func type(of name: String) -> String {
        if name.hasSuffix(".html") { return "text/html; charset=utf-8" }
        if name.hasSuffix(".css") { return "text/css; charset=utf-8" }
        return "text/javascript; charset=utf-8"
    }
}
#endif
