import HTTPServer
import MediaAPI

@testable import Darkroom

/// The routes of the whole service, which serves nothing.
enum ServedRoutes {
    /// Every route and subtree of the native API and of all dialects of this build.
    static func all() throws -> [RegisteredRoute] { try DescribedService.make().registeredRoutes }

    /// The routes of a dialect as `METHOD PATH`, relative to its prefix. A route with an empty segment is another spelling of a
    /// route: with a slash at its end, or without an identifier, which is an error.
    static func of(_ dialect: String) throws -> Set<String> {
        let prefix = "/" + dialect
        var routes: Set<String> = []
        for route in try all() where route.pattern == prefix || route.pattern.hasPrefix(prefix + "/") {
            let path = route.pattern.dropFirst(prefix.count)
            guard !path.contains("//"), !path.hasSuffix("/") else { continue }
            routes.insert((route.method?.rawValue ?? "any") + " " + (path.isEmpty ? "/" : path))
        }
        return routes
    }
}
