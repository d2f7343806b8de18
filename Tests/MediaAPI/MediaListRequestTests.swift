import ChatBridge
import Foundation
import HTTPServer
import MediaModel
import Testing

@testable import MediaAPI

@Suite("A page of the list of media, as a client asks for it")
struct MediaListRequestTests {
    private func request(_ query: String) throws -> MediaListRequest {
        try MediaListRequest(HTTPRequest(method: .get, target: "/v1/media?" + query, headers: [:]))
    }

    @Test("has what the query says, and is the first one of twenty without a query")
    func values() throws {
        #expect(try request("").limit == 20)
        #expect(try request("").position == nil)
        let page = try request("owner=ann&kind=image&since=2026-01-01T00:00:00Z&limit=7&after=-5.m.1")
        #expect(page.filter.owner == "ann")
        #expect(page.filter.kind == .image)
        #expect(page.filter.since == Date(milliseconds: 1_767_225_600_000))
        #expect(page.filter.before == nil)
        #expect(page.limit == 7)
        #expect(page.position == MediaPosition(createdAt: Date(milliseconds: -5), id: "m.1"))
        #expect(page.position?.token == "-5.m.1")
    }

    @Test(
        "is an error for everything else, however great its numbers are",
        arguments: [
            "after=-9223372036854775808.x", "after=9223372036854775807.x", "after=99999999999999999999.x",
            "after=1125899906842625.x", "after=1", "after=.x", "after=1.", "after=1.%00", "limit=0", "limit=101",
            "limit=-9223372036854775808", "limit=99999999999999999999", "since=yesterday", "before=1", "kind=voice",
            "kind=",
            "since=", "owner=",
            "owner=%00",
        ])
    func invalid(query: String) {
        #expect(code(query) == .invalidField)
    }

    private func code(_ query: String) -> APIError.Code? {
        do {
            _ = try request(query)
            return nil
        } catch {
            return APIError(error).code
        }
    }
}
