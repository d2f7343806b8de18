public import ChatBridge
import Foundation
import MediaModel

/// Says by their keys whose objects are: a line `PATTERN OWNER [DIALECT [KIND]]`.
///
/// In a pattern `*` is any text, and `{owner}` a part of the key without `/`; the pattern covers the whole key. An owner `{owner}` is that part.
/// A dialect `-` is none.
public struct ImportRule: Sendable {
    /// Why a line is no rule.
    public struct Invalid: Error, Hashable {
        /// For the operator.
        public let reason: String
    }

    /// The parts of the pattern between its placeholders.
    private let expression: String
    private let owner: String
    private let dialect: Dialect?
    private let kind: MediaKind?

    private static let placeholder = "{owner}"

    /// Reads a line.
    /// - Throws: ``Invalid``.
    public init(_ line: String) throws(Invalid) {
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard (2...4).contains(words.count) else { throw Invalid(reason: "a rule is PATTERN OWNER [DIALECT [KIND]]") }
        let parts = words[0].components(separatedBy: Self.placeholder)
        guard parts.count <= 2 else { throw Invalid(reason: "\(Self.placeholder) occurs more than once") }
        owner = words[1]
        guard owner != Self.placeholder || parts.count == 2 else {
            throw Invalid(reason: "the pattern has no \(Self.placeholder)")
        }
        guard owner == Self.placeholder || ChatIdentifier.isValid(owner) else {
            throw Invalid(reason: "'\(owner)' cannot be a user's id")
        }
        expression = parts.map(Self.expression).joined(separator: "([^/]+)")
        dialect = words.count > 2 && words[2] != "-" ? Dialect(rawValue: words[2]) : nil
        if words.count > 3 {
            guard let kind = MediaKind(rawValue: words[3]) else {
                throw Invalid(
                    reason: "the kind is one of \(MediaKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.kind = kind
        } else {
            kind = nil
        }
    }

    /// The dialect that the rule names.
    public var namedDialect: Dialect? { dialect }

    /// Whose the object `key` is; `nil` where the pattern does not cover it.
    public func origin(of key: String) -> ImportOrigin? {
        guard let regex = try? Regex(expression), let match = key.wholeMatch(of: regex) else { return nil }
        let owner = owner == Self.placeholder ? match.output[1].substring.map(String.init) : owner
        guard let owner, ChatIdentifier.isValid(owner) else { return nil }
        return ImportOrigin(owner: owner, dialect: dialect, kind: kind)
    }

    private static func expression(_ part: String) -> String {
        part.components(separatedBy: "*").map(NSRegularExpression.escapedPattern).joined(separator: ".*")
    }
}
