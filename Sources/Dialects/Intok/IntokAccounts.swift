import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaAPI

/// The accounts of the dialect: registration, login and the tokens that they give. Logins do not show which addresses have an account;
/// `register`, `check-email` and the search for users do, as the reference has it.
struct IntokAccounts: Sendable {
    let service: IntokService
    /// By the reference's names of them, those that are configured.
    let providers: [String: IdentityTokenVerifier]
    /// Whether anyone may create an account, or only the chat server.
    let isOpen: Bool
    private let passwords: PasswordHasher
    private let accessTokens: TokenSigner
    private let accessTokenLifetime: TimeInterval
    let refreshTokens: RefreshTokens
    /// The refresh tokens that were used a moment ago.
    let recentUses: AttemptLimiter
    /// By the call and the network of the client, in all calls that need no token.
    private let callers: AttemptLimiter
    /// Of logins; a successful one is forgotten.
    let logins: IntokLoginLimiter

    var chat: Chat { service.chat }

    init(
        service: IntokService, settings: IntokAccountSettings, keys: TokenKeyRing,
        passwords: PasswordHasher = PasswordHasher(), maximumRepetitionTime: Duration = .seconds(10)
    ) {
        recentUses = AttemptLimiter(1, within: maximumRepetitionTime)
        self.service = service
        self.passwords = passwords
        providers = settings.providers
        isOpen = settings.registration == .open
        accessTokens = TokenSigner(keys)
        accessTokenLifetime = settings.accessTokenLifetime
        refreshTokens = RefreshTokens(
            purpose: "darkroom intok refresh tokens", keys: keys, lifetime: settings.refreshTokenLifetime)
        callers = AttemptLimiter(service.limits.attemptsPerAddress, within: .seconds(60))
        logins = IntokLoginLimiter(limits: service.limits)
    }

    /// The calls that need no token. Each is limited by itself: one that is cheap uses up nothing of the others.
    enum Call: String { case register, login, oauth, checkEmail, refresh }

    /// Counts a call that needs no token. An address that may be that of a proxy counts for no one, as in the limits of requests: all
    /// clients behind the proxy have it.
    /// - Throws: ``APIError`` `limitExceeded` when the client's network has made too many.
    func count(_ call: Call, _ request: HTTPRequest) throws(APIError) {
        if let network = request.clientNetwork { try callers.attempt(call.rawValue + " " + network) }
    }

    /// The error for a client that creates an account where only the chat server may.
    static var closed: ChatError {
        ChatError(.notAllowed, "Accounts are not created here by everyone: ask the operator for one")
    }

    /// Creates an account: `{user, accessToken, refreshToken}`.
    /// - Parameters:
    ///   - network: the client's; `nil` where it is not known.
    ///   - isService: whether the chat server calls.
    /// - Throws: ``ChatError`` with code `invalidRequest` or `emailExists`, `notAllowed` when only the chat server may; ``APIError`` `busy`.
    func register(_ body: JSONValue, from network: String?, isService: Bool) async throws -> JSONValue {
        guard isOpen || isService else { throw Self.closed }
        let email = try IntokProfile.email(in: body)
        let password = try IntokProfile.newPassword(in: body)
        guard let username = try IntokProfile.username(in: body) else {
            throw ChatError(.invalidRequest, "username is required")
        }
        let (language, country) = (try IntokProfile.language(in: body), try IntokProfile.country(in: body))
        let hash = try await passwords.hash(password, for: isService ? .known : .stranger(network))
        let user = try await chat.createAccount(email: email, value: ["passwordHash": .string(hash)]) { id in
            IntokUser.new(id, email: email, username: username, language: language, country: country)
        }
        if !isService { logins.remember(EmailAddress.key(email), from: network) }
        return try await session(of: user)
    }

    /// Logs a user in by e-mail address and password. An unknown address and a wrong password have the same message, after the
    /// same time.
    /// - Parameter network: the client's; `nil` where its address may be that of a proxy.
    /// - Throws: ``ChatError`` with code `invalidRequest` or `invalidCredentials`; ``APIError`` `limitExceeded` or `busy`.
    func login(_ body: JSONValue, from network: String?) async throws -> JSONValue {
        let email = try IntokProfile.email(in: body)
        let password = try IntokProfile.password(in: body)
        let key = EmailAddress.key(email)
        try logins.attempt(key, from: network)
        let user: ChatUser?
        do {
            let isKnown = logins.isKnown(key, from: network)
            user = try await holder(of: email, password, isKnown ? .known : .stranger(network))
        } catch {
            // Nothing was found out, and what no one could have known is no failed login.
            logins.giveBack(key, from: network)
            throw error
        }
        guard let user else { throw ChatError(.invalidCredentials, "Invalid email or password") }
        logins.reset(key, from: network)
        return try await session(of: user)
    }

    /// The user of an account, if that is its password.
    private func holder(
        of email: String, _ password: String, _ client: PasswordHasher.Client
    ) async throws -> ChatUser? {
        let account = try await chat.account(email: email)
        let hash = account?.value["passwordHash"]?.stringValue
        guard try await passwords.matches(password, hash, for: client), let account else { return nil }
        return try await chat.users([account.user])[account.user]
    }

    /// Whether there is an account of an e-mail address: `{exists, email}`.
    /// - Throws: ``ChatError`` with code `invalidRequest` when the address is not valid.
    func checkEmail(_ body: JSONValue) async throws -> JSONValue {
        let email = try IntokProfile.email(in: body)
        return ["exists": .bool(try await chat.account(email: email) != nil), "email": .string(email)]
    }

    /// `{user, accessToken, refreshToken}` for a user who has logged in.
    /// - Parameter login: what the refresh tokens of one login have in common; `nil` for a new one.
    func session(of user: ChatUser, login: String? = nil) async throws -> JSONValue {
        let date = chat.now()
        let token = accessTokens.token(
            subject: user.id, name: user.username, account: chat.dialect, issued: date, lifetime: accessTokenLifetime)
        return [
            "user": try await service.shown(user), "accessToken": .string(token),
            "refreshToken": .string(refreshTokens.make(for: user.id, login: login, at: date)),
        ]
    }
}

extension HTTPRequest {
    /// The network of its client; `nil` where the address may be that of a proxy, and so of many clients.
    var clientNetwork: String? { clientMayBeProxy ? nil : ClientNetwork.of(clientAddress) }
}
