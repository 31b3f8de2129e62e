import Foundation

/// What of an output a terminal would not show as it stands: everything but printable characters, newlines and tabs.
public func unprintable(_ data: Data) -> [String] {
    guard let text = String(validating: data, as: UTF8.self) else { return ["invalid UTF-8"] }
    var found: Set<UInt32> = []
    for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\t" {
        if scalar.isASCII {
            if scalar.value < 0x20 || scalar.value == 0x7f { found.insert(scalar.value) }
            continue
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            found.insert(scalar.value)
        default: break
        }
    }
    return found.sorted().map { "U+" + String($0, radix: 16) }
}
