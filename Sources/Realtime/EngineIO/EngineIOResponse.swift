public import Concurrency

/// The response to a polling request.
public struct EngineIOResponse: Sendable, Hashable {
    /// The HTTP status: 200, 400, 403 or 503.
    public var status: Int
    /// `text/plain; charset=UTF-8` for payloads, `text/html` for `ok`, `application/json` for errors.
    public var contentType: String
    /// The body.
    public var body: [UInt8]
    /// Receipts to hold until the response was written or its connection has ended.
    public var receipts: [WriteReceipt] = []

    static func payload(_ text: String, receipts: [WriteReceipt] = []) -> EngineIOResponse {
        EngineIOResponse(
            status: 200, contentType: "text/plain; charset=UTF-8", body: Array(text.utf8), receipts: receipts)
    }

    static let ok = EngineIOResponse(status: 200, contentType: "text/html", body: Array("ok".utf8))

    static let shutdown = EngineIOResponse(
        status: 503, contentType: "application/json",
        body: Array(#"{"code":4,"message":"The service shuts down"}"#.utf8))

    static let full = EngineIOResponse(
        status: 503, contentType: "application/json", body: Array(#"{"code":4,"message":"Too many sessions"}"#.utf8))
}
