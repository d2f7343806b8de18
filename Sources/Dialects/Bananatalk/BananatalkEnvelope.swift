import Foundation
public import JSON

/// The dialect's response envelopes: `{success, data}` and `{success: false, error}`.
public enum BananatalkEnvelope {
    /// `{success: true, data}`
    public static func success(_ data: JSONValue) -> JSONValue { ["success": true, "data": data] }

    /// `{success: false, error}`
    public static func failure(_ message: String) -> JSONValue { ["success": false, "error": .string(message)] }

    /// The error response for a video of `duration` seconds, which is longer than `limits` allow.
    public static func videoTooLong(duration: Double, limits: BananatalkLimits) -> JSONValue {
        let limit = Int(limits.maximumVideoDuration)
        // Rounded to a second, but always above the limit, so that the message does not contradict itself.
        let seconds = max(Int(min(duration, 1e9).rounded()), limit + 1)
        let minutes = limit % 60 == 0 ? " (\(limit / 60) minutes)" : ""
        return [
            "success": false,
            "error": .string("Video duration (\(seconds)s) exceeds maximum of \(limit) seconds\(minutes)"),
            "maxDuration": .integer(limit),
        ]
    }

    /// The error response for a video that exceeds the maximum size.
    public static func videoTooLarge(limits: BananatalkLimits) -> JSONValue {
        failure("Video size exceeds maximum limit of \(limits.maximumVideoBytes >> 20)MB")
    }
}
