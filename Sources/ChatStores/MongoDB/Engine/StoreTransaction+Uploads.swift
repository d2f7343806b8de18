import ChatBridge
import ChatDocuments
import Concurrency
import Foundation

extension StoreTransaction {
    func save(_ upload: PresignedUpload, within allowance: UploadAllowance?) throws {
        if let allowance { try check(upload, allowance) }
        try session.insert(own.uploads, [Self.document(of: upload)])
        // The client may write it for so long, and perhaps again after it was deleted.
        try reserve(
            upload.key, lifetime: upload.lifetime.wholeMilliseconds,
            unusedAfter: (upload.uploadLifetime + PresignedUpload.grace).wholeMilliseconds)
        try watch(upload)
    }

    /// An upload as a document. Its times are in what is known of its object.
    static func document(of upload: PresignedUpload) -> BSONDocument {
        var document: BSONDocument = [
            "_id": identifier(of: upload.id, in: upload.dialect), "dialect": .string(upload.dialect.rawValue),
            "upload": .string(upload.id), "owner": .identifier(upload.owner), "object": .string(upload.key),
            "mimeType": .string(upload.mimeType), "fileSize": .int64(upload.fileSize),
            "expires": .date(upload.expires),
        ]
        document["conversation"] = upload.conversation.map(BSONValue.identifier)
        document["originalName"] = upload.originalName.map(BSONValue.string)
        return document
    }

    func presignedUpload(_ id: String, in dialect: Dialect) throws -> PresignedUpload? {
        guard let found = try session.first(own.uploads, ["_id": Self.identifier(of: id, in: dialect)]),
            let key = found["object"]?.stringValue
        else { return nil }
        if let reservation = try state(of: key).reservation, reservation.start == start,
            let end = reservation.keepUntil, end <= uptime
        {
            return nil
        }
        return PresignedUpload(
            id: id, dialect: dialect, owner: found["owner"]?.identifierValue ?? "",
            conversation: found["conversation"]?.identifierValue, key: key,
            mimeType: found["mimeType"]?.stringValue ?? "", fileSize: found["fileSize"]?.integerValue ?? 0,
            originalName: found["originalName"]?.stringValue,
            expires: found["expires"]?.timestamp ?? Date(milliseconds: 0))
    }

    /// Deletes the upload that has become a medium, under a key of its own, and marks its object for deletion. Its key is
    /// checked again when nothing can be written there any more (see ``watch(_:)``).
    func consumeUpload(_ id: String, in dialect: Dialect) throws {
        let filter: BSONDocument = ["_id": Self.identifier(of: id, in: dialect)]
        guard let object = try session.first(own.uploads, filter)?["object"]?.stringValue else { return }
        try session.delete(own.uploads, filter)
        try change(object) { state in
            state.reservation = nil
            state.markForDeletion()
        }
    }

    func claim(token: String, in dialect: Dialect, expires: Date) throws -> Bool {
        // Of a process that has ended it is not known how long ago it was that a token was used.
        try session.update(
            own.tokens, ["start": try ofEndedStarts()],
            [["$set": ["start": .int64(start), "keepUntil": ["$add": [.int64(uptime), "$lifetime"]]]]], many: true)
        // Expired by their date and also by the uptime since they were used: if the clock was set ahead and back again, the
        // date alone would let them be used twice.
        try session.delete(
            own.tokens,
            ["start": .int64(start), "keepUntil": ["$lte": .int64(uptime)], "expires": ["$lt": .date(now)]])
        let id = Self.identifier(of: token, in: dialect)
        guard try session.first(own.tokens, ["_id": id]) == nil else { return false }
        let lifetime = max(expires.milliseconds - now.milliseconds, 0)
        let document: BSONDocument = [
            "_id": id, "expires": .date(expires), "start": .int64(start), "lifetime": .int64(lifetime),
            "keepUntil": .int64(uptime + lifetime),
        ]
        try session.insert(own.tokens, [document])
        return true
    }

    /// What is unique within a dialect, as an identifier that is unique in all.
    static func identifier(of id: String, in dialect: Dialect) -> BSONValue { .string("\(dialect.rawValue):\(id)") }

    /// Checks that the owner of an upload may have another one open.
    /// - Throws: ``StoreError/tooManyUploads``.
    private func check(_ upload: PresignedUpload, _ allowance: UploadAllowance) throws {
        try lock("uploads:\(upload.dialect.rawValue):\(upload.owner)")
        let open = try session.find(
            own.uploads,
            ["dialect": .string(upload.dialect.rawValue), "owner": .identifier(upload.owner)],
            fields: ["fileSize": 1])
        let bytes = open.reduce(0) { $0 + ($1["fileSize"]?.integerValue ?? 0) }
        guard open.count < allowance.files, bytes <= allowance.bytes - upload.fileSize else {
            throw ChatError(.tooManyUploads)
        }
    }
}
