import Foundation
import TestPrograms

@testable import ObjectStore

/// A proxy in front of one of the servers that injects faults.
final class FaultProxy: Sendable {
    /// The kind of fault; see `fault_proxy.py`.
    struct Fault: Encodable {
        var operation = "*"
        let kind: Kind
        var times = 1
    }

    enum Kind: String, Encodable, CaseIterable, Sendable {
        case drop, reset, lost, stall, half, truncated, error
        case internalError = "500"
        case slowDown = "503"
        case tooMany = "429"
    }

    private let script: Script
    let port: Int

    /// - Parameter equalParts: whether it requires parts of the same size.
    init(before server: S3Server, equalParts: Bool = false) async throws {
        let upstream = server.endpoint.split(separator: ":").last.map(String.init) ?? ""
        let options = equalParts ? ["--equal-parts"] : []
        script = try Script("Tests/ObjectStore/scripts/fault_proxy.py", [upstream] + options)
        port = try JSONDecoder().decode([String: Int].self, from: try await script.line())["port"] ?? 0
    }

    /// Injects these faults, and no others, from now on. Returns the number of requests with a fault since the last
    /// call.
    @discardableResult
    func inflict(_ faults: [Fault]) async throws -> Int {
        try JSONDecoder().decode([String: Int].self, from: try await script.ask(faults))["met"] ?? 0
    }
}
