import Fields
import Testing

/// What a layout made of some bytes, copied so that it can be looked at after the cursor is gone.
struct Dissected {
    var nodes: [Node]
    var annotations: [Annotation]
    var generated: [UInt8]
    /// Where the bytes ran out, the layout was left by ``Stop``.
    var stopped: Bool
    /// Bytes that the layout left.
    var left: Int

    var kinds: [String] { annotations.map(\.remark.name) }
    /// Nodes without descendants that have bytes of their own.
    var leaves: [Node] {
        nodes.enumerated().filter { index, node in
            nodes[index + 1..<Int(node.end)].allSatisfy { !$0.flags.isDisjoint(with: [.generated, .partOfParent]) }
        }.map(\.element)
    }
}

typealias Layout = (inout Cursor<TreeSink>) throws(Stop) -> Void

/// Runs `layout` over `bytes`.
func dissect(_ bytes: [UInt8], from start: Int = 0, _ layout: Layout) -> Dissected {
    var cursor = Cursor(bytes.span.bytes, from: start, TreeSink())
    var stopped = false
    do throws(Stop) { try layout(&cursor) } catch { stopped = true }
    let left = cursor.left
    let sink = cursor.finish()
    return Dissected(
        nodes: Array(sink.tree.nodes), annotations: Array(sink.tree.annotations), generated: Array(sink.tree.generated),
        stopped: stopped, left: left)
}

/// The same without a tree: whether the layout stopped, and what it left.
func skim(_ bytes: [UInt8], _ layout: (inout Cursor<SkimSink>) throws(Stop) -> Void) -> (stopped: Bool, left: Int) {
    var cursor = Cursor(bytes.span.bytes, SkimSink())
    var stopped = false
    do throws(Stop) { try layout(&cursor) } catch { stopped = true }
    return (stopped, cursor.left)
}

/// What is wrong with the tree of a message of `byteCount` bytes; empty where all its invariants hold.
func violations(_ tree: Dissected, byteCount: Int) -> [String] {
    var found: [String] = []
    var open: [Int] = []
    for (index, node) in tree.nodes.enumerated() {
        while let last = open.last, Int(tree.nodes[last].end) <= index { open.removeLast() }
        if Int(node.end) <= index || Int(node.end) > tree.nodes.count { found.append("node \(index): end \(node.end)") }
        if let parent = open.last {
            if node.depth != tree.nodes[parent].depth + 1 { found.append("node \(index): depth \(node.depth)") }
            if node.end > tree.nodes[parent].end { found.append("node \(index): ends behind its parent") }
            let isInside =
                node.range.lowerBound >= tree.nodes[parent].range.lowerBound
                && node.range.upperBound <= tree.nodes[parent].range.upperBound
            if !node.flags.contains(.generated), !isInside { found.append("node \(index): outside of its parent") }
        } else if node.depth != 0 {
            found.append("node \(index): depth \(node.depth) without a parent")
        }
        let limit = node.flags.contains(.generated) ? tree.generated.count : byteCount
        if node.range.upperBound > limit { found.append("node \(index): \(node.range) of \(limit) bytes") }
        let isAnnotated = tree.annotations.contains { Int($0.node) == index }
        if node.flags.contains(.annotated) != isAnnotated { found.append("node \(index): annotated or not?") }
        open.append(index)
    }
    if tree.annotations.map(\.node) != tree.annotations.map(\.node).sorted() { found.append("annotations unordered") }
    return found
}

/// Whether the leaves that are on the wire lie end to end from 0 to `end`.
func tiles(_ tree: Dissected, to end: Int) -> Bool {
    var at = 0
    for leaf in tree.leaves where leaf.flags.isDisjoint(with: [.generated, .partOfParent]) {
        // An empty group is no leaf of its own.
        if leaf.length == 0, !leaf.flags.contains(.truncated) { continue }
        if leaf.range.lowerBound != at { return false }
        at = leaf.range.upperBound
    }
    return at == end
}

func textBuffer(_ string: String) -> TextBuffer {
    var text = TextBuffer()
    text.append(string)
    return text
}

/// What `body` appends.
func text(_ body: (inout TextBuffer) -> Void) -> String {
    var buffer = TextBuffer()
    body(&buffer)
    return buffer.string
}
