public import ChatBridge
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

    private let pattern: KeyPattern
    private let owner: String
    private let dialect: Dialect?
    private let kind: MediaKind?

    /// The longest line, in bytes.
    public static let maximumLength = 4096

    /// Reads a line.
    /// - Throws: ``Invalid``.
    public init(_ line: String) throws(Invalid) {
        guard line.utf8.count <= Self.maximumLength else {
            throw Invalid(reason: "a rule has at most \(Self.maximumLength) bytes")
        }
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard (2...4).contains(words.count) else { throw Invalid(reason: "a rule is PATTERN OWNER [DIALECT [KIND]]") }
        pattern = KeyPattern(words[0])
        guard pattern.placeholders <= 1 else {
            throw Invalid(reason: "\(KeyPattern.placeholder) occurs more than once")
        }
        owner = words[1]
        guard owner != KeyPattern.placeholder || pattern.placeholders == 1 else {
            throw Invalid(reason: "the pattern has no \(KeyPattern.placeholder)")
        }
        guard owner == KeyPattern.placeholder || ChatIdentifier.isValid(owner) else {
            throw Invalid(reason: "'\(owner)' cannot be a user's id")
        }
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
        guard let covered = pattern.owner(in: key) else { return nil }
        let owner = owner == KeyPattern.placeholder ? covered : owner
        guard ChatIdentifier.isValid(owner) else { return nil }
        return ImportOrigin(owner: owner, dialect: dialect, kind: kind)
    }
}
