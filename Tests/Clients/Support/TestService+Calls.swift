import Foundation
import TestPrograms
import Testing

extension TestService {
    /// What the requests library makes of a call: status and body.
    func call(
        _ method: String, _ path: String, token: String?, json: String? = nil, fields: [String: String] = [:],
        files: [String: URL] = [:], body: URL? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var arguments = [method, base + path]
        if let token { arguments += ["--header", "Authorization: Bearer \(token)"] }
        for (name, value) in headers { arguments += ["--header", "\(name): \(value)"] }
        if let json { arguments += ["--json", json] }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { arguments += ["--field", name, value] }
        for (name, file) in files { arguments += ["--file", name, file.path] }
        if let body { arguments += ["--body", body.path] }
        return try Answer(try await Python.run("call.py", arguments))
    }

    /// Sends a video of `samples/` or elsewhere from `token`'s user.
    func sendVideo(
        _ file: URL, token: String?, receiver: String = "bob", message: String = "", prefix: String = "/bananatalk"
    ) async throws -> Answer {
        try await call(
            "POST", prefix + "/api/v1/messages/video", token: token,
            fields: ["receiver": receiver, "message": message],
            files: ["video": file])
    }

    /// How many files are in the object store's folder, and how many rows in each table of the database except those
    /// that are meant to keep rows (`KEPT` in leftovers.py).
    /// - Parameter tables: tables among the latter that are counted as well.
    func leftovers(and tables: String...) async throws -> [String: Int] {
        let finished = try await Python.run("leftovers.py", [data.path] + tables)
        try #require(finished.status == 0, "\(finished.errors)")
        return try #require(try finished.json() as? [String: Int])
    }

    /// The remaining files and rows, without zeros: as soon as there are none, or after half a minute. Objects of a
    /// failed call are deleted in the background.
    /// - Parameter ownTables: tables to which the test itself has added rows.
    func unexpectedLeftovers(besides ownTables: Set<String> = []) async throws -> [String: Int] {
        var left: [String: Int] = [:]
        try? await eventually("no file or row is left", within: .seconds(30)) {
            left = try await leftovers().filter { $0.value != 0 && !ownTables.contains($0.key) }
            return left.isEmpty
        }
        return left
    }

    /// As ``leftovers()``, once it is `expected`, or as it is after half a minute: what was stored for a call that then failed
    /// is deleted beside the call.
    func leftovers(awaiting expected: [String: Int]) async throws -> [String: Int] {
        var left: [String: Int] = [:]
        try? await eventually("nothing but what is expected is left", within: .seconds(30)) {
            left = try await leftovers()
            return left == expected
        }
        return left
    }

    /// One of these numbers, in the same way.
    func leftovers(of kind: String, awaiting expected: Int?) async throws -> Int? {
        var left: Int?
        try? await eventually("\(expected ?? 0) of \(kind)", within: .seconds(30)) {
            left = try await leftovers()[kind]
            return left == expected
        }
        return left
    }

    /// Like ``leftovers()``, once unreferenced objects were deleted, nothing waits to be, and every object (two files: bytes and
    /// attributes) is referenced. What a killed process was deleting another one takes over after half a minute at most.
    func leftoversAfterDeletion() async throws -> [String: Int] {
        var left: [String: Int] = [:]
        try await eventually("everything in the store is shown") {
            left = try await leftovers()
            return left["files"] == 2 * (left["object_owners"] ?? 0) && left["pending_objects"] == 0
                && left["pending_deletions"] == 0
        }
        return left
    }

    /// Waits until the object at `url` is deleted: unreferenced objects are deleted in the background.
    func awaitDeletion(of url: String) async throws {
        try await eventually("there is nothing at \(url)") {
            try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 404")
        }
    }

    /// The program's open descriptors of uploads and objects, by kind.
    func openDescriptors() throws -> Set<String> {
        let folder = "/proc/\(process.identifier)/fd"
        var kinds: Set<String> = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)") else {
                continue
            }
            switch target {
            case _ where target.contains("memfd:"): kinds.insert("memory file")
            case _ where target.contains("darkroom-spool"): kinds.insert("spool")
            case _ where target.contains("/incoming/"): kinds.insert("incoming")
            case _ where target.contains("/objects/"): kinds.insert("object")
            default: break
            }
        }
        return kinds
    }
}

/// An HTTP answer.
struct Answer {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    /// The JSON object, empty for anything else.
    let body: [String: Any]
    /// In bytes.
    let size: Int

    var error: String? { body["error"] as? String }
    var data: [String: Any] { body["data"] as? [String: Any] ?? [:] }
    var media: [String: Any] { data["media"] as? [String: Any] ?? [:] }
}
