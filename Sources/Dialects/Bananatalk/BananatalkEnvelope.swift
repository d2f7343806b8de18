public import ChatBridge
import Foundation
public import JSON

/// The dialect's answers: `{success, data}` and `{success: false, error}`.
public enum BananatalkEnvelope {
    /// `{success: true, data}`
    public static func success(_ data: JSONValue) -> JSONValue { ["success": true, "data": data] }

    /// `{success: false, error}`, and for a used-up day `type: limit_exceeded` and `details`.
    public static func failure(_ error: ChatError) -> JSONValue {
        guard let limit = error.limit else { return failure(error.message) }
        return [
            "success": false, "error": .string(error.message), "type": .string(error.code.rawValue),
            "details": [
                "current": .integer(limit.current), "max": .integer(limit.max),
                "resetTime": .string(Timestamp.seconds(limit.resetTime)),
            ],
        ]
    }

    /// `{success: false, error}`
    public static func failure(_ message: String) -> JSONValue { ["success": false, "error": .string(message)] }

    /// The answer to a video of `duration` seconds where `limits` allow fewer.
    public static func videoTooLong(duration: Double, limits: BananatalkLimits) -> JSONValue {
        let limit = Int(limits.maximumVideoDuration)
        // To the second, but never to the very limit that was exceeded.
        let seconds = max(Int(min(duration, 1e9).rounded()), limit + 1)
        let minutes = limit % 60 == 0 ? " (\(limit / 60) minutes)" : ""
        return [
            "success": false,
            "error": .string("Video duration (\(seconds)s) exceeds maximum of \(limit) seconds\(minutes)"),
            "maxDuration": .integer(limit),
        ]
    }

    /// The answer to a video of too many bytes.
    public static func videoTooLarge(limits: BananatalkLimits) -> JSONValue {
        failure("Video size exceeds maximum limit of \(limits.maximumVideoBytes >> 20)MB")
    }
}
