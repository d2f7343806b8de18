import Foundation
import TestPrograms

/// A chat system's own API reference, where it lies beside this project.
struct SeedDocument {
    private let lines: [Substring]

    /// The document of that name; `nil` where the references are not at hand.
    init?(_ name: String) {
        let file = Project.root.deletingLastPathComponent().appendingPathComponent("shared/seeds/\(name)")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The object or array that a code block under a heading shows; `nil` when there is none.
    /// - Parameters:
    ///   - heading: the heading's whole line.
    ///   - block: which of the blocks before the next heading of the same or a higher level, from 0.
    ///   - mark: a text in the block behind which to look.
    func example(under heading: String, block: Int = 0, after mark: String = "") -> Any? {
        guard let start = lines.firstIndex(where: { $0 == heading }) else { return nil }
        let level = heading.prefix { $0 == "#" }.count
        var blocks: [[Substring]] = []
        var isInside = false
        for line in lines[(start + 1)...] {
            if line.hasPrefix("```") {
                if !isInside { blocks.append([]) }
                isInside.toggle()
            } else if isInside {
                blocks[blocks.count - 1].append(line)
            } else if case let depth = line.prefix(while: { $0 == "#" }).count, depth > 0, depth <= level {
                break
            }
        }
        guard blocks.indices.contains(block) else { return nil }
        let text = blocks[block].joined(separator: "\n")
        guard let place = mark.isEmpty ? text.startIndex : text.range(of: mark)?.upperBound else { return nil }
        return LooseJSON.first(in: text[place...])
    }
}
