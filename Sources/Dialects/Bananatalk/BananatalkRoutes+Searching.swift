import Bytes
import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the search for messages.
    func mountSearch(on routes: inout DialectRoutes) {
        routes.on(.get, "/api/v1/messages/search", .searchMessages) { request, _, caller in
            let (page, limit) = try service.chat.page(
                request.queryInteger("page"), limit: request.queryInteger("limit"))
            var search = MessageSearch(
                try service.chat.checkSearch(request.queryParameter("q")), page: page, limit: limit)
            search.since = try date("from", of: request)
            search.until = try date("to", of: request, end: true)
            search.types = request.queryParameter("type").map { [MessageType(rawValue: $0)] }
            let partner = request.queryParameter("userId")
            return .json(try await service.search(search, with: partner, for: caller).envelope)
        }
    }

    /// A date in a request's query: a moment (RFC 3339), or a day (UTC), which includes all of its moments.
    /// - Parameter end: whether messages before it are wanted; the bound of a day is then its end.
    private func date(_ name: String, of request: HTTPRequest, end: Bool = false) throws -> Date? {
        guard let text = request.queryParameter(name), !text.isEmpty else { return nil }
        if let milliseconds = RFC3339.milliseconds(text) {
            // A message of this very millisecond is wanted, too.
            return Date(timeIntervalSince1970: Double(milliseconds + (end ? 1 : 0)) / 1000)
        }
        guard let start = RFC3339.milliseconds(text + "T00:00:00Z") else {
            throw APIError.invalid(name, "is a date (2026-01-15) or a moment (2026-01-15T10:30:00Z)")
        }
        return Date(timeIntervalSince1970: Double(start / 1000 + (end ? 86_400 : 0)))
    }
}
