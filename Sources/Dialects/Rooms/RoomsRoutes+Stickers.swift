import ChatBridge
import HTTPServer
import JSON
import MediaAPI
import MediaWorker

extension RoomsRoutes {
    /// Adds the routes of stickers: the reference's, and those by which the chat server provides them.
    func mountStickers(on routes: inout DialectRoutes, _ base: String) {
        let set = base + "/sets/:setId"
        routes.on(.get, base + "/sets", .stickerSets) { request, _, _ in
            .json(
                try await service.stickerSets(
                    page: request.queryInteger("page"), limit: request.queryInteger("limit"),
                    category: request.queryParameter("category"), search: request.queryParameter("search")))
        }
        routes.on(.get, set, .stickerSet) { _, path, _ in .json(try await service.stickerSet(path.set)) }
        routes.on(.get, set + "/stickers", .stickers) { _, path, _ in .json(try await service.stickers(of: path.set)) }
        routes.on(.post, set + "/download", .downloadStickerSet) { _, path, caller in
            .json(try await service.downloadStickerSet(path.set, by: caller))
        }
        routes.on(.get, base + "/my-collections", .stickerCollections) { request, _, caller in
            .json(
                try await service.stickerCollections(
                    of: caller, page: request.queryInteger("page"), limit: request.queryInteger("limit")))
        }
        routes.on(.get, base + "/search", .searchStickers) { request, _, _ in
            .json(
                try await service.searchStickers(
                    request.queryParameter("q"), limit: request.queryInteger("limit")))
        }
        routes.service(.put, set, .defineStickerSet) { request, path in
            .json(try await service.defineStickerSet(path.set, try await request.json()))
        }
        routes.service(.delete, set, .deleteStickerSet) { _, path in .json(try await service.deleteStickerSet(path.set))
        }
        routes.service(.post, set + "/stickers", .addSticker, addSticker)
        routes.service(.delete, set + "/stickers/:stickerId", .deleteSticker) { _, path in
            .json(try await service.deleteSticker(path.text("stickerId"), of: path.set))
        }
    }

    /// `POST /stickers/sets/:setId/stickers`: a form with `file`, `stickerId`, `stickerType`, `name` and `tags`, in any order.
    private func addSticker(_ request: HTTPRequest, _ path: PathParameters) async throws -> HTTPResponse {
        let service = service
        try await service.checkStickerSet(path.set)
        let form = try await uploads.receive(
            request,
            UploadFormSpecification(
                fileField: "file", policy: policies.sticker,
                sender: { UploadSender(.rooms, "", isService: true) },
                key: keyGenerator.key(Dialect.rooms.rawValue, "stickers"),
                required: ["stickerId": "by which ID messages name the sticker"]
            ) { name, text in try service.checkStickerField(name, text) })
        guard let file = form.file else { throw APIError(code: .internalError, message: "There is no file") }
        return created(
            // Stickers are the chat system's, and no user's.
            try await publisher.publish(file, of: "") { record in
                try await service.addSticker(record, to: path.set, fields: form.fields)
            })
    }
}

extension PathParameters {
    fileprivate var set: String { text("setId") }
}
