import DisplayFilter
import Fields
import Testing

/// A filter with its wrong part underlined, and what is said of it.
struct Mistake: Sendable, CustomTestStringConvertible {
    let filter: String
    let underline: String
    let message: String

    init(_ filter: String, _ underline: String, _ message: String) {
        self.filter = filter
        self.underline = underline
        self.message = message
    }

    var testDescription: String { filter }
}

@Suite struct FilterErrorTests {
    static let mistakes = [
        Mistake("", "^", "The filter is empty."),
        Mistake("   ", "   ^", "The filter is empty."),
        Mistake("demo.u9 == 1", "^~~~~~~", "There is no field 'demo.u9'. Did you mean demo.u8"),
        Mistake("agent", "^~~~~", "Did you mean demo.agent?"),
        Mistake("demo and zzzzzzzzzzzzzz", "         ^~~~~~~~~~~~~~", "There is no field 'zzzzzzzzzzzzzz'."),
        Mistake("demo.u8 ==", "          ^", "The filter ends where something must follow."),
        Mistake("demo.u8 == 256", "           ^~~", "256 does not fit: demo.u8 is a number from 0 to 255."),
        Mistake("demo.u8 == -1", "           ^~", "-1 does not fit: demo.u8 is a number from 0 to 255."),
        Mistake("demo.signed == 2147483648", "               ^~~~~~~~~~", "from -2147483648 to 2147483647"),
        Mistake("demo.u64 == 99999999999999999999999", "            ^~~~~~~~~~~~~~~~~~~~~~~", "does not fit"),
        Mistake("demo.u8 == abc", "           ^~~", "demo.u8 needs a number, not 'abc'."),
        Mistake("_ws.expertt", "^~~~~~~~~~~", "There is no field '_ws.expertt'."),
        Mistake("_demo.u8 == 1", "^~~~~~~~", "There is no field '_demo.u8'. Did you mean demo.u8"),
        Mistake("demo.agent > 5", "             ^", "in a dictionary, not as numbers: write \"5\" for that."),
        Mistake("len(demo.u8) > 0 and demo.agent in {1..20}", String(repeating: " ", count: 36) + "^", "dictionary"),
        Mistake("0.5 < lower(demo.agent)", "^~~", "dictionary"),
        Mistake("demo.decimal == abc", "                ^~~", "demo.decimal is a number, such as 2, 0.5 or 4.6e-10"),
        Mistake("demo.decimal == nan", "                ^~~", "demo.decimal is a number"),
        Mistake("demo.decimal == \"1\"", "                ^~~", "without quotes"),
        Mistake("abs(demo.decimal) > 1", "    ^~~~~~~~~~~~", "a whole number or a duration"),
        Mistake("demo.decimal & 1", "^~~~~~~~~~~~", "'&' is for numbers"),
        Mistake("demo.decimal == demo.u8", "                ^~~~~~~", "they cannot be compared"),
        Mistake("any demo.port not in {1}", "              ^~~", "'any' and 'not in' do not go together"),
        Mistake("demo.u8 == 09", "           ^~", "needs a number, not '09'"),
        Mistake("demo.u8 == 0x", "           ^~", "needs a number, not '0x'"),
        Mistake("demo.u8 == \"200\"", "           ^~~~~", "write it without quotes"),
        Mistake("demo.type == MSG_TY", "             ^~~~~~", "name of a value of demo.type. Did you mean MSG_TX"),
        Mistake("demo.type == \"1\"", "             ^~~", "write it without quotes"),
        Mistake("demo.u8 & \"1\"", "          ^~~", "A mask is a number"),
        Mistake("demo.u8 = 200", "        ^", "write '==' for equal"),
        Mistake("demo.u8 | 2", "        ^", "write '||' or 'or'"),
        Mistake("demo.u8 200", "        ^~~", "a comparison or one of 'and', 'or', 'xor' is missing"),
        Mistake("demo.u8 == 200 demo.port", "               ^~~~~~~~~", "one of 'and', 'or', 'xor' is missing"),
        Mistake("(demo.u8", "^", "'(' without a ')' after it."),
        Mistake("demo.u8)", "       ^", "')' without a '(' before it."),
        Mistake("demo.u8 and", "           ^", "The filter ends where something must follow."),
        Mistake("== 5", "^~", "nothing to compare on its left"),
        Mistake("5", "^", "A field is needed here, not the value '5'."),
        Mistake("5 == 5", "^", "A field is needed here, not the value '5'."),
        Mistake("demo.prt == 8333", "^~~~~~~~", "There is no field 'demo.prt'. Did you mean demo.port"),
        Mistake("demo.prt == demo.port", "^~~~~~~~", "There is no field 'demo.prt'."),
        Mistake("demo.group == 1", "^~~~~~~~~~", "demo.group is a heading over other fields: it is present or not"),
        Mistake("demo contains \"a\"", "^~~~", "demo is a heading over other fields"),
        Mistake("len(demo) > 1", "    ^~~~", "demo is a heading over other fields and has no value."),
        Mistake("demo.u8 contains 1", "^~~~~~~", "write string(demo.u8)"),
        Mistake("demo.src matches \"1\"", "^~~~~~~~", "demo.src is an IPv4 address: write string(demo.src)"),
        Mistake("demo.agent matches sat", "                   ^~~", "needs a pattern in double quotes"),
        Mistake("demo.agent matches \"a(b\"", "                     ^", "In the pattern: '(' without a ')'"),
        Mistake("demo.agent matches r\"a\\1\"", "                      ^", "Back references are not supported."),
        Mistake("demo.agent matches \"[z-a]\"", "                     ^", "The range ends before it begins."),
        Mistake("demo.agent matches \"a{1000}{1000}\"", "                    ^", "repeats too much"),
        Mistake("demo.agent == \"\\q\"", "               ^~", "No such escape"),
        Mistake("demo.agent == \"abc", "              ^~~~", "The string does not end"),
        Mistake("demo.agent == 'abc'", "              ^~~~~", "Single quotes hold one byte"),
        Mistake("demo.agent == \"\\xzz\"", "               ^~", "needs one or two digits"),
        Mistake("demo.agent contains \"\"", "                    ^~", "Every value contains the empty one"),
        Mistake("demo.agent == and", "              ^~~", "'and' is a word of the language"),
        Mistake("demo.agent[x]", "           ^", "A slice is [start:length]"),
        Mistake("demo.agent[0,]", "             ^", "A slice is [start:length]"),
        Mistake("demo.agent[0:0]", "           ^~~", "A slice is [start:length]"),
        Mistake("demo.agent[0", "          ^", "'[' without a ']' after it."),
        Mistake("demo.u8[0]", "^~~~~~~", "only bytes, text and addresses have slices"),
        Mistake("demo.hash == 0000", "             ^~~~", "A hash has 64 hexadecimal digits, this has 4"),
        Mistake("demo.hash == xyz", "             ^~~", "hexadecimal digits as Bitcoin shows them"),
        Mistake("demo.script == abc", "               ^~~", "needs bytes, such as aa:bb, aabb or \"text\", not 'abc'."),
        Mistake("demo.script contains 1:2:345", "                     ^~~~~~~", "demo.script needs bytes"),
        Mistake("demo.src == 1.2.3", "            ^~~~~", "demo.src needs an IP address, not '1.2.3'."),
        Mistake("demo.src == 1.2.3.4/33", "            ^~~~~~~~~~", "has 0 to 32 bits"),
        Mistake("demo.src == ::1", "            ^~~", "demo.src needs an IPv4 address, not the IPv6 address '::1'."),
        Mistake("demo.address == 1::2::3", "                ^~~~~~~", "demo.address needs an IP address"),
        Mistake("demo.seconds == yesterday", "                ^~~~~~~~~", "is a point in time, such as"),
        Mistake("demo.seconds == \"2011-02-30\"", "                ^~~~~~~~~~~~", "is a point in time, such as"),
        Mistake("demo.time > \"2011-03-28 25:00\"", "            ^~~~~~~~~~~~~~~~~~", "is a point in time"),
        Mistake("demo.duration == 1.0000000001", "                 ^~~~~~~~~~~~", "at most nine decimals"),
        Mistake("demo.boolean == yes", "                ^~~", "is true or false, or 1 or 0"),
        Mistake("demo.u8 == demo.agent", "           ^~~~~~~~~~", "demo.u8 is a number, demo.agent is text"),
        Mistake("demo.time == demo.duration", "             ^~~~~~~~~~~~~", "they cannot be compared"),
        Mistake("demo.hash == demo.script", "             ^~~~~~~~~~~", "they cannot be compared"),
        Mistake("demo.mixed == 1", "^~~~~~~~~~", "stands for fields of different types"),
        Mistake("demo.u8 in 5", "           ^", "'in' needs a set after it"),
        Mistake("demo.u8 in {}", "            ^", "In a set a value is missing here."),
        Mistake("demo.u8 in {1 2}", "              ^", "values are separated by commas"),
        Mistake("demo.u8 in {5..1}", "            ^~~~", "The range ends before it begins."),
        Mistake("demo.u8 in {1, 300}", "               ^~~", "300 does not fit"),
        Mistake("demo.u8 == {1}", "           ^", "This was not expected here."),
        Mistake("lenn(demo.agent) == 1", "^~~~", "There is no function 'lenn'"),
        Mistake("len(demo.agent)", "^~~~~~~~~~~~~~~", "compare it with something"),
        Mistake("len() == 1", "^~~~~", "len() takes one argument."),
        Mistake("len(demo.agent, demo.u8) == 1", "^~~~~~~~~~~~~~~~~~~~~~~~", "len() takes one argument."),
        Mistake("len(demo.agent == 1", "               ^~", "A ')' must end the arguments of 'len'."),
        Mistake("lower(demo.u8) == \"a\"", "      ^~~~~~~", "lower() takes text, and demo.u8 is a number."),
        Mistake("count(len(demo.agent)) == 1", "      ^~~~~~~~~~~~~~~", "count() takes a field."),
        Mistake("count(demo.itm) == 1", "      ^~~~~~~~", "There is no field 'demo.itm'. Did you mean demo.item"),
        Mistake("abs(max(demo.item)) == 1", "    ^~~~~~~~~~~~~~", "computed from all values"),
        Mistake("max(demo.u8, demo.agent) == 1", "             ^~~~~~~~~~", "takes numbers of one type"),
        Mistake("max() == 1", "^~~~~", "max() takes at least one argument."),
        Mistake("demo.agent & 1", "^~~~~~~~~~", "'&' is for numbers"),
        Mistake("demo.u8 & x", "          ^", "A mask is a number of at most 64 bits"),
        Mistake("any demo.u8", "           ^", "'any' and 'all' belong before a comparison."),
        Mistake("demo.agent contains demo.command", "                    ^~~~~~~~~~~~", "needs a value after it"),
        Mistake("demo.u8 == 200 and ü", "                   ^", "Characters that are not ASCII"),
        Mistake("demo.agent == \"ü\" and demo.u8 == x", "                                 ^", "needs a number"),
        Mistake("demo.u8 # 1", "        ^", "This character means nothing in a filter."),
        Mistake("demo.u8 == 1 ]", "             ^", "']' without a '[' before it."),
    ]

