/// Who calls: a user, or the chat server itself.
struct Caller: Sendable, Equatable {
    /// The user's id; for a service token that acts for nobody, the service's own name.
    var id: String
    /// The name that the token gives, if any.
    var name: String?
    /// Whether the user is a visitor, by the token's own claim.
    var isVisitor: Bool
    /// Whether the token is the chat server's own (scope `service`).
    var isService: Bool

    /// The longest id, in bytes.
    static let maximumIDLength = 128

    init?(_ claims: Claims) {
        guard let id = claims.userID, Self.isPlausible(id) else { return nil }
        self.id = id
        name = claims.name.flatMap { $0.isEmpty || $0.utf8.count > 256 ? nil : $0 }
        isVisitor = claims.userType == "visitor"
        isService = claims.scope?.split(separator: " ").contains("service") ?? false
    }

    /// Whether `id` can be a user's: short, and without control characters.
    static func isPlausible(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= maximumIDLength
            && id.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    }

    /// The user that this service token acts for.
    func acting(for user: String) -> Caller {
        var caller = self
        caller.id = user
        caller.name = nil
        return caller
    }
}
