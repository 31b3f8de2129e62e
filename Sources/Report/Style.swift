import Crypto
import Fields

/// The page's one style sheet.
package enum Style {
    /// The rules after the colours.
    private static let rules: StaticString = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0 auto;max-width:1120px;padding:28px 32px 64px;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        h1,h2{margin:0;font-weight:600;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
        h1{font-size:26px;overflow-wrap:anywhere}
        h2{font-size:19px;margin-bottom:8px}
        a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:2px}
        a:focus-visible,.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        code,.end{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12.5px}
        .wire{unicode-bidi:isolate;overflow-wrap:anywhere}
        .cut{color:var(--warn);font-size:12px}
        .faint,.lead,.note,.above{color:var(--faint)}
        .above{margin:0;font-size:13px}
        .lead,.note{margin:6px 0 10px;max-width:92ch;font-size:13.5px;text-wrap:pretty}
        .jump{position:absolute;left:-9999px}
        .jump:focus{left:16px;top:8px;padding:6px 10px;background:var(--ground)}
        .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .verdict{margin:10px 0 18px;max-width:76ch}
        .good b{color:var(--good)}
        .doubt b{color:var(--warn)}
        .facts{display:flex;flex-wrap:wrap;gap:14px 38px;margin:0;padding:14px 0;border:solid var(--hair);border-width:1px 0}
        .facts dt{color:var(--faint);font-size:12.5px}
        .facts dd{margin:0;font-size:17px;font-variant-numeric:tabular-nums}
        .facts .small{font-size:13px;line-height:1.4;padding-top:3px}
        nav ol{display:flex;flex-wrap:wrap;gap:2px 18px;margin:12px 0 0;padding:0;list-style:none;font-size:13px}
        section{margin-top:44px}
        footer{margin-top:52px;border-top:1px solid var(--hair);color:var(--faint);font-size:13px;overflow-wrap:anywhere}
        .limits{margin:0;padding-left:18px;max-width:78ch}
        .limits li{margin:4px 0}
        .legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0 8px;padding:0;list-style:none;font-size:13px}
        .key{width:11px;height:11px;margin-right:6px;vertical-align:-1px}
        .plot{display:grid;grid-template-columns:52px minmax(0,1fr);gap:8px}
        .chart{display:block;width:100%;overflow:visible}
        .chart text,.axis text{fill:var(--faint);font-size:11px;font-variant-numeric:tabular-nums}
        .chart text{stroke:var(--ground);stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
        .chart .side{fill:var(--ink)}
        .chart svg,.spark{shape-rendering:auto}
        .hair{stroke:var(--hair);stroke-width:1;fill:none;vector-effect:non-scaling-stroke}
        .zero,.tick,.life{stroke:var(--line);stroke-width:1;fill:none;vector-effect:non-scaling-stroke}
        .gap{stroke:var(--bad);stroke-width:2;stroke-dasharray:3 2;fill:none;vector-effect:non-scaling-stroke}
        .axis{display:block;width:100%;height:13px;overflow:visible}
        .spark{display:block;width:100%;height:26px;overflow:visible}
        .plain{fill:var(--faint)}
        .pairs{stroke:var(--ink);stroke-opacity:.45;stroke-width:1.4;fill:none;vector-effect:non-scaling-stroke}
        .counts{fill:var(--line)}
        .median{stroke:var(--accent);stroke-width:2.4;fill:none;vector-effect:non-scaling-stroke}
        .share{width:84px;height:8px;margin-right:8px}
        .rail{fill:var(--hair)}
        .part{display:inline-block;min-width:44px;text-align:right;font-variant-numeric:tabular-nums}
        .wide{overflow-x:auto;margin:0 -2px;padding:0 2px}
        table{width:100%;border-collapse:collapse;font-size:13.5px}
        th,td{padding:5px 16px 5px 0;border-bottom:1px solid var(--hair);font-weight:400;text-align:left;vertical-align:middle}
        thead th{color:var(--faint);border-bottom-color:var(--line);font-size:12px;line-height:1.35;vertical-align:bottom}
        tbody th{white-space:nowrap}
        tr>:last-child{padding-right:0}
        .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .picture{width:34%;min-width:180px;padding-right:18px}
        thead .picture{padding-bottom:2px}
        .shares{width:150px;white-space:nowrap}
        .pair td,.pair tbody th{vertical-align:top}
        .pair .picture{vertical-align:middle}
        .end{line-height:1.55;white-space:nowrap}
        .agent{min-width:150px;max-width:230px;font-size:13px;line-height:1.5}
        .grave{white-space:nowrap}
        .grave.error{color:var(--bad)}
        .grave.warning{color:var(--warn)}
        .steps td,.steps tbody th{height:24px;padding-top:0;padding-bottom:3px;border:0;vertical-align:bottom}
        .steps tr:target td,.steps tr:target th{background:color-mix(in srgb,var(--accent) 14%,transparent)}
        .steps .when{width:92px}
        .steps .n{color:var(--faint);font-size:12px}
        .steps .wait{display:block;color:var(--warn);font-size:11px;line-height:14px}
        .steps .ties{position:relative;width:36px;min-width:36px;padding:0}
        .ties svg{position:absolute;inset:0;width:32px;height:100%}
        .ties svg svg{position:static;overflow:visible}
        .ties path{fill:none;stroke:var(--line);stroke-width:1.25}
        .steps .lane{position:relative;width:310px;min-width:310px;max-width:310px;padding:0;border:solid var(--line);border-width:0 1px;color:var(--ink);font-size:12.5px;line-height:16px;text-align:center}
        .lane>span{display:block;margin:0 14px 7px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
        .lane small{color:var(--faint);font-size:11.5px}
        .lane svg{position:absolute;left:0;bottom:0;width:100%;height:9px;overflow:visible}
        .lane svg svg{position:static}
        .way line{stroke-width:1.5}
        .way.many line{stroke-width:1.2}
        .steps .says{width:60%;min-width:260px;padding-left:14px;line-height:1.35}
        .steps .ties-words{color:var(--faint);font-size:12px;white-space:nowrap}
        .remark{display:block;color:var(--warn);font-size:12px}
        .remark.error{color:var(--bad)}
        .remark.note-mark{color:var(--faint)}
        .w1 td,.steps .w1 th{height:33px}.w2 td,.steps .w2 th{height:42px}.w3 td,.steps .w3 th{height:51px}.w4 td,.steps .w4 th{height:60px}.w5 td,.steps .w5 th{height:69px}
        .sides{display:flex;text-align:left;justify-content:space-between;gap:10px;color:var(--ink);font-size:11.5px;line-height:1.4}
        .sides>span{min-width:0;max-width:50%;overflow-wrap:anywhere}
        .sides .end{white-space:normal;overflow-wrap:anywhere}
        .sides>span:last-child{text-align:right}
        .steps thead .lane{padding-bottom:5px;border-width:0 0 1px}
        @media (max-width:640px){
        body{padding:18px 16px 40px}
        h1{font-size:21px}
        section{margin-top:34px}
        .facts{display:grid;grid-template-columns:repeat(2,minmax(0,1fr))}
        .odd{display:none}
        .picture{width:150px;min-width:150px}
        .path{min-width:210px}
        tbody th{position:sticky;left:0;z-index:1;padding-right:10px;background:var(--ground)}
        tbody th{min-width:118px;max-width:42vw;white-space:normal}
        tbody th .end{display:block;width:max-content;max-width:40vw;white-space:normal;overflow-wrap:anywhere}
        .steps tbody th{min-width:0}
        .steps .lane{width:220px;min-width:220px;max-width:220px}
        .steps .says{min-width:220px}
        }
        @media print{
        @page{size:A4;margin:13mm}
        body{max-width:none;padding:0;font-size:10.5pt}
        nav,.jump,.odd{display:none}
        section{margin-top:22px}
        h2,thead,.legend,.lead{break-after:avoid}
        tr,.chart{break-inside:avoid}
        thead{display:table-header-group}
        .wide{overflow:visible}
        table{font-size:8.6pt}
        th,td{padding-right:8px}
        .end,code{font-size:7.4pt}
        .chart text{stroke:none}
        .picture{width:28%;min-width:110px}
        .shares{width:100px}
        .share{width:44px}
        .agent{min-width:0}
        .steps .lane{width:200px;min-width:200px;max-width:200px}
        .steps .says{min-width:0}
        .steps .when{width:64px}
        .sides{font-size:6.6pt}
        a{color:inherit;text-decoration:none}
        }
        """

    /// The sheet, made once.
    static let sheet: TextBuffer = {
        var text = colours
        for traffic in Traffic.allCases where traffic != .encrypted {
            let name = "\(traffic.style)".dropFirst(2)
            text.append(".\(traffic.style){fill:var(--\(name));stroke:none}")
            text.append(".way.\(traffic.style) line{stroke:var(--\(name))}\n")
        }
        // Bars that cannot be read are hatched: lines as wide as bars, with gaps.
        text.append(".f-encrypted{fill:none;stroke:var(--faint);stroke-width:.88;stroke-dasharray:2.5 1.5}")
        text.append(".key .f-encrypted{stroke-width:11}\n")
        text.append(rules)
        return text
    }()

    /// The colours by day and by night, as properties of the page.
    package static let colours: TextBuffer = {
        var text = TextBuffer()
        text.append(":root{color-scheme:light dark;")
        append(\.light, to: &text)
        // On paper it is always day.
        text.append("}\n@media screen and (prefers-color-scheme:dark){:root{")
        append(\.dark, to: &text)
        text.append("}}\n")
        return text
    }()

    private static func append(_ colour: KeyPath<ColourToken, UInt32>, to text: inout TextBuffer) {
        for token in ColourToken.all {
            text.append("--")
            text.append(token.name)
            text.append(":#")
            text.append(hexadecimal: UInt64(token[keyPath: colour]), digits: 6)
            text.append(";")
        }
    }

    /// The SHA-256 of the sheet in base64: the page allows no other style.
    static let digest: TextBuffer = {
        var text = TextBuffer()
        text.append(base64: Array(SHA256.hash(data: sheet.bytes)))
        return text
    }()
}

extension TextBuffer {
    package mutating func append(base64 source: [UInt8]) {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for start in stride(from: 0, to: source.count, by: 3) {
            let group = source[start..<min(start + 3, source.count)]
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | (index < group.count ? UInt32(group[start + index]) : 0) }
            for index in 0..<4 {
                append(ascii: index <= group.count ? letters[Int(word >> UInt32(18 - 6 * index) & 63)] : 0x3d)
            }
        }
    }
}
