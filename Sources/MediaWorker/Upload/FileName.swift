import Bytes
import Foundation
import MediaModel

/// A sender's name for a file: kept for people to read, believed by nobody.
struct FileName {
    private static let maximumBytes = 200

    /// The last component, without what cannot be seen; `nil` when nothing is left.
    let displayName: String?

    init(_ name: String?) {
        let last = name?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        var clean = String(String.UnicodeScalarView(last.unicodeScalars.filter(Self.isVisible)))
            .trimmingCharacters(in: .whitespaces)
        while clean.utf8.count > Self.maximumBytes { clean.removeLast() }
        displayName = clean.isEmpty || clean.allSatisfy({ $0 == "." }) ? nil : clean
    }

    /// How a browser presents a file of `kind` (RFC 6266): media in the page, documents as a download, each under the
    /// sender's name with the ending that its content calls for.
    func contentDisposition(_ kind: MediaKind, fileExtension: String) -> String {
        let disposition = kind == .document ? "attachment" : "inline"
        guard let displayName else { return disposition }
        let name = named(displayName, kind, fileExtension)
        let plain = String(name.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "_" })
        guard plain != name else { return "\(disposition); filename=\"\(plain)\"" }
        return
            "\(disposition); filename=\"\(plain)\"; filename*=UTF-8''\(PercentEncoding.encode(name, keeping: .headerParameter))"
    }

    // A document keeps its own ending, as it is never opened by its name here; media have that of their content.
    private func named(_ name: String, _ kind: MediaKind, _ fileExtension: String) -> String {
        if kind == .document { return name }
        let ending = "." + fileExtension
        if name.lowercased().hasSuffix(ending) { return name }
        let stem = name.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: ".")
        return (stem.isEmpty ? name : stem) + ending
    }

    // Controls, and marks that turn the reading direction: "gpj.exe" must not read "exe.jpg".
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        (32...126).contains(scalar.value) && !["\"", "\\", "%", ";"].contains(scalar)
    }
}
