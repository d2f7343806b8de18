import ChatBridge
import Foundation

/// Who calls: a user, or the chat server itself.
struct Caller: Sendable, Equatable {
    /// The user, in chat's terms; for a service token that acts for nobody, the service's own name.
    var user: ChatCaller
    /// Whether the token is the chat server's own (scope `service`).
    var isService: Bool
    /// Until when the token holds.
    var expires: Date?

    /// The longest name that a token may give, in bytes.
    private static let maximumNameLength = 256

    init?(_ claims: Claims) {
        guard let id = claims.userID, ChatIdentifier.isValid(id) else { return nil }
        let name = claims.name.flatMap { $0.isEmpty || $0.utf8.count > Self.maximumNameLength ? nil : $0 }
        user = ChatCaller(id: id, name: name, userType: claims.userType.map(UserType.init(rawValue:)))
        isService = claims.scope?.split(separator: " ").contains("service") ?? false
        expires = claims.exp.map(Date.init(timeIntervalSince1970:))
    }

    /// The user that this service token acts for.
    func acting(for user: String) -> Caller {
        var caller = self
        caller.user = ChatCaller(id: user)
        return caller
    }
}
