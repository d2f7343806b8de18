import Crypto

/// What was compared after a migration.
package struct MigrationReport: Sendable {
    /// A part of the stores.
    package struct Part: Sendable, Hashable {
        /// What it is.
        package var name: String
        /// How many records the source has.
        package var expected: Int
        /// How many of them the target has, and others.
        package var found: Int
        /// The SHA-256 of all records of the source, in lower-case hexadecimal.
        package var expectedDigest: String
        /// The same of the target.
        package var foundDigest: String

        /// Whether both are the same.
        package var isEqual: Bool { expected == found && expectedDigest == foundDigest }
    }

    /// The parts.
    package var parts: [Part] = []
    /// What differs, each with what names it; at most ``maximumDifferences``.
    package private(set) var differences: [String] = []
    /// How many more differ.
    package private(set) var furtherDifferences = 0

    /// How many differences are listed.
    package static let maximumDifferences = 1_000

    mutating func add(difference: String) {
        if differences.count < Self.maximumDifferences {
            differences.append(difference)
        } else {
            furtherDifferences += 1
        }
    }
}

/// The SHA-256 of records in their order: each is hashed with the hash of those before it.
struct ChainedDigest {
    private var value: [UInt8] = []

    mutating func add(_ bytes: [UInt8]) { value = SHA256.hash(value + bytes) }

    var text: String {
        value.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
