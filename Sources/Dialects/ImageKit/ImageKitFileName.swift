import ChatBridge
import JSON
import MediaModel

/// What a file is called in ImageKit's media library, and where it lies there.
public struct ImageKitFileName: Sendable, Hashable {
    /// The last component.
    public let name: String
    /// From the root, with the name.
    public let path: String

    /// The longest folder, in bytes.
    private static let maximumFolderBytes = 500
    /// The longest name, in bytes.
    private static let maximumNameBytes = 200

    /// The name that a sender wishes, by ImageKit's rules: letters, digits, `.`, `-` and `_` stay, anything else becomes `_`,
    /// in a folder the slash as well.
    /// - Parameters:
    ///   - suffix: what makes the name unique, put before its extension; `nil` where it need not be.
    ///   - folder: where it lies; the root without one.
    public init(_ wish: String, suffix: String?, folder: String? = nil) {
        var name = String(Self.cleaned(wish, keeping: "").suffix(Self.maximumNameBytes))
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

    /// The name that a file was given when it came.
    init(_ record: MediaRecord) {
        let fallback = record.originalName ?? record.key.split(separator: "/").last.map(String.init) ?? record.key
        name = record.details?["name"]?.stringValue ?? fallback
        path = record.details?["filePath"]?.stringValue ?? "/\(name)"
    }

    /// Where the extension begins, with its dot: letters and digits, and something before it.
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