    @Test(arguments: mistakes) func isFoundWithItsPlace(_ mistake: Mistake) {
        let error = #expect(throws: FilterError.self) { try filter(mistake.filter) }
        guard let error else { return }
        #expect(error.message.contains(mistake.message), "\(error)")
        let underline =
            String(repeating: " ", count: error.position) + "^" + String(repeating: "~", count: error.length - 1)
        #expect(underline == mistake.underline, "\(error)")
        #expect(error.description == "\(error.message)\n    \(mistake.filter)\n    \(underline)")
    }

    @Test func controlCharactersDoNotReachTheTerminal() {
        let error = #expect(throws: FilterError.self) { try filter("demo.u8 ==\r\n\t\u{1b}[31m") }
        #expect(error?.description.contains("\n    demo.u8 ==   [31m\n") == true, "\(error?.description ?? "")")
    }

    /// A protocol has no value; where its bytes have a field, that is named.
    @Test(arguments: [("demo", "contains"), ("demo.group", "matches")])
    func theFieldWithTheBytesIsNamed(_ name: String, _ word: String) {
        func message(_ names: [String]) -> String {
            let error = #expect(throws: FilterError.self) {
                try Filter("\(name) \(word) \"a\"", resolve: TestFields.resolve, names: { names })
            }
            return error?.message ?? ""
        }
        let heading = "\(name) is a heading over other fields: it is present or not, and cannot be compared."
        #expect(message(TestFields.names) == heading)
        #expect(message(TestFields.names + ["demo.payload"]) == heading + " Write demo.payload \(word) …")
    }

    /// Also where the message quotes the filter.
    @Test(arguments: ["demo.\u{1b}[31m == 1", "\"\u{1b}", "demo.u8 == \u{202e}1", "demo.u8 == \"a\u{9b}b\"", "\u{7f}x"])
    func messagesAreHarmless(_ text: String) {
        let error = #expect(throws: FilterError.self) { try filter(text) }
        for scalar in (error?.description ?? "").unicodeScalars where scalar != "\n" {
            #expect(scalar == "\\" || TextBuffer.isPrintable(scalar), "\(error?.description.debugDescription ?? "")")
        }
    }

    @Test func namesAreAskedForOnlyWhenOneIsUnknown() throws {
        var asked = 0
        let names = {
            asked += 1
            return TestFields.names
        }
        _ = try Filter("demo.u8 == 1", resolve: TestFields.resolve, names: names)
        #expect(throws: FilterError.self) { try Filter("demo.u8 == x", resolve: TestFields.resolve, names: names) }
        #expect(asked == 0)
        #expect(throws: FilterError.self) { try Filter("demo.u9", resolve: TestFields.resolve, names: names) }
        #expect(asked == 1)
    }

    @Test func nestingAndLengthAreBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "demo" + String(repeating: ")", count: depth)
        }
        #expect(try sample().passes(nested(200)))
        for text in [
            nested(201), nested(30_000), "len(" + String(repeating: "lower(", count: 10_000) + "demo.agent",
            "demo.script" + String(repeating: "[0:1]", count: 201), "demo.u8" + String(repeating: " & 1", count: 201),
        ] {
            let error = #expect(throws: FilterError.self) { try filter(text) }
            #expect(error?.message == "More than 200 nested parentheses.")
        }
        // Not in each other, only behind each other.
        let slices = Array(repeating: "demo.script[0:3][0:2] == 76:a9", count: 300).joined(separator: " and ")
        #expect(try sample().passes(slices))
        let long = "demo" + String(repeating: " ", count: 65_533)
        #expect(throws: FilterError.self) { try filter(long) }
        #expect(try sample().passes(String(long.dropLast())))
    }
}
