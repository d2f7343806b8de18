import Bytes
import MediaModel

/// Removes metadata from a file while it is received: bytes in, bytes out. A pure state machine with bounded memory. Bytes that are
/// kept are not copied, and its output does not depend on where chunks begin and end.
///
/// It removes what it understands. Where the structure of a file is not understood, bytes pass unchanged: a file that would be accepted
/// must not be rejected because of it.
protocol MetadataFilter: Sendable {
    /// Receives the next bytes of the file and returns those to store, in order.
    mutating func receive(_ chunk: ByteChunk) -> [ByteChunk]

    /// Notes that no byte follows, and returns what was held back.
    mutating func finish() -> [ByteChunk]

    /// Whether everything that was to be removed is removed, as far as is known until now.
    var isClean: Bool { get }
}

extension MetadataFilter {
    /// What is recorded of a file that passed the filter.
    func removed(_ removal: MetadataRemoval) -> RemovedMetadata? {
        switch removal {
        case .off: nil
        case .location: isClean ? .location : .partly
        case .all: isClean ? .all : .partly
        }
    }
}
