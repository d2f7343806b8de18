import HTTPServer
import MediaAPI
import OpenAPI

/// The routes of accounts and devices.
struct IntokAccountRoutes: Sendable {
    let accounts: IntokAccounts

    /// Adds the routes.
    func mount(on routes: inout DialectRoutes) {
        let service = accounts.service
        routes.openOrService(.post, "/api/auth/register", .register) { request, isService in
            // All users of the chat server come from its address.
            if !isService { try accounts.count(.register, request) }
            let body = try await request.json()
            let session = try await accounts.register(body, from: request.clientNetwork, isService: isService)
            return .json(session, status: .created)
        }
        routes.open(.post, "/api/auth/login", .login) { request, _ in
            try accounts.count(.login, request)
            return .json(try await accounts.login(try await request.json(), from: request.clientNetwork))
        }
        routes.open(.post, "/api/auth/check-email", .checkEmail) { request, _ in
            try accounts.count(.checkEmail, request)
            return .json(try await accounts.checkEmail(try await request.json()))
        }
        routes.open(.post, "/api/auth/refresh", .refresh) { request, _ in
            try accounts.count(.refresh, request)
            return .json(try await accounts.refresh(try await request.json(), from: request.clientNetwork))
        }
        routes.openOrService(.post, "/api/auth/oauth", .oauth) { request, isService in
            // All users of the chat server come from its address.
            if !isService { try accounts.count(.oauth, request) }
            return .json(try await accounts.oauth(try await request.json(), isService: isService))
        }
        routes.on(.get, "/api/users/search", .searchUsers) { request, _, caller in
            .json(try await service.searchUsers(request.queryParameter("q"), for: caller))
        }
        routes.on(.patch, "/api/users/me", .updateProfile) { request, _, caller in
            .json(try await service.updateProfile(try await request.json(), by: caller))
        }
        routes.on(.patch, "/api/users/me/language", .updateLanguage) { request, _, caller in
            .json(try await service.updateLanguage(try await request.json(), by: caller))
        }
        routes.on(.patch, "/api/users/me/country", .updateCountry) { request, _, caller in
            .json(try await service.updateCountry(try await request.json(), by: caller))
        }
        routes.on(.post, "/api/devices/register", .registerDevice) { request, _, caller in
            .json(try await service.registerDevice(try await request.json(), by: caller))
        }
        routes.on(.post, "/api/devices/unregister", .unregisterDevice) { request, _, caller in
            .json(try await service.unregisterDevice(try await request.optionalJSON(), by: caller))
        }
    }
}
