import Bytes
import ChatBridge
import ChatTestSupport
import Concurrency
import Foundation
import JSON
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import Synchronization
import TestPrograms
import Testing

@testable import HTTPServer
@testable import MediaAPI

/// A service, without chat systems unless some are named, over a real chat store and a folder; every file is a document there, unless it is rejected.
final class TusFixture: Sendable {
    /// Rejects files whose names say so.
    private struct Inspector: MediaInspecting {
        func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
            if job.order.filename == "rejected.bin" { throw MediaError(.tooComplex, "It is rejected.") }
            return Inspection(
                kind: .document, container: "file", mimeType: "application/octet-stream", fileExtension: "bin")
        }
    }

    static let secret = Array(repeating: UInt8(7), count: 32)
    let chat: StoreFixture
    let objects: FolderStore
    let service: Service
    let collector: ResumableUploadCollector
    private let token: String

    init(
        _ engine: StoreEngine = .sqlite, settings: ResumableSettings = ResumableSettings(),
        dialects: [any DialectModule.Type] = [], authorizer: UploadAuthorizer? = nil
    ) throws {
        chat = try StoreFixture(engine)
        objects = try FolderStore(
            directory: chat.folder.path + "/store", baseURL: "http://localhost/objects", signingKey: [1],
            threads: ThreadPool(name: "store", threads: 2))
        service = try Self.service(chat, objects, settings, dialects: dialects, authorizer: authorizer)
        let clock = chat.clock
        collector = ResumableUploadCollector(
            store: chat.store, files: UploadFiles(objects: objects), now: { clock.now },
            logger: Logger { _ in })
        token = TokenSigner(secret: Self.secret).token(
            subject: "service", isService: true, issued: Date(), lifetime: nil)
    }

    /// A service over these stores, as another node is.
    static func service(
        _ chat: StoreFixture, _ objects: any ObjectStore, _ settings: ResumableSettings = ResumableSettings(),
        dialects: [any DialectModule.Type] = [], authorizer: UploadAuthorizer? = nil,
        memory: MemoryBudget = MemoryBudget(bytes: 256 << 20)
    ) throws -> Service {
        let clock = chat.clock
        var dependencies = ServiceDependencies(
            objects: objects, folder: objects as? FolderStore, chat: chat.store,
            pipeline: UploadPipeline(store: objects, workers: Inspector(), spoolBudget: memory),
            inspector: StoredInspector(store: objects, workers: Inspector()),
            tokens: TokenVerifier(secret: secret), logger: Logger { _ in }, now: { clock.now })
        dependencies.authorizer = authorizer
        return try Service(
            dependencies,
            settings: ServiceSettings(
                dialects: dialects, publicURL: "http://localhost", secret: secret, resumable: settings))
    }

    /// Sends a request of tus, for `user` where one is named.
    func call(
        _ method: HTTPMethod, _ path: String, _ fields: HTTPFields = [:], body: RequestBody = .empty,
        user: String? = "ann", version: String? = "1.0.0", token: String? = nil, of service: Service? = nil
    ) async -> HTTPResponse {
        var headers = fields
        headers["Authorization"] = "Bearer " + (token ?? self.token)
        headers["Tus-Resumable"] = version
        headers["X-On-Behalf-Of"] = user
        return await (service ?? self.service).respond(
            to: HTTPRequest(method: method, target: path, headers: headers, body: body))
    }

    /// Begins an upload and returns its path.
    func create(_ length: Int, _ fields: HTTPFields = [:]) async throws -> String {
        var fields = fields
        fields["Upload-Length"] = "\(length)"
        let response = await call(.post, "/v1/tus", fields)
        try #require(response.status == .created, "\(response.text)")
        return try response.path
    }

    func patch(
        _ path: String, at offset: Int, _ bytes: [UInt8], _ fields: HTTPFields = [:], of service: Service? = nil
    ) async -> HTTPResponse {
        await patch(path, at: offset, RequestBody(ByteChunk(bytes)), fields, of: service)
    }

    func patch(
        _ path: String, at offset: Int, _ body: RequestBody, _ fields: HTTPFields = [:], of service: Service? = nil
    ) async -> HTTPResponse {
        var fields = fields
        fields["Content-Type"] = "application/offset+octet-stream"
        fields["Upload-Offset"] = "\(offset)"
        return await call(.patch, path, fields, body: body, of: service)
    }

    func patch(_ path: String, at offset: Int, _ sent: SentBody) async -> HTTPResponse {
        await patch(path, at: offset, sent.body)
    }

    func head(_ path: String, of service: Service? = nil) async -> HTTPResponse {
        await call(.head, path, of: service)
    }

    /// The stored bytes of the medium that an upload has become.
    func stored(_ response: HTTPResponse) async throws -> [UInt8] {
        let id = try #require(response.headers["Darkroom-Media"], "\(response.status) \(response.text)")
        let media = try #require(await chat.store.media(id))
        var bytes: [UInt8] = []
        let key = try #require(ObjectKey(validating: media.record.key))
        for try await chunk in try await objects.read(key, range: nil) { bytes += [UInt8](chunk) }
        return bytes
    }

    /// All objects and files of parts that there are.
    var files: [String] {
        let store = URL(fileURLWithPath: chat.folder.path + "/store")
        let files = FileManager.default.enumerator(at: store, includingPropertiesForKeys: [.isRegularFileKey])
        return (files?.allObjects as? [URL] ?? []).filter {
            (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
        }.map { $0.path.replacing(store.path + "/", with: "") }.filter { !$0.hasSuffix("~attributes.json") }.sorted()
    }

    /// Bytes that are no text and no media.
    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ $0 >> 16) & 0x7f | 0x80 }
    }
}

extension HTTPResponse {
    var text: String {
        if case .bytes(let bytes) = body { String(decoding: [UInt8](bytes), as: UTF8.self) } else { "" }
    }

    /// The stable code of an error.
    var code: String? { (try? JSONValue(parsing: text))?["code"]?.stringValue }

    /// The path of the upload that was created.
    var path: String {
        get throws { try #require(headers["Location"]).replacing("http://localhost", with: "") }
    }
}

/// A body that arrives as the test sends it.
final class SentBody: Sendable {
    private let queue = ByteQueue<ByteChunk>(capacity: 1 << 30)
    private let delivered = Atomic<Int>(0)
    private let declaredLength: Int?

    init(declaredLength: Int? = nil) { self.declaredLength = declaredLength }

    var body: RequestBody {
        let request = HTTPRequest(target: "/", body: RequestBody(declaredLength: declaredLength, bodyQueue: queue))
        return request.metered { self.delivered.add($0, ordering: .sequentiallyConsistent) }.body
    }

    /// Returns when `count` bytes have been read: what is not when a body breaks off, is lost.
    func wasRead(_ count: Int) async throws {
        try await eventually { self.delivered.load(ordering: .sequentiallyConsistent) == count }
    }

    func send(_ bytes: [UInt8]) { _ = queue.push(ByteChunk(bytes), weight: bytes.count) }
    func end() { queue.finish() }
    func breakOff() { queue.finish(throwing: RequestBodyError.clientGone) }
}
