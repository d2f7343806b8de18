import ChatBridge
import ChatDocuments
import Foundation

/// Uploads that may be continued.
extension StoreTransaction {
    func insert(_ upload: ResumableUpload, within allowance: UploadAllowance?) throws {
        if let allowance { try check(upload, allowance) }
        try session.insert(own.resumableUploads, [try upload.document])
    }

    func resumableUpload(_ id: String, in dialect: Dialect) throws -> ResumableUpload? {
        try session.first(own.resumableUploads, ["_id": Self.identifier(of: id, in: dialect)])
            .map(ResumableUpload.init)
    }

    func replace(_ upload: ResumableUpload) throws -> Bool {
        let filter: BSONDocument = [
            "_id": Self.identifier(of: upload.id, in: upload.dialect), "version": .int64(upload.version),
        ]
        var changed = upload
        changed.version += 1
        return try session.update(own.resumableUploads, filter, .document(try changed.document)) > 0
    }

    func resumableUploads(expiredBefore date: Date, limit: Int) throws -> [ResumableUpload] {
        try session.find(
            own.resumableUploads, ["expires": ["$lt": .date(date)]], sort: ["expires": 1], limit: limit
        ).map(ResumableUpload.init)
    }

    func deleteResumableUpload(_ id: String, in dialect: Dialect) throws {
        try session.delete(own.resumableUploads, ["_id": Self.identifier(of: id, in: dialect)])
    }

    /// Checks that the owner of an upload may have another one open.
    /// - Throws: ``StoreError/tooManyUploads``.
    private func check(_ upload: ResumableUpload, _ allowance: UploadAllowance) throws {
        try lock("resumable uploads:\(upload.dialect.rawValue):\(upload.owner)")
        let open = try session.find(
            own.resumableUploads,
            [
                "dialect": .string(upload.dialect.rawValue), "owner": .identifier(upload.owner),
                "countedBytes": ["$exists": true],
            ], fields: ["countedBytes": 1])
        let bytes = open.reduce(0) { $0 + ($1["countedBytes"]?.integerValue ?? 0) }
        guard open.count < allowance.files, bytes <= allowance.bytes - (upload.countedBytes ?? 0) else {
            throw ChatError(.tooManyUploads)
        }
    }
}

extension ResumableUpload {
    /// The upload as a document.
    var document: BSONDocument {
        get throws {
            var document: BSONDocument = [
                "_id": StoreTransaction.identifier(of: id, in: dialect), "dialect": .string(dialect.rawValue),
                "upload": .string(id), "owner": .identifier(owner), "createdAt": .date(createdAt),
                "expires": .date(expires), "version": .int64(version), "content": try .encoding(content),
            ]
            document["countedBytes"] = countedBytes.map(BSONValue.int64)
            return document
        }
    }

    init(_ document: BSONDocument) throws {
        guard let id = document["upload"]?.stringValue, let dialect = document["dialect"]?.stringValue,
            let content = document["content"]
        else { throw DocumentError(field: "content") }
        let createdAt = document["createdAt"]?.timestamp ?? Date(milliseconds: 0)
        self.init(
            id: id, dialect: Dialect(rawValue: dialect), owner: document["owner"]?.identifierValue ?? "",
            countedBytes: document["countedBytes"]?.integerValue, createdAt: createdAt,
            expires: document["expires"]?.timestamp ?? createdAt, version: document["version"]?.integerValue ?? 0,
            content: try content.decoding(Content.self))
    }
}
