import Bytes
import ChatBridge
import HTTPServer

extension KeptAnswer {
    /// The size of the largest body that is kept, in bytes. The request of a retry is performed again for a larger one, without what it
    /// has made already.
    static let maximumBytes = 16 << 10
    /// The size of the header fields that are kept at most, in bytes.
    static let maximumFieldBytes = 8 << 10
    /// Says that an answer was kept.
    static let replayedField = "Idempotency-Replayed"

    /// The answer as it is kept; `nil` for one that is not, as one that says so with `Cache-Control: no-store`: it has a secret.
    init?(_ response: HTTPResponse) {
        guard !response.headers.members(of: "Cache-Control").contains("no-store") else { return nil }
        var text = ""
        switch response.body {
        case .none: break
        case .bytes(let chunk):
            guard chunk.count <= Self.maximumBytes, let body = String(validating: [UInt8](chunk), as: UTF8.self) else {
                return nil
            }
            text = body
        case .file, .stream, .webSocket: return nil
        }
        let fields = response.headers.map { Field(name: $0.name, value: $0.value) }
        let size = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard response.held.isEmpty, size <= Self.maximumFieldBytes else { return nil }
        self.init(status: response.status.rawValue, fields: fields, body: text)
    }

    /// The response to a retry.
    var response: HTTPResponse {
        var headers: HTTPFields = [:]
        for field in fields { headers.append(field.name, field.value) }
        headers[Self.replayedField] = "true"
        return HTTPResponse(
            status: HTTPStatus(rawValue: status), headers: headers,
            body: body.isEmpty ? .none : .bytes(ByteChunk(body.utf8)))
    }
}
