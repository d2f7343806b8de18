internal import Bytes
public import Concurrency
public import Foundation

/// Objects in a folder of this machine, served by the service itself.
///
///     DIR/objects/video/6f1e.mp4                       the bytes, as they are
///     DIR/objects/video/6f1e.mp4~attributes.json       their attributes; no key contains a `~`
///     DIR/incoming/                                    what is being written; cleaned at start
///     DIR/parts/                                       what is being written in parts, which may be continued
///
/// It follows no symbolic link below `DIR`. Unlike in a bucket, a key cannot be an object and the beginning of others at
/// once: with `a/b` there, `a` is rejected with `alreadyExists`, and the other way round. Several processes may write to a
/// folder as long as no two write the same object.
public final class FolderStore: ObjectStore {
    private let folder: FolderDirectories
    private let urls: SignedURL
    private let downloads: DownloadURL?
    private let threads: ThreadPool
    private let buffers = BufferPool(bufferSize: 256 << 10, maximumKept: 16)

    /// Opens the store in `directory`, which is created if it does not exist, and removes incomplete files of a crashed
    /// process. Blocks.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the directory cannot be created, opened or written to.
    /// - Parameters:
    ///   - baseURL: where the service serves objects, such as `http://host:8080/objects`.
    ///   - downloadURL: the URL of a cache before the service, through which clients download; `nil` where there is none.
    ///   - signingKeys: the secrets of URLs at the moment: the first signs, and each verifies. Never empty.
    ///   - threads: run everything that accesses the disk.
    public init(
        directory: String, baseURL: String, downloadURL: String? = nil,
        signingKeys: @escaping @Sendable () -> [[UInt8]], threads: ThreadPool
    ) throws(ObjectStoreError) {
        downloads = DownloadURL(base: downloadURL)
        self.threads = threads
        urls = SignedURL(baseURL: baseURL, signingKeys: signingKeys)
        do {
            try WholeFile.makeFolders(directory)
            folder = try FolderDirectories(path: directory, threads: threads)
        } catch {
            throw ObjectStoreError(
                .unavailable,
                "The object folder \(directory) cannot be opened: it must be a directory that the service's user can "
                    + "write to, with objects/ and incoming/ on one file system.", cause: error)
        }
    }

    /// Opens the store in `directory`, as above, with one secret that signs and verifies URLs.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` when the directory cannot be created, opened or written to.
    public convenience init(
        directory: String, baseURL: String, signingKey: [UInt8], threads: ThreadPool
    ) throws(ObjectStoreError) {
        try self.init(directory: directory, baseURL: baseURL, signingKeys: { [signingKey] }, threads: threads)
    }

    /// Begins to write an object.
    /// - Throws: ``ObjectStoreError/Code/outOfSpace`` when fewer than `declaredLength` bytes are free.
    public func write(
        _ key: ObjectKey, attributes: ObjectAttributes, declaredLength: Int?
    ) async throws(ObjectStoreError) -> any ObjectWriter {
        // For an object of one batch the write itself finds out.
        if let declaredLength, declaredLength > FolderWriter.batchSize {
            try await blocking(key) { (folder) throws(SystemError) in try folder.requireSpace(declaredLength) }
        }
        return FolderWriter(key, attributes: attributes, folder: folder)
    }

    /// What is known about the object, or `nil` if there is none.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func info(_ key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await blocking(key) { (folder) throws(SystemError) in try folder.info(key) }
    }

    /// The object's bytes, or a range of them.
    /// - Throws: ``ObjectStoreError/Code/notFound``, ``ObjectStoreError/Code/invalidRange``.
    public func read(_ key: ObjectKey, range: Range<Int>?) async throws(ObjectStoreError) -> ObjectReader {
        let object = try await open(key)
        let range = try (range ?? 0..<object.info.size).clamped(to: object.info)
        let reading = FolderReading(object, range: range, buffers: buffers, threads: threads)
        return ObjectReader(info: object.info, range: range) { () throws(ObjectStoreError) in try await reading.next() }
    }

    /// Opens the object for reading by descriptor, for `sendfile`.
    /// - Throws: ``ObjectStoreError/Code/notFound``.
    public func open(_ key: ObjectKey) async throws(ObjectStoreError) -> OpenObject {
        guard let object = try await blocking(key, { (folder) throws(SystemError) in try folder.open(key) }) else {
            throw ObjectStoreError(.notFound, "There is no object \(key): it was deleted, or never completed.")
        }
        return object
    }

    /// Deletes the objects, and the directories that are empty without them.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func delete(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        for key in keys {
            try await blocking(key) { (folder) throws(SystemError) in try folder.delete(key) }
        }
    }

    /// The objects in the order of their keys.
    /// - Throws: ``ObjectStoreError/Code/unavailable``.
    public func list(prefix: String, after: ObjectKey?, limit: Int) async throws(ObjectStoreError) -> ObjectPage {
        try await blocking(nil) { (folder) throws(SystemError) in
            var listing = FolderListing(prefix: prefix, after: after, limit: min(max(limit, 1), 1000))
            try listing.walk(folder.objects)
            return listing.page
        }
    }

    /// Creates, writes and removes a file.
    /// - Throws: ``ObjectStoreError/Code/outOfSpace`` or ``ObjectStoreError/Code/unavailable``.
    public func check() async throws(ObjectStoreError) {
        try await blocking(nil) { (folder) throws(SystemError) in try folder.check() }
    }

    /// A URL of this service.
    /// - Throws: nothing.
    public func presignedURL(
        _ key: ObjectKey, method: PresignedMethod, validity: URLValidity
    ) throws(ObjectStoreError) -> String {
        let url = urls.url(key, method, expires: validity.end)
        return if case .get = method, let downloads { downloads.replacingOrigin(of: url) } else { url }
    }

    /// The key of a signed URL, if its signature is ours for this method and has not expired.
    /// - Throws: ``ObjectStoreError/Code/invalidKey``, ``ObjectStoreError/Code/invalidSignature`` or
    ///   ``ObjectStoreError/Code/expired``.
    /// - Parameters:
    ///   - method: the request's method; for an upload, with its `Content-Type` and `Content-Length`.
    ///   - path: what follows the base URL, exactly as it was given out: one `/` and the key.
    ///   - query: what follows the `?`, still encoded.
    public func verify(
        _ method: PresignedMethod, path: String, query: String?, now: Date = Date()
    ) throws(ObjectStoreError) -> ObjectKey {
        try urls.verify(method, path: path, query: query, now: now)
    }

    /// Runs `work` on the pool, and converts its failure to what it means for `key`.
    func blocking<Value: Sendable>(
        _ key: ObjectKey?, _ work: @escaping @Sendable (FolderDirectories) throws(SystemError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let result = await threads.run { [folder] in
            Result { () throws(SystemError) in try work(folder) }
        }
        return try result.mapError { ObjectStoreError($0, key: key) }.get()
    }
}

extension Range<Int> {
    /// The range cut at the end of the object.
    /// - Throws: ``ObjectStoreError/Code/invalidRange`` if that leaves nothing of it.
    fileprivate func clamped(to info: ObjectInfo) throws(ObjectStoreError) -> Range<Int> {
        if lowerBound == 0, upperBound == info.size { return self }
        guard lowerBound >= 0, lowerBound < info.size, !isEmpty else {
            throw ObjectStoreError(
                .invalidRange, "The object \(info.key) has \(info.size) bytes: the range \(self) holds none of them.")
        }
        return lowerBound..<Swift.min(upperBound, info.size)
    }
}
