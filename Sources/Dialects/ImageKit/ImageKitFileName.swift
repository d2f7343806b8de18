import ChatBridge
import JSON
import MediaModel

/// The name and path of a file in ImageKit's media library.
public struct ImageKitFileName: Sendable, Hashable {
    /// The last component of the path.
    public let name: String
    /// The path from the root, including the name.
    public let path: String

    /// The maximum length of a folder, in bytes.
    private static let maximumFolderBytes = 500
    /// The maximum length of a name, in bytes.
    private static let maximumNameBytes = 200

    /// Converts a requested name by ImageKit's rules: letters, digits, `.`, `-` and `_` are kept, and all other
    /// characters are replaced by `_`. In a folder the slash is kept as well.
    /// - Parameters:
    ///   - suffix: makes the name unique and is inserted before its extension; `nil` when the name need not be unique.
    ///   - folder: the folder of the file; the root if `nil`.
    public init(_ requestedName: String, suffix: String?, folder: String? = nil) {
        var name = String(Self.cleaned(requestedName, keeping: "").suffix(Self.maximumNameBytes))
        if name.allSatisfy({ $0 == "." }) { name = "file" }
        if let suffix {
            let dot = Self.fileExtension(of: name)
            name = "\(name[..<dot])_\(suffix)\(name[dot...])"
        }
        self.name = name
        let folders = Self.cleaned(folder ?? "", keeping: "/").prefix(Self.maximumFolderBytes).split(separator: "/")
            .filter { !$0.allSatisfy { $0 == "." } }
        path = "/" + (folders.map(String.init) + [name]).joined(separator: "/")
    }

    /// The name that was stored with a file when it was uploaded.
    init(_ record: MediaRecord) {
        let fallback = record.originalName ?? record.key.split(separator: "/").last.map(String.init) ?? record.key
        name = record.details?["name"]?.stringValue ?? fallback
        path = record.details?["filePath"]?.stringValue ?? "/\(name)"
    }

    /// The index of the dot at which the extension begins. An extension consists of letters and digits and does not
    /// start the name; without one, this is the end index.
    private static func fileExtension(of name: String) -> String.Index {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name.endIndex }
        let isExtension = name[dot...].dropFirst().allSatisfy { $0.isLetter || $0.isNumber }
        return isExtension ? dot : name.endIndex
    }

    private static func cleaned(_ text: String, keeping more: String) -> String {
        String(
            text.map { character in
                character.isASCII && (character.isLetter || character.isNumber || ".-_\(more)".contains(character))
                    ? character : "_"
            })
    }
}
