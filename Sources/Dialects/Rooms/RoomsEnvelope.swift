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
        let (name, meaning) = row(of: status)
        var json: JSONObject = ["success": false, "message": .string(meaning), "error": .string(name)]
        if isThai(text) {
            json["message"] = .string(text)
        } else if !text.isEmpty {
            json["detail"] = .string(text)
        }
        return .object(json)
    }

    /// The message for `error` that is sent to a client over a connection.
    static func message(of error: any Error) -> String {
        guard let error = error as? ChatError else { return row(of: 500).meaning }
        return isThai(error.message) ? error.message : row(of: status(of: error.code)).meaning
    }

    /// The reference's table of status codes.
    private static func row(of status: Int) -> (name: String, meaning: String) {
        switch status {
        case 401: ("Unauthorized", "ไม่ได้ authenticate")
        case 403: ("Forbidden", "ไม่มีสิทธิ์เข้าถึง")
        case 404: ("Not Found", "ไม่พบข้อมูลที่ต้องการ")
        case 400..<500: ("Bad Request", "ข้อมูลที่ส่งมาไม่ถูกต้อง")
        default: ("Internal Server Error", "ข้อผิดพลาดของเซิร์ฟเวอร์")
        }
    }

    private static func status(of code: ChatError.Code) -> Int {
        switch code {
        case .notAllowed, .editingTimeExpired: 403
        case .notFound, .messageNotFound, .conversationNotFound, .mediaNotFound: 404
        case .unavailable: 500
        default: 400
        }
    }

    private static func isThai(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x0E00...0x0E7F).contains($0.value) }
    }
}
