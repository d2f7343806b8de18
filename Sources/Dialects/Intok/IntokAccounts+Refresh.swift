import ChatBridge
import Foundation
import JSON
import MediaAPI

extension IntokAccounts {
    /// Exchanges a refresh token, once, for new tokens. One that was used before is in two hands, and no one knows in which the right
    /// one is: its login ends, and no refresh token that was made of it is exchanged any more (RFC 9700 section 4.14.2). Only within
    /// some seconds the same client may have sent it twice.
    /// - Parameter network: the client's; `nil` where its address may be that of a proxy.
    /// - Throws: ``ChatError`` with code `invalidRequest` when there is none; ``APIError`` `unauthorized` for one that has expired,
    ///   was used, whose login has ended, or whose user was deleted.
    func refresh(_ body: JSONValue, from network: String?) async throws -> JSONValue {
        let rejected = APIError(code: .unauthorized, message: "Invalid or expired refresh token")
        guard let token = refreshTokens.read(try body.requiredText("refreshToken"), at: chat.now()),
            let user = try await chat.accountHolder(token.user)
        else { throw rejected }
        let isFirst = try await chat.useOnce(token: "refresh:" + token.id, expires: token.expires)
        // Counted in either case; an error says that it was used a moment ago.
        let isRepeated = (try? recentUses.attempt(token.id)) == nil
        guard isFirst else {
            if !isRepeated { try await chat.endLogin(token.login, of: user.id, rememberedFor: refreshTokens.lifetime) }
            throw rejected
        }
        guard try await !chat.hasEnded(login: token.login) else { throw rejected }
        if let email = user.details["email"]?.stringValue { logins.remember(EmailAddress.key(email), from: network) }
        return try await session(of: user, login: token.login)
    }
}
