internal import Bytes
internal import Synchronization

/// One request and the state of its transfer.
// Sendable: `request` and `sink` are constant and Sendable; the variables are touched on the loop's thread alone, once the
// transfer was handed to it.
final class Transfer: @unchecked Sendable {
    let request: HTTPClientRequest
    let sink: any ResponseSink
    /// Set by any thread, also before the loop has seen the transfer.
    let isCancelled = Atomic(false)

    /// When the transfer must have ended.
    let deadline: ContinuousClock.Instant?
    var body: UploadCursor?
    var head = ResponseHeadParser(limit: 0)
    /// The failure of one of our callbacks, which made libcurl end the transfer.
    var callbackFailure: HTTPClientError?
    var easy: EasyHandle?
    private var isFinished = false

    init(_ request: HTTPClientRequest, sink: any ResponseSink) throws(HTTPClientError) {
        try request.validate()
        self.request = request
        self.sink = sink
        deadline = request.timeouts.total.map { .now + $0 }
        if case .chunks(let chunks) = request.body { body = UploadCursor(chunks) }
    }

    func finish(_ error: HTTPClientError?) {
        guard !isFinished else { return }
        isFinished = true
        sink.finish(error)
    }
}

extension HTTPClientRequest {
    /// Checks that no part of the request can break out of its place in the message.
    /// - Throws: ``HTTPClientError/Code/invalidRequest``.
    fileprivate func validate() throws(HTTPClientError) {
        guard url.hasPrefix("http://") || url.hasPrefix("https://"), url.utf8.allSatisfy({ (33...126).contains($0) })
        else { throw HTTPClientError(.invalidRequest, "The URL is not one of http or https, or has to be escaped.") }
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenByte) else {
            throw HTTPClientError(.invalidRequest, "The method is no token (RFC 9110 section 5.6.2).")
        }
        for field in headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenByte),
                field.value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 })
            else {
                throw HTTPClientError(
                    .invalidRequest, "The header field \(field.name.debugDescription) cannot be sent.")
            }
        }
    }
}

extension UInt8 {
    /// RFC 9110 section 5.6.2.
    fileprivate var isTokenByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(self)
        }
    }
}
