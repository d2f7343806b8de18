import Foundation
import TestPrograms

/// The constants of the sources, read from their text: private ones as well.
struct SourceConstants {
    /// The texts of the files that declare or extend a type, by its name.
    private let sources: [String: [String]]

    /// The constants of the files in a folder, with the folders below.
    init(folder: String) throws {
        let root = Project.file(folder)
        var sources: [String: [String]] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: root.path) where file.hasSuffix(".swift") {
            let source = try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
            let types = source.matches(of: #/\b(?:struct|class|enum|actor|extension) (\w+)/#).map {
                String($0.output.1)
            }
            for type in Set(types) { sources[type, default: []].append(source) }
        }
        self.sources = sources
    }

    /// The names of the stored properties of a structure with limits; `name.label` where the value has several numbers.
    func names(of type: String) throws -> Set<String> {
        var names: Set<String> = []
        for source in sources[type] ?? [] {
            for match in source.matches(of: #/public var (\w+)(?:: \w+)? = (?:\w+\(([^)]*)\))?/#) {
                let name = String(match.output.1)
                let labels = match.output.2?.matches(of: #/(\w+): /#).map { name + "." + $0.output.1 } ?? [name]
                names.formUnion(labels)
            }
        }
        return names
    }

    /// The value of `member` of `type`, in bytes, seconds or as a plain number; `nil` where there is none.
    func value(of member: String, in type: String) throws -> Double? {
        let parts = member.split(separator: ".").map(String.init)
        let number = #"(\w*\.\w+\()?([\d_.]+)(?: (<<|\*) ([\d_.]+))?"#
        let inner = parts.count > 1 ? #"\w+\([^)]*\b\#(parts[1]): "# : ""
        let declaration = try Regex(#"\b\#(parts[0])(?:: \w+)? = \#(inner)\#(number)"#)
        for source in sources[type] ?? [] {
            guard let match = try declaration.firstMatch(in: source) else { continue }
            let (unit, first) = (match.output[1].substring ?? "", Self.number(match.output[2].substring))
            let (sign, second) = (match.output[3].substring, Self.number(match.output[4].substring))
            guard let first else { continue }
            let value =
                switch (sign, second) {
                case ("<<", let second?): first * pow(2, second)
                case ("*", let second?): first * second
                default: first
                }
            return unit.hasSuffix(".milliseconds(") ? value / 1_000 : value
        }
        return nil
    }

    private static func number(_ text: Substring?) -> Double? {
        text.flatMap { Double($0.replacing("_", with: "")) }
    }
}
