public import Foundation
public import Threads

/// Objects in a folder of this machine, served by the service itself.
///
///     DIR/objects/video/6f1e.mp4                       the bytes, as they are
///     DIR/objects/video/6f1e.mp4~attributes.json       what is kept with them; no key contains a `~`
///     DIR/incoming/                                    what is being written; swept at start
public final class FolderStore: ObjectStore {
    /// Opens the store in `directory`, which is created if it does not exist.
    /// - Parameters:
    ///   - baseURL: where the service serves objects, such as `http://host:8080/objects`.
    ///   - signingKey: the secret beneath signed URLs.
    ///   - threads: where everything that touches the disk runs.
    public init(directory: String, baseURL: String, signingKey: [UInt8], threads: ThreadPool) throws(ObjectStoreError) {
        throw ObjectStoreError(.unavailable, "to come")
    }

    public func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter { throw ObjectStoreError(.unavailable, "to come") }

    public func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? { nil }

    public func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        throw ObjectStoreError(.unavailable, "to come")
    }

    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {}

    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        throw ObjectStoreError(.unavailable, "to come")
    }

    public func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, expires: Date
    ) throws(ObjectStoreError) -> String { throw ObjectStoreError(.unavailable, "to come") }

    public func check() async throws(ObjectStoreError) {}

    /// Opens the object for reading by descriptor, for `sendfile`. Throws `notFound`.
    public func open(_ key: ObjectKey) async throws(ObjectStoreError) -> OpenObject {
        throw ObjectStoreError(.notFound, "to come")
    }

    /// The key of a signed URL, if its signature is ours for this method and its time is not over. Throws `invalidKey`,
    /// `invalidSignature` or `expired`.
    /// - Parameters:
    ///   - path: what follows the base URL, with or without a leading `/`.
    ///   - query: what follows the `?`, still encoded.
    ///   - method: what the request asks for: for an upload, with the `Content-Type` and `Content-Length` it came with.
    public func verify(
        _ method: PresignedMethod, path: String, query: String?, now: Date = Date()
    ) throws(ObjectStoreError) -> ObjectKey { throw ObjectStoreError(.invalidSignature, "to come") }
}
