package import ChatBridge
import Crypto
package import Foundation

/// Generates object keys from dialect, kind and time, so that listings are readable.
package struct ObjectKeyGenerator: Sendable {
    package let ids: ObjectIDGenerator
    package let now: @Sendable () -> Date
    /// Whether keys are random, where users may be given those of objects that others have stored before: the time of a key would
    /// tell them so.
    var hidesTime = false

    /// A new object's key without its extension: `bananatalk/video/6743…`.
    package func key(_ dialect: String, _ kind: String) -> String {
        "\(dialect)/\(kind)/" + (hidesTime ? Self.randomName : ids.next(at: now()).description)
    }

    /// As long as the others.
    private static var randomName: String { hexEncode(SecureRandom.bytes(12)) }
}
