import ChatBridge
import HTTPServer
import Logging

/// Finds out who sent a request, by its head alone.
package struct Authenticator: Sendable {
    let tokens: TokenVerifier
    let logger: Logger

    /// The user that `request` comes from: the bearer of a user's token, or whom a service token acts for
    /// (`X-On-Behalf-Of`).
    func user(of request: HTTPRequest) throws -> Caller {
        let caller = try bearer(of: request)
        let onBehalfOf = request.headers["X-On-Behalf-Of"]
        switch (caller.isService, onBehalfOf) {
        case (false, nil): return caller
        case (false, _):
            throw APIError(code: .forbidden, message: "X-On-Behalf-Of takes a service token")
        case (true, nil):
            throw APIError(code: .forbidden, message: "A service token acts for a user: name one in X-On-Behalf-Of")
        case (true, let user?):
            guard ChatIdentifier.isValid(user) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
            return caller.acting(for: user)
        }
    }

    /// The chat server itself: the bearer of a service token.
    func service(of request: HTTPRequest) throws -> Caller {
        let caller = try bearer(of: request)
        guard caller.isService else {
            throw APIError(code: .forbidden, message: "This is for the chat server: it takes a service token")
        }
        return caller
    }

    /// Whoever `token` names, for connections that carry it elsewhere than in a header.
    func caller(token: some StringProtocol) throws(TokenError) -> Caller { try tokens.caller(token) }

    private func bearer(of request: HTTPRequest) throws -> Caller {
        do {
            guard let value = request.headers["Authorization"] else { throw TokenError.missing }
            let words = value.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count == 2, words[0].lowercased() == "bearer" else { throw TokenError.malformed }
            return try tokens.caller(words[1])
        } catch let error as TokenError {
            logger.debug("token refused", ["request": request.id, "reason": error.rawValue])
            throw error
        }
    }
}
