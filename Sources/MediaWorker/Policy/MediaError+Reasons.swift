import FFmpeg
import MediaModel

extension MediaError {
    static let empty = MediaError(.empty, "The file is empty: send one with content.")

    static let truncated = MediaError(.truncated, "The end of the file is missing: send it again.")

    static func tooLarge(limit: Int) -> MediaError {
        MediaError(.tooLarge, "The file is larger than \(limit) bytes: send a smaller one.", limit: Double(limit))
    }

    static func tooLong(_ duration: Double, limit: Double) -> MediaError {
        MediaError(
            .tooLong,
            "It plays for \(Int(saturating: duration)) s where \(Int(saturating: limit)) s are allowed: shorten it.",
            duration: duration, limit: limit)
    }

    static func tooManyPixels(_ width: Int, _ height: Int, limit: Int) -> MediaError {
        MediaError(
            .tooManyPixels,
            "A picture of \(width) × \(height) pixels exceeds the limit of \(limit) pixels: send a smaller one.",
            limit: Double(limit))
    }

    static func wrongKind(_ kind: MediaKind, _ policy: MediaPolicy) -> MediaError {
        let accepted = policy.kinds.map(\.rawValue).sorted().joined(separator: ", ")
        return MediaError(.wrongKind, "The file is of kind \(kind.rawValue); accepted here: \(accepted).")
    }

    static let tooManyWaiting = MediaError(.busy, "Too many files are being inspected; try again in a moment.")
}
