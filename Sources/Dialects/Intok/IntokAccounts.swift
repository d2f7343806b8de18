import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaAPI

/// The accounts of the dialect: registration, login and the tokens that they give. Which addresses have an account is shown by
/// `register` and `check-email` alone, as the reference has it.
struct IntokAccounts: Sendable {
    let service: IntokService
    /// By the reference's names of them, those that are configured.
    let providers: [String: IdentityTokenVerifier]
    private let passwords = PasswordHasher()
    private let accessTokens: TokenSigner
    private let accessTokenLifetime: TimeInterval
    private let refreshTokens: RefreshTokens
    /// By the network of the client, in all calls that need no token.
    private let callers: AttemptLimiter
    /// Of logins; a successful one is forgotten.
    private let logins: IntokLoginLimiter

    var chat: Chat { service.chat }

    init(service: IntokService, settings: IntokAccountSettings, secret: [UInt8]) {
        self.service = service
        providers = settings.providers
        accessTokens = TokenSigner(secret: secret)
        accessTokenLifetime = settings.accessTokenLifetime
        refreshTokens = RefreshTokens(
            purpose: "darkroom intok refresh tokens", secret: secret, lifetime: settings.refreshTokenLifetime)
        callers = AttemptLimiter(service.limits.attemptsPerAddress, within: .seconds(60))
        logins = IntokLoginLimiter(limits: service.limits)
    }

    /// Counts a call that needs no token.
    /// - Throws: ``APIError`` `limitExceeded` when the client's network has made too many.
    func count(_ request: HTTPRequest) throws(APIError) { try callers.attempt(ClientNetwork.of(request.clientAddress)) }

    /// Creates an account: `{user, accessToken, refreshToken}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` or `emailExists`; ``APIError`` `busy`.
    func register(_ body: JSONValue) async throws -> JSONValue {
        let email = try IntokProfile.email(in: body)
        let password = try IntokProfile.newPassword(in: body)
        guard let username = try IntokProfile.username(in: body) else {
            throw ChatError(.invalidRequest, "username is required")
        }
        let (language, country) = (try IntokProfile.language(in: body), try IntokProfile.country(in: body))
        let hash = try await passwords.hash(password)
        let user = try await chat.createAccount(email: email, value: ["passwordHash": .string(hash)]) { id in
            IntokUser.new(id, email: email, username: username, language: language, country: country)
        }
        return try await session(of: user)
    }

    /// Logs a user in by e-mail address and password. An unknown address and a wrong password have the same message, after the
    /// same time.
    /// - Parameter address: the client's IP address.
    /// - Throws: ``ChatError`` with code `invalidRequest` or `invalidCredentials`; ``APIError`` `limitExceeded` or `busy`.
    func login(_ body: JSONValue, from address: String) async throws -> JSONValue {
        let email = try IntokProfile.email(in: body)
        let password = try IntokProfile.password(in: body)
        let (key, network) = (EmailAddress.key(email), ClientNetwork.of(address))
        try logins.attempt(key, from: network)
        let account = try await chat.account(email: email)
        let matches = try await passwords.matches(password, account?.value["passwordHash"]?.stringValue)
        guard matches, let account, let user = try await chat.users([account.user])[account.user] else {
            throw ChatError(.invalidCredentials, "Invalid email or password")
        }
        logins.reset(key, from: network)
        return try await session(of: user)
    }

    /// Whether there is an account of an e-mail address: `{exists, email}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the address is not valid.
    func checkEmail(_ body: JSONValue) async throws -> JSONValue {
        let email = try IntokProfile.email(in: body)
        return ["exists": .bool(try await chat.account(email: email) != nil), "email": .string(email)]
    }

    /// Exchanges a refresh token, once, for new tokens.
    /// - Throws: ``ChatError`` with code `invalidRequest` when there is none; ``APIError`` `unauthorized` for one that has expired,
    ///   was used, or whose user was deleted.
    func refresh(_ body: JSONValue) async throws -> JSONValue {
        let rejected = APIError(code: .unauthorized, message: "Invalid or expired refresh token")
        guard let token = refreshTokens.read(try body.requiredText("refreshToken"), at: chat.now()),
            let user = try await chat.accountHolder(token.user),
            try await chat.useOnce(token: "refresh:" + token.id, expires: token.expires)
        else { throw rejected }
        return try await session(of: user)
    }

    /// `{user, accessToken, refreshToken}` for a user who has logged in.
    func session(of user: ChatUser) async throws -> JSONValue {
        let date = chat.now()
        let token = accessTokens.token(
            subject: user.id, name: user.username, account: chat.dialect, issued: date, lifetime: accessTokenLifetime)
        return [
            "user": try await service.shown(user), "accessToken": .string(token),
            "refreshToken": .string(refreshTokens.make(for: user.id, at: date)),
        ]
    }
}
