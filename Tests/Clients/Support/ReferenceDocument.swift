import ChatBridge
import Foundation

/// A chat system's own API reference, in the folder that `DARKROOM_TEST_REFERENCES` names.
struct ReferenceDocument {
    private let lines: [Substring]

    /// The folder of the references; `nil` where they are not at hand.
    static var folder: URL? {
        ProcessInfo.processInfo.environment["DARKROOM_TEST_REFERENCES"].map { URL(fileURLWithPath: $0) }
    }

    /// The reference of `dialect`: the file in `folder` whose name contains the dialect's.
    /// - Throws: ``MissingReference`` where there is none, or more than one; the error of reading it.
    init(of dialect: String, in folder: URL) throws {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.contains(dialect) }
        guard files.count == 1 else { throw MissingReference(description: "\(files.count) references of \(dialect)") }
        lines = try String(contentsOf: files[0], encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The object or array in a code block under a heading; `nil` if there is none.
    /// - Parameters:
    ///   - heading: the heading's whole line.
    ///   - block: which of the blocks before the next heading of the same or a higher level, from 0.
    ///   - mark: a text in the block after which the object begins.
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

/// A reference, or an example in it, that is not there.
struct MissingReference: Error, CustomStringConvertible {
    let description: String
}
