/// Why a request's head is rejected: the status of the response, and a message for the client and the log.
struct HeadError: Error, Hashable {
    let status: HTTPStatus
    let reason: String

    static func bad(_ reason: String) -> HeadError { HeadError(status: .badRequest, reason: reason) }
    static let headTooLarge = HeadError(
        status: .requestHeaderFieldsTooLarge, reason: "the request's header fields are too large")
    static let tooManyFields = HeadError(
        status: .requestHeaderFieldsTooLarge, reason: "the request has too many header fields")
    static let targetTooLong = HeadError(status: .uriTooLong, reason: "the request's target is too long")
}
