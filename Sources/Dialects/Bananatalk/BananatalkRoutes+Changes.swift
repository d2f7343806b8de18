import ChatBridge
import Foundation
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the routes that change messages and list them.
    func mountChanges(on routes: inout DialectRoutes) {
        let base = "/api/v1/messages"
        routes.on(.get, base, .messages) { request, _, caller in
            .json(try await service.messages(of: caller, page: try page(request)).envelope)
        }
        routes.on(.put, base + "/:id", .editMessage) { request, path, caller in
            guard let text = try await request.json().text("message") else {
                throw APIError.missing("message", "the new text")
            }
            return success(try await service.edit(path.text("id"), text: text, by: caller))
        }
        routes.on(.get, base + "/:id/replies", .replies) { request, path, caller in
            let page = try await service.replies(to: path.text("id"), for: caller, page: try page(request))
            return .json(page.envelope)
        }
        routes.on(.post, base + "/:id/pin", .pinMessage) { _, path, caller in
            success(try await service.setPinned(true, path.text("id"), by: caller))
        }
        routes.on(.post, base + "/:id/unpin", .unpinMessage) { _, path, caller in
            success(try await service.setPinned(false, path.text("id"), by: caller))
        }
    }

    /// The page in a request's query.
    func page(_ request: HTTPRequest) throws -> MessageListPage {
        let (page, limit) = try service.chat.page(
            request.queryInteger("page"), limit: request.queryInteger("limit"))
        return MessageListPage(
            page: page, limit: limit, before: request.queryParameter("before"), after: request.queryParameter("after"))
    }

    func success(_ data: JSONValue) -> HTTPResponse { .json(BananatalkEnvelope.success(data)) }

    func created(_ data: JSONValue) -> HTTPResponse {
        .json(BananatalkEnvelope.success(data), status: .created)
    }
}
