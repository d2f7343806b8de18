import ChatBridge

/// The keys by which the dialect's clients name files. Where the bytes rest is another matter: a client's key says whose a
/// file is, and nothing that a client can write to stands under the key of what was judged.
public enum IntokKey: Sendable, Hashable {
    /// `CONVERSATION/att_….EXT`, of its picture `CONVERSATION/att_…-thumb.jpg`
    case attachment(conversation: String, id: String, isThumbnail: Bool, fileExtension: String)
    /// `profiles/USER/UUID.EXT`
    case picture(user: String, id: String, fileExtension: String)

    private static let mediaPrefix = "att_"
    private static let pictures = "profiles/"
    private static let thumbnailEnding = "-thumb"

    /// The key that `text` spells; `nil` for anything else.
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

    /// As clients see it.
    public var text: String {
        switch self {
        case .attachment(let conversation, let id, let isThumbnail, let fileExtension):
            "\(conversation)/\(id)\(isThumbnail ? Self.thumbnailEnding : "").\(fileExtension)"
        case .picture(let user, let id, let fileExtension): "\(Self.pictures)\(user)/\(id).\(fileExtension)"
        }
    }

    /// Where the object rests that a client writes itself, until it has been judged.
    public static func incoming(_ id: String, _ type: IntokMediaType) -> String {
        "intok/incoming/\(id).\(type.fileExtension)"
    }
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isASCII && (isLetter || isNumber) }
}
