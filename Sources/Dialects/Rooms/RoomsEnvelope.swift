import ChatBridge
import Foundation
public import JSON

/// The response envelopes of the dialect: `{success: true, message?, …}` and `{success: false, message, error,
/// detail?}`.
public enum RoomsEnvelope {
    /// A success: `{success: true, message?}` and the fields in `members`.
    public static func success(_ message: String? = nil, _ members: JSONObject = [:]) -> JSONValue {
        var json = members
        json["success"] = true
        json["message"] = message.map(JSONValue.string)
        return .object(json)
    }

    /// An error: `message` is in Thai, `error` is the name of the status in the reference's table of codes, and
    /// `detail` is the message where it is in another language.
    public static func failure(_ text: String, status: Int) -> JSONValue {
        var json: JSONObject = [
            "success": false, "message": .string(message(text, status: status)), "error": .string(row(of: status).name),
        ]
        if !isThai(text), !text.isEmpty { json["detail"] = .string(text) }
        return .object(json)
    }

    /// The message of an error in Thai: `text`, or where that is in another language the meaning of the status.
    static func message(_ text: String, status: Int) -> String { isThai(text) ? text : row(of: status).meaning }

    /// The names of errors.
    static let errorNames = [400, 401, 403, 404, 429, 500].map { row(of: $0).name }

    /// The reference's table of status codes.
    private static func row(of status: Int) -> (name: String, meaning: String) {
        switch status {
        case 401: ("Unauthorized", RoomsTexts.unauthorized)
        case 403: ("Forbidden", RoomsTexts.forbidden)
        case 404: ("Not Found", RoomsTexts.notFound)
        case 429: ("Too Many Requests", RoomsTexts.tooManyRequests)
        case 400..<500: ("Bad Request", RoomsTexts.badRequest)
        default: ("Internal Server Error", RoomsTexts.internalError)
        }
    }

    private static func isThai(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x0E00...0x0E7F).contains($0.value) }
    }
}
