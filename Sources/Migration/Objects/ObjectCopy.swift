import Bytes
import Crypto
package import ObjectStore

/// The copy of an object is not what the object is.
package struct ObjectMismatch: Error, CustomStringConvertible {
    /// The object.
    package let key: ObjectKey
    /// What differs.
    package let description: String
}

/// Copies an object, and reads the copy again.
struct ObjectCopy: Sendable {
    let key: ObjectKey
    let source: any ObjectStore
    let target: any ObjectStore

    /// - Parameter isThere: whether the target has an object of this key and size, which is copied again only if it differs.
    /// - Throws: `ObjectStoreError`; ``ObjectMismatch``, after which the target has no such object.
    func run(isThere: Bool) async throws -> ObjectMigration.Result {
        guard let info = try await source.info(key) else { return ObjectMigration.Result(vanished: 1) }
        do {
            if isThere, try await isSame(info, hash(of: source)) { return ObjectMigration.Result(known: 1) }
            let written = try await write(info)
            guard try await isSame(info, written) else {
                try await target.delete([key])
                throw ObjectMismatch(
                    key: key, description: "the copy of \(key) is not what it is in the folder; it was deleted")
            }
            return ObjectMigration.Result(copied: 1, bytes: info.size)
        } catch let error as ObjectStoreError where error.code == .notFound {
            // It was deleted meanwhile; so is what was copied of it.
            try await target.delete([key])
            return ObjectMigration.Result(vanished: 1)
        }
    }

    /// Whether the target has the object, with these bytes and the attributes with which it is served.
    private func isSame(_ info: ObjectInfo, _ expected: [UInt8]) async throws -> Bool {
        guard let copy = try await target.info(key), copy.size == info.size, copy.attributes == info.attributes else {
            return false
        }
        return try await hash(of: target) == expected
    }

    /// Writes the object to the target. Returns the SHA-256 of what was read.
    private func write(_ info: ObjectInfo) async throws -> [UInt8] {
        let reader = try await source.read(key, range: nil)
        let writer = try await target.write(key, attributes: info.attributes, declaredLength: info.size)
        var hash = SHA256()
        do {
            for try await chunk in reader {
                chunk.withUnsafeBytes { hash.update(bufferPointer: $0) }
                try await writer.write(chunk)
            }
            _ = try await writer.complete()
        } catch {
            await writer.abort()
            throw error
        }
        return hash.finalize()
    }

    private func hash(of store: any ObjectStore) async throws -> [UInt8] {
        var hash = SHA256()
        for try await chunk in try await store.read(key, range: nil) {
            chunk.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return hash.finalize()
    }
}
