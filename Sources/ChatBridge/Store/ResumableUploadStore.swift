public import Foundation

/// Uploads that may be interrupted and continued. For errors see ``ChatStore``.
public protocol ResumableUploadStore: Sendable {
    /// Saves a new upload.
    /// - Returns: the upload, or the one that an earlier attempt at the same ``IdempotentRequest`` has saved, as it is now.
    /// - Throws: ``StoreError/tooManyUploads`` when its owner has as many open in the dialect as `allowance` permits;
    ///   ``StoreError/unavailable``.
    @discardableResult
    func insert(_ upload: ResumableUpload, within allowance: UploadAllowance?) async throws -> ResumableUpload
    /// The upload of that ID.
    /// - Throws: ``StoreError/unavailable``.
    func resumableUpload(_ id: String, in dialect: Dialect) async throws -> ResumableUpload?
    /// Writes an upload that was read, unless it has been changed or deleted since: `false` then. Its version is one higher
    /// afterwards.
    /// - Throws: ``StoreError/unavailable``.
    func replace(_ upload: ResumableUpload) async throws -> Bool
    /// The uploads of all dialects that expired before `date`, at most `limit`, those that expired first at first.
    /// - Throws: ``StoreError/unavailable``.
    func resumableUploads(expiredBefore date: Date, limit: Int) async throws -> [ResumableUpload]
    /// Deletes the upload of that ID, if there is one.
    /// - Throws: ``StoreError/unavailable``.
    func deleteResumableUpload(_ id: String, in dialect: Dialect) async throws
}
