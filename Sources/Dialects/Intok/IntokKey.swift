import ChatBridge

/// The keys by which the dialect's clients refer to files. They differ from the keys in the object store: a client's
/// key names the conversation or user of a file, and clients have no write access to the object that holds validated
/// content.
public enum IntokKey: Sendable, Hashable {
    /// An attachment, `CONVERSATION/att_….EXT`, or its thumbnail, `CONVERSATION/att_…-thumb.jpg`.
    case attachment(conversation: String, id: String, isThumbnail: Bool, fileExtension: String)
    /// A profile picture, `profiles/USER/UUID.EXT`.
    case picture(user: String, id: String, fileExtension: String)

    private static let mediaPrefix = "att_"
    private static let pictures = "profiles/"
    private static let thumbnailEnding = "-thumb"

    /// Parses a key; `nil` when `text` is not a valid key.
    public init?(_ text: String) {
        guard text.utf8.count <= 512, let slash = text.lastIndex(of: "/"), slash != text.startIndex else { return nil }
        let owner = String(text[..<slash])
        let parts = text[text.index(after: slash)...].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...5).contains(parts[1].utf8.count),
            parts[1].utf8.allSatisfy({ Character(Unicode.Scalar($0)).isLetterOrDigit })
        else { return nil }
        let (name, fileExtension) = (String(parts[0]), String(parts[1]))
        if name.hasPrefix(Self.mediaPrefix) {
            let isThumbnail = name.hasSuffix(Self.thumbnailEnding)
            let id = isThumbnail ? String(name.dropLast(Self.thumbnailEnding.count)) : name
            guard ObjectID(String(id.dropFirst(Self.mediaPrefix.count))) != nil, ChatIdentifier.isValid(owner) else {
                return nil
            }
            self = .attachment(
                conversation: owner, id: id, isThumbnail: isThumbnail, fileExtension: fileExtension)
        } else {
            let user = String(owner.dropFirst(Self.pictures.count))
            guard owner.hasPrefix(Self.pictures), ChatIdentifier.isValid(user), (1...64).contains(name.utf8.count)
            else {
                return nil
            }
            self = .picture(user: user, id: name, fileExtension: fileExtension)
        }
    }

    /// The key in the form that clients use.
    public var text: String {
        switch self {
        case .attachment(let conversation, let id, let isThumbnail, let fileExtension):
            "\(conversation)/\(id)\(isThumbnail ? Self.thumbnailEnding : "").\(fileExtension)"
        case .picture(let user, let id, let fileExtension): "\(Self.pictures)\(user)/\(id).\(fileExtension)"
        }
    }

    /// The object store key under which an upload is stored until it has been validated.
    public static func incoming(_ id: String, _ type: IntokMediaType) -> String {
        "intok/incoming/\(id).\(type.fileExtension)"
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
