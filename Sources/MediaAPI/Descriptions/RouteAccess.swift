/// How the callers of a route are authenticated and counted, which decides the errors that they may get.
package enum RouteAccess: Sendable, Hashable {
    /// Neither.
    case unlimited
    /// Requests count for the address that they come from.
    case open
    /// By a user's token, or a service token and the user for whom it acts.
    case user
    /// By a service token.
    case service

    /// The name of the security scheme; `nil` for none.
    var scheme: String? {
        switch self {
        case .unlimited, .open: nil
        case .user: "userToken"
        case .service: "serviceToken"
        }
    }
}
