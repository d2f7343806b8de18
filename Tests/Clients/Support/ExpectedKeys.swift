import ChatBridge
import Foundation
import TestPrograms
import Testing

/// The keys that a chat system's own API reference shows for an answer or an event, with the types of their values.
///
/// `References/expected-keys.jsonl` lists them, an example a line; `scripts/expected-keys` regenerates it where the
/// references are available. Its values only represent their types (`""` a string, `0` a number, `false` a boolean,
/// `null` anything).
enum ExpectedKeys {
    /// Where in which reference an example is.
    struct Place: Hashable {
        let dialect: String
        /// The whole line of the heading that it is under.
        let heading: String
        /// Which code block under that heading, from 0.
        let block: Int
        /// A text in that block after which the example begins.
        let mark: String
    }

    static let file = Project.file("Tests/Clients/References/expected-keys.jsonl")

    /// Every example of the committed list, in its order.
    static let committed = Result { try read() }

    /// The keys of the example at a location that `actual` lacks. Records an issue if the list has no example there.
    /// - Parameter omitting: keys of the example's outermost object that are not expected.
    static func mismatches(
        of actual: Any?, _ dialect: Dialect, under heading: String, block: Int = 0, after mark: String = "",
        omitting: Set<String> = [], _ location: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let place = Place(dialect: dialect.rawValue, heading: heading, block: block, mark: mark)
        guard let line = try line(at: place, location) else { return [] }
        try record(JSONShape.seen(in: actual, of: line.example), at: place)
        var example = line.example
        if var members = example as? [String: Any] {
            for key in omitting { members[key] = nil }
            example = members
        }
        return JSONShape.mismatches(of: actual, against: example)
    }

    /// The fields of the example at a location that none of `actual` has with a value of its type: for a model, whose fields
    /// are not all in one answer. A field within an array is `a[].b`. Records an issue if the list has no example there.
    static func unseen(
        in actual: [Any?], _ dialect: Dialect, under heading: String, block: Int = 0, after mark: String = "",
        _ location: SourceLocation = #_sourceLocation
    ) throws -> [String] {
        let place = Place(dialect: dialect.rawValue, heading: heading, block: block, mark: mark)
        guard let line = try line(at: place, location) else { return [] }
        let seen = actual.reduce(into: Set<String>()) { $0.formUnion(JSONShape.seen(in: $1, of: line.example)) }
        try record(seen, at: place)
        return JSONShape.seen(in: line.example, of: line.example).subtracting(seen).sorted()
    }

    private static func line(at place: Place, _ location: SourceLocation) throws -> Line? {
        if let line = try committed.get().first(where: { $0.place == place }) { return line }
        Issue.record(
            "no expected keys of \(place): add the place to \(file.lastPathComponent) and run scripts/expected-keys",
            sourceLocation: location)
        return nil
    }

    /// Notes for `scripts/contract-table` which fields the running test has seen.
    private static func record(_ fields: Set<String>, at place: Place) throws {
        guard let test = Test.current else { return }
        try ContractRecord.append(
            [
                "dialect": place.dialect, "heading": place.heading, "block": place.block, "after": place.mark,
                "fields": fields.sorted(),
            ], of: test, to: "fields/\(place.dialect).jsonl")
    }

    /// The lines of the list as the references in `folder` have them, for the places that it names now.
    /// - Throws: ``MissingReference`` where a reference shows nothing at one of these places.
    static func regenerated(from folder: URL) throws -> String {
        var documents: [String: ReferenceDocument] = [:]
        var text = ""
        for place in try committed.get().map(\.place) {
            let document = try documents[place.dialect] ?? ReferenceDocument(of: place.dialect, in: folder)
            documents[place.dialect] = document
            guard let example = document.example(under: place.heading, block: place.block, after: place.mark) else {
                throw MissingReference(description: "the reference shows nothing at \(place)")
            }
            let line: [String: Any] = [
                "dialect": place.dialect, "heading": place.heading, "block": place.block, "after": place.mark,
                "example": JSONShape.typesAlone(of: example),
            ]
            let data = try JSONSerialization.data(
                withJSONObject: line, options: [.sortedKeys, .withoutEscapingSlashes])
            text += String(decoding: data, as: UTF8.self) + "\n"
        }
        return text
    }

    // Sendable: the value is JSON that was read once and is not changed.
    /// A line of the list.
    struct Line: @unchecked Sendable {
        let place: Place
        let example: Any
    }

    private static func read() throws -> [Line] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { text in
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            guard let dialect = object["dialect"] as? String, let heading = object["heading"] as? String,
                let block = object["block"] as? Int, let mark = object["after"] as? String
            else { throw MissingReference(description: "\(file.lastPathComponent) names no place in: \(text)") }
            return Line(
                place: Place(dialect: dialect, heading: heading, block: block, mark: mark),
                example: object["example"] ?? NSNull())
        }
    }
}
