import FFmpeg
import MediaModel

extension MediaError {
    static let empty = MediaError(.empty, "The file is empty: send one with content.")

    static let truncated = MediaError(.truncated, "The end of the file is missing: send it again.")

    /// - Parameter origin: what has set the limit; `nil` where that is the policy itself. So of the others.
    static func tooLarge(limit: Int, origin: String?) -> MediaError {
        MediaError(
            .tooLarge, "The file is larger than \(limit) bytes\(suffix(origin)): send a smaller one.",
            limit: Double(limit))
    }

    static func tooLong(_ duration: Double, limit: Double, origin: String?) -> MediaError {
        let allowed = "\(Int(saturating: limit)) s are allowed\(suffix(origin))"
        return MediaError(
            .tooLong, "It plays for \(Int(saturating: duration)) s where \(allowed): shorten it.", duration: duration,
            limit: limit)
    }

    static func tooManyPixels(_ width: Int, _ height: Int, limit: Int, origin: String?) -> MediaError {
        MediaError(
            .tooManyPixels,
            "A picture of \(width) × \(height) pixels exceeds the limit of \(limit) pixels\(suffix(origin)): send a smaller one.",
            limit: Double(limit))
    }

    static func wrongKind(_ kind: MediaKind, _ policy: MediaPolicy) -> MediaError {
        let kinds = policy.kinds.map(\.rawValue).sorted().joined(separator: ", ")
        let accepted = (kinds.isEmpty ? "nothing" : kinds) + suffix(policy.limits.excludedKinds[kind])
        return MediaError(.wrongKind, "The file is of kind \(kind.rawValue); accepted here: \(accepted).")
    }

    private static func suffix(_ origin: String?) -> String { origin.map { " (\($0))" } ?? "" }

    static let tooManyWaiting = MediaError(.busy, "Too many files are being inspected; try again in a moment.")
}
