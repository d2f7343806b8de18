public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``ResumableUploadStore``.
    @discardableResult
    public func insert(_ upload: ResumableUpload, within allowance: UploadAllowance?) async throws -> ResumableUpload {
        let step = IdempotentStep.next("resumable")
        return try await transact { transaction in
            try transaction.once(step) { ids in
                guard let id = ids.first, let known = try transaction.resumableUpload(id, in: upload.dialect) else {
                    throw ChatError(.mediaDeleted)
                }
                return known
            } make: {
                try transaction.insert(upload, within: allowance)
                return (upload, [upload.id], [])
            }
        }
    }

    /// See ``ResumableUploadStore``.
    public func resumableUpload(_ id: String, in dialect: Dialect) async throws -> ResumableUpload? {
        try await read { try $0.resumableUpload(id, in: dialect) }
    }

    /// See ``ResumableUploadStore``.
    public func replace(_ upload: ResumableUpload) async throws -> Bool {
        try await transact { try $0.replace(upload) }
    }

    /// See ``ResumableUploadStore``.
    public func resumableUploads(expiredBefore date: Date, limit: Int) async throws -> [ResumableUpload] {
        try await read { try $0.resumableUploads(expiredBefore: date, limit: limit) }
    }

    /// See ``ResumableUploadStore``.
    public func deleteResumableUpload(_ id: String, in dialect: Dialect) async throws {
        try await transact { try $0.deleteResumableUpload(id, in: dialect) }
    }
}
