import Bytes
import ObjectStore
import TestSupport
import Testing

/// A key, or a failed test.
func key(_ text: String) throws -> ObjectKey { try #require(ObjectKey(validating: text)) }

/// Bytes from which their offset can be recognized.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

extension ObjectStore {
    /// Writes an object in chunks of `chunk` bytes and completes it.
    @discardableResult
    func put(
        _ name: String, _ bytes: [UInt8], type: String = "text/plain", chunk: Int = 300_000
    ) async throws -> ObjectInfo {
        let writer = try await write(
            try key(name), attributes: ObjectAttributes(contentType: type), declaredLength: bytes.count)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try await writer.write(ByteChunk(bytes[start..<min(start + chunk, bytes.count)]))
        }
        return try await writer.complete()
    }

    /// The bytes of an object or of a range of it.
    func bytes(_ name: String, _ range: Range<Int>? = nil) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await chunk in try await read(try key(name), range: range) { bytes += [UInt8](chunk) }
        return bytes
    }

    /// Every key of the store.
    func keys() async throws -> [String] {
        try await list(prefix: "", after: nil, limit: 1000).keys.map(\.rawValue)
    }
}

/// Expects `body` to fail with `code`.
func expect(
    _ code: ObjectStoreError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    let error = await thrown(ObjectStoreError.self) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
}
