import ChatBridge
import Foundation

/// The authenticated caller: a user, or the chat server.
struct Caller: Sendable, Equatable {
    /// The user as a caller of the chat core; for a service token that acts for no user, the name of the service.
    var user: ChatCaller
    /// Whether the token is a service token (scope `service`).
    var isService: Bool
    /// The dialect that has issued the token to the holder of an account; `nil` for tokens of the chat server.
    var account: Dialect?
    /// When the token expires; `nil` when it does not.
    var expires: Date?

    /// The maximum length of a name in a token, in bytes.
    private static let maximumNameLength = 256

    init?(_ claims: Claims) {
        guard let id = claims.userID, ChatIdentifier.isValid(id) else { return nil }
        let name = claims.name.flatMap { $0.isEmpty || $0.utf8.count > Self.maximumNameLength ? nil : $0 }
        user = ChatCaller(id: id, name: name, userType: claims.userType.map(UserType.init(rawValue:)))
        isService = claims.scope?.split(separator: " ").contains("service") ?? false
        account = claims.darkroomAccount.map(Dialect.init(rawValue:))
        expires = claims.exp.map(Date.init(timeIntervalSince1970:))
    }

    /// The bearer of the service key of that name.
    init(service name: String) {
        user = ChatCaller(id: name)
        isService = true
        (account, expires) = (nil, nil)
    }

    /// The caller for a request in which this service token acts for `user`.
    func acting(for user: String) -> Caller {
        var caller = self
        caller.user = ChatCaller(id: user)
        return caller
    }
}
