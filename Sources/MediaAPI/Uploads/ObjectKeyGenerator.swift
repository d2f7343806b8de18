import ChatBridge
import Foundation

/// Names objects: by who takes them, what they are and when they came, so that a listing reads well.
struct ObjectKeyGenerator: Sendable {
    let ids: ObjectIDGenerator
    let now: @Sendable () -> Date

    /// A new object's key without its extension: `bananatalk/video/6743…`.
    func key(_ room: String, _ kind: String) -> String { "\(room)/\(kind)/\(ids.next(at: now()))" }
}
