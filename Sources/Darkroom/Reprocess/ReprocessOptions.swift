import ChatBridge
import Foundation
import MediaModel
import MediaWorker

/// The options of `darkroom reprocess`.
struct ReprocessOptions {
    let request: MediaJobRequest
    /// The number of media to process concurrently; `nil` for the number of cores.
    let jobs: Int?
    let isDryRun: Bool
    /// Whether an interrupted run of the same request is discarded.
    let isRestart: Bool

    init(_ arguments: Arguments) throws {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        let named = ["--prefix", "--kind", "--since", "--keys"].filter { arguments[$0] != nil }
        guard !named.contains("--keys") || named.count == 1 else { throw UsageError("--keys goes with no \(named[0])") }
        request = MediaJobRequest(
            prefix: arguments["--prefix"], kind: try Self.kind(arguments["--kind"]),
            since: try arguments["--since"].map(Self.date),
            keys: try arguments.objectKeys("--keys"),
            only: try arguments["--only"].map(Self.derivatives) ?? Set(Derivative.allCases))
        jobs = try arguments.jobs()
        isDryRun = arguments.has("--dry-run")
        isRestart = arguments.has("--restart")
        if request.keys == nil, request.kinds.isEmpty {
            throw UsageError("media of the kind \(request.kind?.rawValue ?? "") have nothing of what --only names")
        }
    }

    private static func kind(_ name: String?) throws(UsageError) -> MediaKind? {
        guard let name else { return nil }
        guard let kind = MediaKind(rawValue: name), kind != .document else {
            let kinds = MediaKind.allCases.filter { $0 != .document }.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--kind takes one of \(kinds)")
        }
        return kind
    }

    private static func derivatives(_ list: String) throws(UsageError) -> Set<Derivative> {
        var derivatives: Set<Derivative> = []
        for name in list.split(separator: ",") {
            guard let derivative = Derivative(rawValue: String(name)) else {
                let all = Derivative.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--only takes a list of \(all)")
            }
            derivatives.insert(derivative)
        }
        guard !derivatives.isEmpty else { throw UsageError("--only names nothing") }
        return derivatives
    }

    /// A time: `2026-11-01` or `2026-11-01T10:00:00Z`. Relative times are not supported, because a repeated command has
    /// to select the same media.
    private static func date(_ text: String) throws(UsageError) -> Date {
        if let date = Timestamp.date(text) ?? Timestamp.day(text) { return date }
        throw UsageError("--since takes a date or a time: 2026-11-01 or 2026-11-01T10:00:00Z")
    }
}
