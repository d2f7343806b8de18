import Foundation
import JSON
import TestPrograms
import Testing

/// A proxy between the program and its bucket that injects faults; see `fault_proxy.py`.
final class StoreFaults: Sendable {
    /// What can happen to a request.
    static let kinds = ["drop", "reset", "lost", "500", "503", "429", "stall", "half", "truncated", "error"]

    private let script: Script
    /// Darkroom's settings for the bucket behind it.
    let settings: [String: String]

    private init(script: Script, settings: [String: String]) {
        self.script = script
        self.settings = settings
    }

    deinit { script.end() }

    static func start(before bucket: TestBucket) async throws -> StoreFaults {
        let endpoint = try #require(bucket.settings["DARKROOM_S3_ENDPOINT"])
        let script = try Script(
            "Tests/ObjectStore/scripts/fault_proxy.py", [String(endpoint.split(separator: ":").last ?? "")])
        let port = try #require(await script.object()?["port"] as? Int)
        return StoreFaults(
            script: script,
            settings: bucket.settings.merging(["DARKROOM_S3_ENDPOINT": "http://127.0.0.1:\(port)"]) { $1 })
    }

    /// Injects faults of this kind into the next `times` requests of each operation; `nil` stops. Returns the number of
    /// requests with a fault since the last call.
    @discardableResult
    func inflict(_ kind: String?, on operation: String = "*", times: Int = 1_000_000) async throws -> Int {
        let faults = kind.map { [["operation": operation, "kind": $0, "times": times] as [String: Any]] } ?? []
        try script.say(JSONSerialization.data(withJSONObject: faults))
        return try #require(await script.object()?["met"] as? Int)
    }

    /// How many requests arrived (`late`) and wait to be passed on.
    func held() async throws -> Int {
        try script.say(Data(#""held""#.utf8))
        return try #require(await script.object()?["held"] as? Int)
    }

    /// Passes on to the store what arrived late. Returns how many of these requests the store did.
    func deliver() async throws -> Int {
        try script.say(Data(#""deliver""#.utf8))
        return try #require(await script.object()?["delivered"] as? Int)
    }
}
