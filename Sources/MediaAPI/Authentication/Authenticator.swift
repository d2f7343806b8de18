import ChatBridge
import HTTPServer
import Logging

/// Authenticates requests by their headers.
package struct Authenticator: Sendable {
    let tokens: TokenVerifier
    /// What the chat core stores of users beside their records; `nil` where no dialect has accounts.
    private let records: (any UserRecordStore)?
    let logger: Logger
    /// The limits of the clients that are authenticated.
    let limits: RequestLimits
    /// Performs requests with an `Idempotency-Key` once; `nil` where no request makes anything.
    let idempotency: IdempotentRequests?
    /// Anyone can send tokens that are not valid, as fast as the network carries them.
    private let rejectionLimit = RateLimit(10, per: .seconds(1))

    init(
        tokens: TokenVerifier, records: (any UserRecordStore)? = nil, limits: RequestLimits = .none,
        idempotency: IdempotentRequests? = nil, logger: Logger
    ) {
        self.tokens = tokens
        self.records = records
        self.limits = limits
        self.idempotency = idempotency
        self.logger = logger
    }

    /// The user that `request` comes from: the bearer of a user's token, or the user that a service token acts for
    /// (`X-On-Behalf-Of`).
    /// - Throws: ``TokenError`` when there is no valid token, ``APIError`` `forbidden` when token and `X-On-Behalf-Of`
    ///   do not fit each other, `invalidField` when the header is not a user ID.
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
            request.notes?.onBehalfOf = user
            return caller.acting(for: user)
        }
    }

    /// Checks that the account still exists to whose holder a token was issued. Tokens of the chat server cost nothing here.
    /// - Throws: ``TokenError`` `withdrawn`; what the store throws.
    func checkAccount(of caller: Caller) async throws {
        guard let dialect = caller.account, let records else { return }
        guard try await !records.records(.account, of: caller.user.id, in: dialect).isEmpty else {
            throw TokenError.withdrawn
        }
    }

    /// The chat server: the bearer of a service token.
    /// - Throws: ``TokenError`` when there is no valid token, ``APIError`` `forbidden` when it is a user's token.
    func service(of request: HTTPRequest) throws -> Caller {
        let caller = try bearer(of: request)
        guard caller.isService else {
            throw APIError(code: .forbidden, message: "This is for the chat server: it takes a service token")
        }
        return caller
    }

    /// The caller of a request, by one of the functions above. A token that is not valid counts as a request of its address, and
    /// a user's token that is not for this request as one of the user.
    /// - Throws: ``APIError`` `rateLimited` when the address or the user has made too many of these; what `authenticate` and
    ///   ``checkAccount(of:)`` throw.
    func caller(
        of request: HTTPRequest, by authenticate: (HTTPRequest) throws -> Caller
    ) async throws -> Caller {
        do {
            let caller = try await refreshingKeys(for: request, authenticate)
            try await checkAccount(of: caller)
            return caller
        } catch let error as TokenError {
            try await limits.admit(addressOf: request)
            throw error
        } catch let error as APIError where error.code == .forbidden {
            // The token is valid: otherwise this would be the error of the token.
            if let caller = try? bearer(of: request), !caller.isService { try await limits.admit(user: caller.user.id) }
            throw error
        }
    }

    /// The result of `authenticate`; of a token of an unknown key, after the keys at the URL were fetched again, if that is due.
    func refreshingKeys(
        for request: HTTPRequest, _ authenticate: (HTTPRequest) throws -> Caller
    ) async throws -> Caller {
        do {
            return try authenticate(request)
        } catch let error as TokenError {
            guard error == .unknownKey, tokens.keys.hasRemoteKeys else { throw error }
        }
        _ = await tokens.keys.refresh()
        do {
            return try authenticate(request)
        } catch TokenError.unknownKey {
            logRejection(of: request, .unknownKey)
            throw TokenError.unknownKey
        }
    }

    /// Counts a session of sockets, whose client usually authenticates later, for the address that it comes from. Returns `false` for one
    /// that counts for its user instead: the address has used up its requests, and the head of the request has a valid token.
    /// - Throws: ``APIError`` `rateLimited` when the address has made too many requests, and there is no such token, or its user has made
    ///   too many.
    func admitSession(_ request: HTTPRequest) async throws(APIError) -> Bool {
        do throws(APIError) {
            try await limits.admit(addressOf: request)
            return true
        } catch {
            let tokens = [request.queryParameter("token"), request.headers["Authorization"]].compactMap { $0 }
            // What is no token is reported by the error of the address.
            let callers = tokens.compactMap { try? self.tokens.caller(Self.withoutScheme($0)) }
            guard let caller = callers.first else { throw error }
            if !caller.isService { try await limits.admit(user: caller.user.id) }
            return false
        }
    }

    private static func withoutScheme(_ value: String) -> String {
        value.prefix(7).lowercased() == "bearer " ? String(value.dropFirst(7)) : value
    }

    /// The caller of `token`, for connections that do not carry it in a header.
    func caller(token: some StringProtocol) async throws(TokenError) -> Caller {
        do throws(TokenError) {
            return try tokens.caller(token)
        } catch {
            // Also where another request has had the key fetched a moment ago.
            guard error == .unknownKey, tokens.keys.hasRemoteKeys else { throw error }
            _ = await tokens.keys.refresh()
            return try tokens.caller(token)
        }
    }

    private func bearer(of request: HTTPRequest) throws -> Caller {
        do {
            guard let value = request.headers["Authorization"] else { throw TokenError.missing }
            let words = value.split(separator: " ", omittingEmptySubsequences: true)
            guard words.count == 2, words[0].lowercased() == "bearer" else { throw TokenError.malformed }
            let caller = try tokens.caller(words[1])
            request.notes?.caller = "\(caller.isService ? "service" : "user"):\(caller.user.id)"
            return caller
        } catch let error as TokenError {
            // Of an unknown key it is logged when the keys have been fetched again.
            if error != .unknownKey || !tokens.keys.hasRemoteKeys { logRejection(of: request, error) }
            throw error
        }
    }

    /// Logs why a token was rejected, never the token.
    private func logRejection(of request: HTTPRequest, _ error: TokenError) {
        guard error != .missing, let suppressed = rejectionLimit.permit() else { return }
        var metadata = ["request": request.id, "client": request.clientAddress, "reason": error.description]
        if suppressed > 0 { metadata["notLogged"] = "\(suppressed)" }
        logger.info("token rejected", metadata)
    }
}
