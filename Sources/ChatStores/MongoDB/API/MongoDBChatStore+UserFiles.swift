public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``UserFileStore``.
    public func userFiles(
        of owner: String, matching filter: MediaFilter, after position: MediaPosition?, limit: Int
    ) async throws -> [UserFile] {
        try await read { try $0.userFiles(of: owner, matching: filter, after: position, limit: limit) }
    }

    /// See ``UserFileStore``.
    public func mediaUsage(of user: String) async throws -> MediaUsage {
        try await read { try $0.mediaUsage(of: user) }
    }

    /// See ``UserFileStore``.
    public func uses(of key: String, by user: String) async throws -> [FileUse] {
        try await read { try $0.uses(of: key, by: user) }
    }

    /// See ``UserFileStore``.
    public func uploadsInProgress(of user: String) async throws -> [String] {
        try await read { try $0.uploadsInProgress(of: user) }
    }

    /// See ``UserFileStore``.
    public func removeFile(
        _ key: String, from message: String, in dialect: Dialect, at date: Date
    ) async throws -> Bool {
        try await transact(in: dialect) { try $0.removeFile(key, from: message, in: dialect, at: date) }
    }
}
