public import Bytes
public import FFmpeg
public import MediaModel

/// A file to inspect. Everything but the place of its bytes is `Codable` (``InspectionOrder``), so that a job can cross to
/// another process with the descriptor, or somebody who answers for the ranges, beside it.
public struct InspectionJob: Sendable {
    /// Where the bytes are.
    public var place: ByteSource.Place
    /// What to do with them.
    public var order: InspectionOrder

    /// An inspection of what is at `place`.
    public init(place: ByteSource.Place, order: InspectionOrder) {
        self.place = place
        self.order = order
    }

    /// An inspection of what `descriptor` holds.
    public init(descriptor: OwnedDescriptor, order: InspectionOrder) {
        self.init(place: .file(descriptor), order: order)
    }

    /// An inspection of the first `size` bytes of a file, all of them there.
    public init(descriptor: OwnedDescriptor, size: Int, claimedName: String? = nil, policy: MediaPolicy) {
        self.init(
            descriptor: descriptor, order: InspectionOrder(size: size, claimedName: claimedName, policy: policy))
    }

    var source: ByteSource { ByteSource(place: place, size: order.size, present: order.present) }
}

/// What is to be done with a file's bytes, wherever they are.
public struct InspectionOrder: Sendable, Codable {
    /// How far an inspection goes.
    public enum Depth: String, Sendable, Codable {
        /// StreamSelection, sizes and the duration where the head says it: for a file that is still arriving.
        case head
        /// Everything the policy asks for, of a file whose rest is still to come; ``MediaError/Code/incomplete`` where only
        /// the rest can tell.
        case arriving
        /// Everything the policy asks for.
        case full
    }

    /// The length of the file, in bytes; with ``Depth/head`` what has arrived so far, with ``Depth/arriving`` the most that
    /// may come.
    public var size: Int
    /// The parts that are there; `nil` when all of it is.
    public var present: [Range<Int>]?
    /// The sender's name for it: used for nothing but the log.
    public var claimedName: String?
    /// What is taken and made.
    public var policy: MediaPolicy
    /// How far to go.
    public var depth: Depth

    /// An order with everything there and everything to be done, unless told otherwise.
    public init(
        size: Int, present: [Range<Int>]? = nil, claimedName: String? = nil, policy: MediaPolicy, depth: Depth = .full
    ) {
        self.size = size
        self.present = present
        self.claimedName = claimedName
        self.policy = policy
        self.depth = depth
    }
}
