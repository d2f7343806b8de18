import ChatBridge
import JSON
import MediaAPI

extension IntokAccounts {
    private static let maximumSubjectBytes = 255

    /// Logs a user in by their identity at a provider: `{user, accessToken, refreshToken}`. The account is created where there is
    /// none, and linked to the identity where there is one of the same e-mail address without a password.
    ///
    /// What the body says is believed if the chat server says it, or if an `idToken` of the provider does: anyone can write a body.
    /// - Parameter isService: whether the chat server calls.
    /// - Throws: ``ChatError`` with code `invalidRequest`; `notAllowed` when the identity is not proved, the account has a
    ///   password, or there is none and only the chat server may create one;
    ///   ``APIError`` `busy` when the provider's keys cannot be fetched.
    func oauth(_ body: JSONValue, isService: Bool) async throws -> JSONValue {
        let provider = try body.requiredText("provider")
        guard ["google", "apple"].contains(provider) else {
            throw ChatError(.invalidRequest, "provider is google or apple")
        }
        let subject = try body.requiredText("providerId")
        guard subject.utf8.count <= Self.maximumSubjectBytes else {
            throw ChatError(.invalidRequest, "providerId has at most \(Self.maximumSubjectBytes) bytes")
        }
        let email = try IntokProfile.email(in: body)
        let (name, avatar) = (try body.text("name", maximumBytes: 256), try IntokProfile.avatar(in: body))
        // One of another type is refused also where it is not needed.
        let token = try body.text("idToken")
        var isEmailProved = isService
        if !isService {
            isEmailProved = try await proves(token, provider, subject, email)
        }
        // The second attempt finds what another call has created meanwhile.
        for isLast in [false, true] {
            if let user = try await knownUser(provider, subject, email, isEmailProved: isEmailProved) {
                return try await session(of: user)
            }
            guard isOpen || isService else { throw Self.closed }
            do {
                let user = try await chat.createAccount(email: email, identity: (provider, subject)) { id in
                    IntokUser.new(
                        id, email: email, username: IntokProfile.generatedUsername(name: name, email: email),
                        avatar: avatar)
                }
                return try await session(of: user)
            } catch let error as ChatError where error.code == .emailExists && !isLast {
                continue
            }
        }
        throw Self.notProved
    }

    /// The user of an identity, or of the account of the same address, which is linked to it; `nil` where there is no account.
    /// - Throws: ``ChatError`` with code `notAllowed` when the address is not proved, or its account has a password.
    private func knownUser(
        _ provider: String, _ subject: String, _ email: String, isEmailProved: Bool
    ) async throws -> ChatUser? {
        if let id = try await chat.user(provider: provider, subject: subject) {
            return try await chat.accountHolder(id)
        }
        guard isEmailProved else {
            throw ChatError(.notAllowed, "The provider has not verified that this email is the user's")
        }
        guard let account = try await chat.account(email: email) else { return nil }
        // Addresses are not verified at registration: the password, and tokens that were given for it, may be those of someone
        // who registered the address of this user before them.
        guard account.value["passwordHash"] == nil else {
            throw ChatError(.notAllowed, "This email has an account with a password. Log in with the password.")
        }
        try await chat.link(account.user, provider: provider, subject: subject)
        return try await chat.users([account.user])[account.user]
    }

    /// Checks that the provider has signed that the caller is `subject`. Returns whether it has verified their address, too.
    private func proves(_ token: String?, _ provider: String, _ subject: String, _ email: String) async throws -> Bool {
        guard let token, let verifier = providers[provider] else { throw Self.notProved }
        let identity: Identity
        do throws(IdentityTokenError) {
            identity = try await verifier.identity(in: token)
        } catch {
            if case .noKeys = error {
                throw APIError(code: .busy, message: "The provider's keys cannot be read now. Try again.", cause: error)
            }
            throw Self.notProved
        }
        guard identity.subject == subject else { throw Self.notProved }
        return identity.isEmailVerified && identity.email.map(EmailAddress.key) == EmailAddress.key(email)
    }

    private static var notProved: ChatError {
        ChatError(
            .notAllowed,
            "This login needs a service token, or an idToken that the provider has signed for this app and user")
    }
}
