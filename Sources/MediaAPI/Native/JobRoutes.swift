import ChatBridge
import Foundation
import HTTPServer
import JSON
import Jobs
import MediaModel
import MediaWorker
import ObjectStore
import OpenAPI

/// Routes of jobs: derivatives of stored media are created again, objects are registered as media, users are deleted with their media, or files that have expired. They require a service token.
struct JobRoutes: Sendable {
    private static let maximumFailures = 100
    static let limit = IntegerParameter("limit", in: 1...100, default: 20, "How many jobs to list, the newest first.")
    static let failuresAfter = IntegerParameter(
        "failuresAfter", in: 0...Int.max, default: 0, "Lists the failures after this one: `moreFailuresAfter`.")

    let service: JobService
    /// The jobs that make renditions.
    let renditions: JobService
    let progress: RenditionProgress
    let store: any MediaJobStore
    /// The chat systems in which imported media may count as uploaded.
    let dialects: Set<Dialect>
    let authenticator: Authenticator

    func mount(on routes: inout Routes) {
        // A job has its key itself, for as long as it is known.
        routes.onService(.post, "/v1/jobs", authenticator, .openJob, isOnce: false) { request, _, _ in
            try await open(request)
        }
        routes.onService(.get, "/v1/jobs", authenticator, .jobs) { request, _, _ in
            let limit = try request.value(of: Self.limit)
            let jobs = try await store.jobs(of: nil, isOpen: false, limit: limit)
            return .json(["jobs": .array(jobs.map(\.json))])
        }
        routes.onService(.get, "/v1/jobs/:id", authenticator, .job) { request, path, _ in
            guard let job = try await store.job(path["id"] ?? "") else { throw APIError.notFound }
            return .json(try await json(job, failuresAfter: request.value(of: Self.failuresAfter)))
        }
        routes.onService(.delete, "/v1/jobs/:id", authenticator, .cancelJob) { _, path, _ in
            let id = path["id"] ?? ""
            guard let job = try await service.cancel(id) else { throw APIError.notFound }
            if job.origin == .rendition { _ = try await renditions.cancel(id) }
            return .json(job.json)
        }
    }

    private func open(_ request: HTTPRequest) async throws -> HTTPResponse {
        let key = try IdempotencyKey(request)?.text
        let order = try MediaJobRequest(job: try await request.json(), dialects: dialects)
        guard let opened = try await service.open(order, idempotencyKey: key) else {
            throw APIError(code: .busy, message: "Too many jobs wait; try again when one has ended")
        }
        guard opened.job.request == order else {
            throw APIError(
                code: .idempotencyKeyReused, message: "Idempotency-Key was used for another job: take a new one")
        }
        return .json(
            opened.job.json, status: opened.isNew ? .created : .ok,
            headers: ["Location": "/v1/jobs/\(opened.job.id)"])
    }

    private func json(_ job: MediaJob, failuresAfter number: Int) async throws -> JSONValue {
        let failures = try await store.failures(of: job.id, after: number, limit: Self.maximumFailures)
        var members = job.json.objectValue ?? [:]
        members["failures"] = .array(
            failures.map {
                ["key": .string($0.object), "code": .string($0.reason.code), "message": .string($0.reason.message)]
            })
        members["progress"] = JSONValue(progress[job.id])
        members["moreFailuresAfter"] = JSONValue(
            failures.count == Self.maximumFailures ? failures.last?.number : nil)
        return .object(members)
    }
}

extension MediaJobRequest {
    static let maximumKeys = 1000

    /// The request in a body.
    /// - Throws: ``APIError`` `invalidField` for the first field that is not valid.
    fileprivate init(job body: JSONValue, dialects: Set<Dialect>) throws(APIError) {
        switch body["type"]?.stringValue {
        case "reprocess":
            try self.init(
                reprocessing: try JobFields(body, known: ["prefix", "kind", "since", "keys", "only"]))
        case "import": try self.init(importing: body, dialects: dialects)
        default: throw APIError.invalid("type", "is reprocess or import")
        }
    }

    /// The request in a body `{type: "reprocess", prefix?, kind?, since?, keys?, only?}`.
    private init(reprocessing fields: JobFields) throws(APIError) {
        self.init(prefix: try fields.text("prefix"))
        if let kind = try fields.text("kind") {
            guard let kind = MediaKind(rawValue: kind), kind != .document else {
                throw APIError.invalid("kind", "is video, audio or image")
            }
            self.kind = kind
        }
        if let since = try fields.text("since") {
            guard let date = Timestamp.date(since) else {
                throw APIError.invalid("since", "is a moment such as 2026-11-01T10:00:00Z")
            }
            self.since = date
        }
        if let keys = try fields.keys() {
            guard prefix == nil, kind == nil, since == nil else {
                throw APIError.invalid("keys", "goes with neither prefix, kind nor since")
            }
            self.keys = keys
        }
        if let only = try fields.list("only", atMost: Self.maximumKeys) {
            let derivatives = only.compactMap(Derivative.init(rawValue:))
            guard derivatives.count == only.count else {
                throw APIError.invalid("only", "is a list of thumbnail, waveform and measures")
            }
            self.only = Set(derivatives)
        }
        guard !kinds.isEmpty else { throw APIError.invalid("only", "names nothing that media of this kind have") }
    }

    fileprivate var json: JSONObject {
        [
            "prefix": JSONValue(prefix), "kind": JSONValue(kind?.rawValue),
            "since": JSONValue(since.map(Timestamp.seconds)),
            "only": .array(
                importRules == nil && rendition == nil ? only.map(\.rawValue).sorted().map(JSONValue.string) : []),
            "keys": keys.map { .integer($0.count) } ?? .null,
            "rendition": JSONValue(rendition?.rawValue),
            "rules": importRules.map { .array($0.map(JSONValue.string)) } ?? .null,
            "user": JSONValue(erasedUser),
            "expired": expiries.map(Self.json) ?? .null,
        ]
    }

    private static func json(_ expiries: [Expiry]) -> JSONValue {
        var dates: JSONObject = [:]
        for expiry in expiries { dates[expiry.kind.rawValue] = .string(Timestamp.seconds(expiry.before)) }
        return .object(dates)
    }

    /// The type of jobs that it is for.
    fileprivate var type: String {
        if erasedUser != nil { return "erase" }
        if expiries != nil { return "expire" }
        if rendition != nil { return "rendition" }
        return importRules == nil ? "reprocess" : "import"
    }
}

extension MediaJob {
    /// The job as the API shows it.
    var json: JSONValue {
        var items: JSONObject = ["total": .integer(counts.total), "isComplete": .bool(counts.isComplete)]
        for state in MediaJobItem.State.allCases { items[state.rawValue] = .integer(counts[state]) }
        items["bytes"] = .integer(counts.bytes)
        return [
            "id": .string(id), "type": .string(request.type),
            "state": .string(state.rawValue),
            "origin": .string(origin.rawValue),
            "order": .object(request.json), "counts": .object(items),
            "createdAt": .string(Timestamp.milliseconds(createdAt)),
            "startedAt": JSONValue(startedAt.map(Timestamp.milliseconds)),
            "endedAt": JSONValue(endedAt.map(Timestamp.milliseconds)),
        ]
    }
}
