import ChatBridge
import Foundation
import ObjectStore

extension UploadFiles {
    /// Ends the upload of a user that writes the object `key`, deletes what has arrived of it, and what its client has said of the file. One
    /// that has become a medium or a message is not known any more afterwards. Another object, or another user's, is left alone.
    /// - Throws: errors of the stores.
    func erase(_ key: String, of user: String, in store: any ResumableUploadStore, now: Date) async throws {
        guard let (id, dialect) = Self.upload(writing: key) else { return }
        while let upload = try await store.resumableUpload(id, in: dialect), upload.owner == user {
            try await deleteAll(of: upload)
            switch upload.content.state {
            case .published: return try await store.deleteResumableUpload(id, in: dialect)
            case .ended where upload.content.metadata == nil: return
            case .open, .whole, .ended:
                // It is known for a while as one that has ended, so that what a request still writes is deleted.
                var ended = upload
                (ended.content.state, ended.content.metadata, ended.countedBytes) = (.ended, nil, nil)
                ended.expires = min(ended.expires, now)
                // Otherwise a request has changed it meanwhile.
                if try await store.replace(ended) { return try await deleteAll(of: ended) }
            }
        }
    }

    /// The upload that writes the object of a key.
    private static func upload(writing key: String) -> (id: String, Dialect)? {
        guard key.hasPrefix(PartwiseWrite.keyPrefix) else { return nil }
        let parts = key.dropFirst(PartwiseWrite.keyPrefix.count).split(separator: "/").map(String.init)
        guard parts.count == 3, UploadFiles.key(of: parts[1], in: Dialect(rawValue: parts[0])) == key else {
            return nil
        }
        return (parts[1], Dialect(rawValue: parts[0]))
    }
}
