import Crypto
public import Foundation
import Synchronization

/// An identifier in the format of MongoDB's ObjectId: 4 bytes of Unix time in seconds, 5 random bytes of the process and a
/// 3-byte counter, written as 24 hexadecimal digits, so that IDs sort by time and fit the chat server's own database.
public struct ObjectID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The 24 hexadecimal digits in lower case.
    public let description: String

    /// The ID that `text` represents: exactly 24 hexadecimal digits; `nil` for any other text.
    public init?(_ text: String) {
        guard text.utf8.count == 24, text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            return nil
        }
        description = text.lowercased()
    }

    /// The ID of twelve bytes.
    package init(bytes: [UInt8]) { description = hexEncode(bytes) }

    /// When it was generated, to the second.
    public var date: Date {
        Date(timeIntervalSince1970: Double(UInt32(description.prefix(8), radix: 16) ?? 0))
    }

    /// The order of generation: by time, then by the counter within a process.
    public static func < (a: ObjectID, b: ObjectID) -> Bool { a.description < b.description }
}

/// Generates ``ObjectID``s; a process has one.
public final class ObjectIDGenerator: Sendable {
    private let process: [UInt8]
    private let counter: Mutex<UInt32>

    /// A generator with a random process part and a random first count.
    public convenience init() {
        let start = SecureRandom.bytes(3)
        self.init(
            process: SecureRandom.bytes(5),
            counter: start.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// A generator with a known process part (5 bytes) and first count (24 bits).
    public init(process: [UInt8], counter: UInt32) {
        precondition(process.count == 5)
        self.process = process
        self.counter = Mutex(counter)
    }

    /// The next ID, generated at `date`.
    public func next(at date: Date) -> ObjectID {
        let count = counter.withLock { counter in
            defer { counter = (counter &+ 1) & 0xFF_FFFF }
            return counter
        }
        let seconds = UInt32(truncatingIfNeeded: Int(saturating: date.timeIntervalSince1970.rounded(.down)))
        return ObjectID(bytes: Self.bigEndian(seconds) + process + Array(Self.bigEndian(count)[1...]))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
}
