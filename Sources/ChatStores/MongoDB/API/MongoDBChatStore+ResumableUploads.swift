public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``ResumableUploadStore``.
    public func insert(_ upload: ResumableUpload, within allowance: UploadAllowance?) async throws {
        try await transact { try $0.insert(upload, within: allowance) }
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
