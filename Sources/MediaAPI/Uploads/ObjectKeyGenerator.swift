package import ChatBridge
package import Foundation

/// Generates object keys from dialect, kind and time, so that listings are readable.
package struct ObjectKeyGenerator: Sendable {
    package let ids: ObjectIDGenerator
    package let now: @Sendable () -> Date

    /// A new object's key without its extension: `bananatalk/video/6743…`.
    package func key(_ dialect: String, _ kind: String) -> String { "\(dialect)/\(kind)/\(ids.next(at: now()))" }
}
