import Bytes
import Foundation
import MediaModel

/// The name that a sender gave a file: stored for display, never trusted.
struct FileName: Sendable {
    private static let maximumBytes = 200

    /// The last path component without invisible characters; `nil` when nothing is left of it.
    let displayName: String?

    init(_ name: String?) {
        let last = name?.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        var cleaned = String(String.UnicodeScalarView(last.unicodeScalars.filter(Self.isVisible)))
            .trimmingCharacters(in: .whitespaces)
        while cleaned.utf8.count > Self.maximumBytes { cleaned.removeLast() }
        displayName = cleaned.isEmpty || cleaned.allSatisfy({ $0 == "." }) ? nil : cleaned
    }

    /// The Content-Disposition (RFC 6266) of a file of `kind`: media are shown inline, documents are downloads, each under the
    /// sender's name with the extension that its content calls for.
    func contentDisposition(_ kind: MediaKind, fileExtension: String) -> String {
        let disposition = kind == .document ? "attachment" : "inline"
        guard let displayName else { return disposition }
        let name = downloadName(displayName, kind, fileExtension)
        let ascii = String(name.unicodeScalars.map { Self.isUnquotedASCII($0) ? Character($0) : "_" })
        guard ascii != name else { return "\(disposition); filename=\"\(ascii)\"" }
        let encoded = PercentEncoding.encode(name, keeping: .headerParameter)
        return "\(disposition); filename=\"\(ascii)\"; filename*=UTF-8''\(encoded)"
    }

    // A document keeps its own extension, because the service never opens it by its name; media get that of their content.
    private func downloadName(_ name: String, _ kind: MediaKind, _ fileExtension: String) -> String {
        if kind == .document { return name }
        let suffix = "." + fileExtension
        if name.lowercased().hasSuffix(suffix) { return name }
        let stem = name.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: ".")
        return (stem.isEmpty ? name : stem) + suffix
    }

    /// Whether a character may be shown. Not controls, and not marks that change the reading direction: "gpj.exe" must not be
    /// displayed as "exe.jpg".
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func isUnquotedASCII(_ scalar: Unicode.Scalar) -> Bool {
        (32...126).contains(scalar.value) && !["\"", "\\", "%", ";"].contains(scalar)
    }
}
